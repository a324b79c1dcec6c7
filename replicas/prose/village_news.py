"""Compose a portal's long past: as many articles as a long list wants, each with a text of its own.

The same number and seed bring the same article. Two articles share some sentences, as a portal's do, and no two are alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from replicas.prose.composer import Composer, upper_first
from replicas.records import Kind, Part, ReplicaArticle
from replicas.sites.composed import ComposedSite

_SEED = 20250303
_SENTENCES = 8


def past_articles(
    site: type[ComposedSite], count: int, last: datetime, every: timedelta, *, section: str = "", seed: int = _SEED
) -> tuple[ReplicaArticle, ...]:
    """Return so many articles of one section (the site's first), the newest published at `last`, one each `every` before it."""
    return tuple(
        past_article(site, number, last - number * every, section=section, seed=seed) for number in range(count)
    )


def past_article(
    site: type[ComposedSite], number: int, published: datetime, *, section: str = "", seed: int = _SEED
) -> ReplicaArticle:
    """Return one article; its number and the seed make its text."""
    text = Composer("village_news", f"{seed}/{site.portal}/{number}")
    thing, place, verb = text.pick("things"), text.pick("places"), text.pick("verbs")
    title = f"{upper_first(place)} {verb} {thing}, kỳ {number + 1}"
    slug = f"tin-cu-{number + 1}"
    sentences = list(_sentences(text, thing, place, verb))
    half = len(sentences) // 2
    return ReplicaArticle(
        key=site.key_of(slug, published, str(700_000 + number)),
        slug=slug,
        section=section or site.sections[0].name,
        title=title,
        published=published,
        lead=sentences[0],
        parts=(
            Part(Kind.PARAGRAPH, " ".join(sentences[1:half])),
            Part(Kind.PARAGRAPH, " ".join(sentences[half:])),
            Part(Kind.SIGNOFF, text.pick("people")),
        ),
        related=False,
    )


def _sentences(text: Composer, thing: str, place: str, verb: str) -> Iterable[str]:
    draw, (first, *others) = text.rng, text.fragments("sentences")
    for form in (first, *draw.sample(others, _SENTENCES - 1)):
        sentence = form.format(
            day=draw.randint(1, 28),
            month=draw.randint(1, 12),
            number=draw.randint(21, 980),
            small=draw.randint(2, 19),
            person=text.pick("people"),
            other=text.pick("places"),
            place=place,
            thing=thing,
            verb=verb,
        )
        yield upper_first(sentence)
