"""The quality corpus: every kind of article in every family's markup, composed from a seed, widgets around and inside.

A page is what the family's replica templates render, with a body and widgets of this module's making at the place of
the body. What has to come out of it is known beforehand, since it is what was put in.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bench.extraction import bodies, widgets
from replicas.articles import articles, expected, expected_of, render_article
from replicas.prose.article_parts import PartComposer
from replicas.records import TZ, ExpectedArticle, Kind, Part, ReplicaArticle
from replicas.sites.catalogue import SITES
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest, Suffixer

NIGHT = date(2025, 3, 12)
"""The night at whose end all composed pages are fetched."""
FETCHED = datetime.combine(NIGHT, time(23, 59, 59), TZ)
SHORT = 250
"""Characters below which a text is a short notice."""
COMPOSED, CORPUS = "composed portals", "quality corpus"

_PLACE = "[than-bai]"
_HOLDER = f'<p style="text-align: justify;">{_PLACE}</p>'
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_suffixer = Suffixer(site.host for site in SITES.values())


@dataclass(frozen=True, slots=True)
class Sample:
    """One page and what has to be read from it.

    `source` is where it comes from; `kind` what article it is; `now` the fetch.
    """

    source: str
    portal: str
    family: str
    kind: str
    name: str
    body: bytes
    expected: ExpectedArticle
    now: datetime = FETCHED


Compose = Callable[[PartComposer], tuple[Part, ...]]


def _paragraphs(text: PartComposer, count: int) -> list[Part]:
    return [Part(Kind.PARAGRAPH, text.paragraph()) for _ in range(count)]


def _picture(text: PartComposer) -> Part:
    return Part(Kind.CAPTION, text.caption(), image=f"anh-{text.rng.randint(100, 999)}.jpg")


def _signed(text: PartComposer) -> list[Part]:
    line, author = text.signoff()
    return [Part(Kind.SIGNOFF, line, cells=(author,))]


def _news(text: PartComposer) -> tuple[Part, ...]:
    items = [Part(Kind.LIST_ITEM, text.item()) for _ in range(text.rng.choice((0, 2, 3)))]
    headed = [Part(Kind.HEADING, text.heading()), *_paragraphs(text, 2)]
    return (*_paragraphs(text, 2), _picture(text), *_paragraphs(text, 1), *items, *headed, *_signed(text))


def _notice(text: PartComposer) -> tuple[Part, ...]:
    return (Part(Kind.PARAGRAPH, text.notice()),)


def _decision(text: PartComposer) -> tuple[Part, ...]:
    columns, number = text.rng.randint(3, 5), text.rng.randint(100, 2900)
    grounds = (
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 02 năm 2025;",
        f"Theo đề nghị của {text.office()} tại Tờ trình số {number}/TTr-VP ngày 24 tháng 02 năm 2025,",
        "QUYẾT ĐỊNH:",
        f"Điều 1. Phê duyệt danh mục {text.rng.randint(4, 30)} công trình kèm theo Quyết định này.",
    )
    rows = [Part(Kind.TABLE_ROW, " | ".join(cells), cells=cells) for cells in (text.cells(columns) for _ in range(6))]
    ends = (
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
        "Nơi nhận:",
        "- Như Điều 2;",
        f"- Lưu: VT, KT{text.rng.randint(1, 9)}.",
    )
    name = text.person()
    last = Part(Kind.SIGNOFF, name, cells=(name,))
    return (*(Part(Kind.PARAGRAPH, g) for g in grounds), *rows, *(Part(Kind.PARAGRAPH, e) for e in ends), last)


def _photos(text: PartComposer) -> tuple[Part, ...]:
    return (*_paragraphs(text, 1), *(_picture(text) for _ in range(text.rng.randint(5, 8))), *_signed(text))


def _prose(text: PartComposer) -> tuple[Part, ...]:
    return (*_paragraphs(text, 4), _picture(text), *_paragraphs(text, 2), *_signed(text))


def _none(text: PartComposer) -> tuple[Part, ...]:
    return ()


def _video(text: PartComposer) -> tuple[Part, ...]:
    return (*_paragraphs(text, 1), *_signed(text))


KINDS: dict[str, tuple[str, Compose]] = {
    "news": ("plain", _news),
    "short notice": ("plain", _notice),
    "decision table": ("table", _decision),
    "photo story": ("plain", _photos),
    "attachment only": ("plain", _none),
    "video page": ("video", _video),
    "nested div": ("nested", _prose),
    "center": ("centre", _prose),
    "word paste": ("word20", _prose),
    "line breaks": ("br", _prose),
}
"""A kind's body shape and what it is composed of."""


def corpus(seeds: range = range(3)) -> Iterator[Sample]:
    """Every kind for every portal and seed. The same seeds give the same pages, byte for byte."""
    for portal in SITES:
        for kind in KINDS:
            for seed in seeds:
                yield _sample(portal, kind, seed)


def composed(nights: tuple[date, ...] = (NIGHT,)) -> Iterator[Sample]:
    """Yield the pages of the composed portals as they are served at the end of these nights."""
    for portal, site in SITES.items():
        for night in nights:
            for article in articles(portal):
                if article.day <= night:
                    wanted = expected(portal, article, night)
                    page = render_article(portal, article, night).encode()
                    yield Sample(COMPOSED, portal, site.family, kind_of(article, wanted), article.slug, page, wanted)


def kind_of(article: ReplicaArticle, wanted: ExpectedArticle) -> str:
    """Return the kind of a composed article, by its markup first and then by what it holds."""
    shapes = {"word": "word paste", "nested": "nested div", "centre": "center", "br": "line breaks"}
    kinds = [block.kind for block in wanted.blocks]
    if not any(kind not in (Kind.LEAD,) for kind in kinds) and wanted.attachments:
        return "attachment only"
    if sum(len(block.text) for block in wanted.blocks) < SHORT:
        return "attachment only" if wanted.attachments else "short notice"
    if article.shape in shapes:
        return shapes[article.shape]
    if Kind.TABLE_ROW in kinds:
        return "decision table"
    return "photo story" if kinds.count(Kind.CAPTION) > kinds.count(Kind.PARAGRAPH) else "news"


def _sample(portal: str, kind: str, seed: int) -> Sample:
    site_type = SITES[portal]
    text = PartComposer(f"{portal}/{kind}/{seed}")
    shape, compose = KINDS[kind]
    parts, author = _authored(compose(text))
    article, linked = _article(site_type, kind, text)
    article, parts = replace(article, byline=author), parts + linked
    beside, parts = _beside(site_type.family, author, parts, text.rng)
    # With the portal's older articles, so that its lists of others have something to show.
    site = site_type((*articles(portal), article))
    request = SiteRequest(site.host, "/", "", NIGHT, text.rng.randint(1, 9999))
    shown = replace(article, title=noisy(article.title, text.rng), lead=noisy(article.lead, text.rng))
    page = site.render_article(shown, request)
    if _HOLDER not in page:
        raise ValueError(f"the {site.family} template sets a paragraph in another way: the body has no place")
    inside = [
        replace(part, text=noisy(part.text, text.rng), cells=tuple(noisy(cell, text.rng) for cell in part.cells))
        for part in parts
        if not (beside and part.kind is Kind.SIGNOFF)
    ]
    body = bodies.build(inside, site_type, shape, text.rng)
    body = _with_widgets(body, site.family, shape, text) + beside
    wanted = expected_of(site, replace(article, parts=parts))
    page = _suffixer.text(page.replace(_HOLDER, body))
    return Sample(CORPUS, portal, site.family, kind, f"{kind} {seed}", encoded(page, text.rng), wanted)


def _article(site: type[ComposedSite], kind: str, text: PartComposer) -> tuple[ReplicaArticle, tuple[Part, ...]]:
    """Return the article with the body's holder, and the parts of the body that link its files."""
    rng = text.rng
    published = datetime.combine(NIGHT, datetime.min.time(), TZ) - timedelta(minutes=rng.randint(1, 900 * 24))
    files = tuple(f"cong-van-{rng.randint(10, 99)}-{number}.pdf" for number in range(rng.randint(1, 3)))
    attached = kind == "attachment only"
    inside = attached and rng.random() < 0.5
    linked = tuple(Part(Kind.PARAGRAPH, f"[[{name}|Công văn số {rng.randint(10, 900)}/VP-TH]]") for name in files)
    slug = f"bai-{rng.randint(1000, 9999)}"
    article = ReplicaArticle(
        key=site.key_of(slug, published, str(rng.randint(10_000, 99_999))),
        slug=slug,
        section=site.sections[0].name,
        title=text.title(),
        published=published,
        lead="" if attached or kind == "short notice" or rng.random() < 0.25 else text.lead(),
        parts=(Part(Kind.PARAGRAPH, _PLACE),),
        clock=rng.random() < 0.8,
        files=files if attached and not inside else (),
        related=rng.random() < 0.8,
    )
    return article, linked if inside else ()


def _authored(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], str | None]:
    """Return the parts, and whom the sign-off among them names."""
    author = next((part.cells[0] for part in parts if part.kind is Kind.SIGNOFF), None)
    return tuple(replace(part, cells=()) if part.kind is Kind.SIGNOFF else part for part in parts), author


def _beside(
    family: str, author: str | None, parts: tuple[Part, ...], rng: random.Random
) -> tuple[str, tuple[Part, ...]]:
    """For one page in three the sign-off stands beside the body: its markup, behind the container's end, and the parts."""
    found = widgets.byline(family, author, rng) if author and rng.random() < 0.33 else None
    if found is None:
        return "", parts
    markup, line = found
    changed = tuple(replace(part, text=line) if part.kind is Kind.SIGNOFF else part for part in parts)
    return f"</div>\n{markup}\n<div>", changed


def _with_widgets(body: str, family: str, shape: str, text: PartComposer) -> str:
    rng = text.rng
    inserted = widgets.between(rng)
    if shape in ("plain", "table", "word20", "video"):
        body = body.replace("</p>", f"</p>{inserted}", 1)
    box = widgets.own_box(family, text.title(), rng)
    others = widgets.listed([text.title() for _ in range(3)], rng)
    return "\n".join([widgets.before_body(family, rng), body, box, others, widgets.after_body(family, rng)])


def noisy(text: str, rng: random.Random) -> str:
    """Return the text in other bytes that a reader must not notice: decomposed letters, no-break and zero-width blanks."""
    chance = rng.random()
    if chance < 0.15:
        return unicodedata.normalize("NFD", text)
    if chance < 0.3:
        return "".join(_toned(letter) for letter in text)
    if chance < 0.45:
        return text.replace(" ", "\u00a0", 3).replace(" ", "  ", 1)
    if chance < 0.55:
        return text.replace(" ", " \u200b", 2)
    return text


def _toned(letter: str) -> str:
    """Return a letter in the manner of windows-1258: hat or horn on the letter, the tone behind it."""
    apart = unicodedata.normalize("NFD", letter)
    base, marks = apart[:1], apart[1:]
    shape = "".join(mark for mark in marks if mark not in _TONES)
    return unicodedata.normalize("NFC", base + shape) + "".join(mark for mark in marks if mark in _TONES)


def encoded(page: str, rng: random.Random) -> bytes:
    """Return the page as bytes: UTF-8, and one in eight windows-1258, declared or under the name of UTF-8."""
    chance = rng.random()
    if chance > 0.125:
        return page.encode()
    if chance < 0.0625:
        page = re.sub("utf-8", "windows-1258", page, count=1, flags=re.IGNORECASE)
    toned = "".join(_toned(letter) for letter in unicodedata.normalize("NFC", page))
    return toned.encode("cp1258", "xmlcharrefreplace")
