"""Compose what an editor enters into a CMS before the first night, and what is changed before the second and third.

The same seed gives the same articles. Among sixty stand every shape that editors leave: headings, lists, tables with a
caption, figures, attachments, one-sentence notices, line breaks instead of paragraphs, a picture without text, an article
in two categories, one behind a password, drafts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random

from replicas import FIRST_NIGHT
from replicas.prose.article_parts import PartComposer
from replicas.records import TZ, Kind, Part
from vietnam.letters import strip_diacritics

NIGHTS = (FIRST_NIGHT, FIRST_NIGHT + timedelta(days=1), FIRST_NIGHT + timedelta(days=15))
"""The third night is the first in which an article that vanished in the second may count as removed."""
COUNT = 60
_SEED = 20250310
_DAYS = 24  # over which the articles before the first night are spread
_AUTHORS = 5


@dataclass(frozen=True, slots=True)
class Category:
    """Hold a category of the CMS: slug, and the words of the menu."""

    slug: str
    title: str


CATEGORIES = (
    Category("nong-nghiep", "Nông nghiệp"),
    Category("giao-duc", "Giáo dục"),
    Category("y-te", "Y tế"),
    Category("van-hoa", "Văn hóa"),
    Category("thong-bao", "Thông báo"),
)


class State(StrEnum):
    """The visibility of an article to a reader."""

    PUBLIC = "publish"
    LOCKED = "locked"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class CmsArticle:
    """One article as entered: `parts` are the blocks of its body, `files` linked below it, `featured` its first picture.

    `published` is aware (+07:00), to the minute. `author` None leaves the field of the CMS empty.
    """

    number: int
    slug: str
    title: str
    category: str
    published: datetime
    author: str | None
    lead: str = ""
    parts: tuple[Part, ...] = ()
    also: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    featured: str = ""
    featured_caption: str = ""
    state: State = State.PUBLIC

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the slugs of all its categories."""
        return (self.category, *self.also)


@dataclass(frozen=True, slots=True)
class Edits:
    """Hold what an editor and the readers do before one night; every article is its state after that."""

    created: tuple[CmsArticle, ...] = ()
    rewritten: tuple[CmsArticle, ...] = ()
    moved: tuple[CmsArticle, ...] = ()
    renamed: tuple[CmsArticle, ...] = ()
    deleted: tuple[CmsArticle, ...] = ()
    commented: tuple[CmsArticle, ...] = ()
    comment: str = ""
    counted: int = 0

    def after(self, articles: Iterable[CmsArticle]) -> list[CmsArticle]:
        """Return all articles as the CMS holds them after these edits."""
        changed = {one.number: one for one in (*self.rewritten, *self.moved, *self.renamed)}
        away = {one.number for one in self.deleted}
        return [*self.created, *(changed.get(one.number, one) for one in articles if one.number not in away)]


@dataclass(frozen=True, slots=True)
class Story:
    """Hold a CMS over the nights: its articles before the first, and the edits before each of the following."""

    articles: list[CmsArticle]
    edits: list[Edits] = field(default_factory=list)

    def states(self) -> list[list[CmsArticle]]:
        """Return the articles at each night."""
        found = [self.articles]
        for edit in self.edits:
            found.append(edit.after(found[-1]))
        return found


def compose(count: int = COUNT) -> Story:
    """Compose the articles and the edits of two more nights. `count` is at least 20."""
    text = PartComposer(str(_SEED))
    chance = Random(_SEED)
    authors = [text.person() for _ in range(_AUTHORS)]
    at = datetime.combine(FIRST_NIGHT, time(16, 40), TZ)
    step = timedelta(days=_DAYS) / count
    made = []
    for number in range(1, count + 1):
        made.append(_article(text, chance, number, at.replace(second=0, microsecond=0), authors))
        at -= step * chance.uniform(0.5, 1.5)
    return Story(made, [_second(text, chance, made, authors), _third(text, chance, made, authors)])


def _article(text: PartComposer, chance: Random, number: int, at: datetime, authors: list[str]) -> CmsArticle:
    title = text.title()
    category = CATEGORIES[number % len(CATEGORIES)]
    article = CmsArticle(
        number=number,
        slug=slug_of(title),
        title=title,
        category=category.slug,
        published=at,
        author=chance.choice(authors) if number % 4 else None,
        lead=text.lead() if number % 3 else "",
        parts=_parts(text, number),
        tags=(text.pick("places"),) if number % 5 == 0 else (),
    )
    match number % 12:
        case 1:
            article = replace(article, also=(CATEGORIES[(number + 2) % len(CATEGORIES)].slug,))
        case 4:
            article = replace(article, featured=f"dai-dien-{number}.png", featured_caption=text.caption())
        case 6:
            article = replace(article, files=(f"ke-hoach-{number}.pdf",))
        case 9:
            article = replace(article, featured=f"dai-dien-{number}.png")
        case 11:
            article = replace(article, lead="", parts=(_picture(text, number),))
    states = {17: State.LOCKED, 8: State.DRAFT}
    return replace(article, state=states.get(number, State.PUBLIC))


def _parts(text: PartComposer, number: int) -> tuple[Part, ...]:
    def paragraphs(count: int) -> list[Part]:
        return [Part(Kind.PARAGRAPH, text.paragraph()) for _ in range(count)]

    match number % 12:
        case 0:
            found = [*paragraphs(2), Part(Kind.HEADING, text.heading()), *_items(text), *paragraphs(1)]
        case 2:
            found = [*paragraphs(1), *_table(text), *paragraphs(1)]
        case 3:
            found = [*paragraphs(2), _picture(text, number), *paragraphs(2)]
        case 5:
            found = [Part(Kind.PARAGRAPH, text.notice())]
        case 7:
            link = f"Xem [[danh-sach-{number}.pdf|{text.once('danh sách kèm theo số {n}')}]] trước ngày họp."
            found = [*paragraphs(1), Part(Kind.PARAGRAPH, link)]
        case 8:
            found = [*paragraphs(3), _picture(text, number), Part(Kind.SIGNOFF, text.person())]
        case _:
            found = paragraphs(2 + number % 4)
    return tuple(found)


def _items(text: PartComposer) -> list[Part]:
    return [Part(Kind.LIST_ITEM, text.item()) for _ in range(3)]


def _table(text: PartComposer) -> list[Part]:
    rows = [("Tên tuyến", "Dài", "Vốn"), *(text.cells(3) for _ in range(3))]
    return [Part(Kind.TABLE_ROW, " | ".join(cells), cells=tuple(cells)) for cells in rows]


def _picture(text: PartComposer, number: int) -> Part:
    return Part(Kind.CAPTION, text.caption(), image=f"anh-{number}.png")


def _second(text: PartComposer, chance: Random, made: list[CmsArticle], authors: list[str]) -> Edits:
    """Compose the edits before the second night."""
    at = datetime.combine(NIGHTS[1], time(9, 20), TZ)
    plain = [one for one in made if one.number % 12 in (1, 10) and one.state is State.PUBLIC and len(one.also) == 0]
    rewritten, moved, renamed, deleted = plain[0], made[1], made[2], made[3]
    added = Part(Kind.PARAGRAPH, text.paragraph())
    target = next(one.slug for one in CATEGORIES if one.slug not in moved.categories)
    return Edits(
        created=(_article(text, chance, len(made) + 1, at, authors),),
        rewritten=(replace(rewritten, parts=(*rewritten.parts, added)),),
        moved=(replace(moved, category=target),),
        renamed=(replace(renamed, slug=f"{renamed.slug}-sua-ten"),),
        deleted=(deleted,),
        commented=(made[4], made[6]),
        comment=text.sentence(),
        counted=77,
    )


def _third(text: PartComposer, chance: Random, made: list[CmsArticle], authors: list[str]) -> Edits:
    """Compose the edits before the third night."""
    at = datetime.combine(NIGHTS[2], time(14, 5), TZ)
    return Edits(
        created=(_article(text, chance, len(made) + 2, at, authors),),
        commented=(made[5], made[9]),
        comment=text.sentence(),
        counted=500,
    )


def slug_of(title: str) -> str:
    """Return a title as an address has it."""
    return re.sub(r"[^a-z0-9]+", "-", strip_diacritics(title).lower()).strip("-")[:100].strip("-")


def files_of(article: CmsArticle) -> list[str]:
    """Return the names of the files that the article links to, those in its text first."""
    linked = re.findall(r"\[\[([^|\]]+)\|", " ".join(part.text for part in article.parts))
    return [*linked, *article.files]


def pictures_of(article: CmsArticle) -> list[str]:
    """Return the names of its pictures."""
    return [*(part.image for part in article.parts if part.image), *([article.featured] if article.featured else [])]
