"""Recorded articles of danang.gov.vn as a replica: what each page says, and when each list shows it.

A row's `content` is one line: title, summary, body, and for some the label of the section the article stands in. Where
paragraphs began it does not say: the body is cut at ends of sentences, in its order and without losing a character.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import UsageError
from crawler.spiders.da_nang import DaNang as DaNangSpider
from replicas.records import Kind, Part, ReplicaArticle, ReplicaSection
from replicas.sites.composed import Row
from replicas.sites.liferay import DaNang
from replicas.sites.site import SiteRequest
from vietnam.date_forms import TZ

LABELS = (
    "Hoạt động của các sở, ngành và địa phương",
    "Video Chỉ đạo điều hành",
    "Truyền thông chính sách",
    "Doanh nghiệp, thị trường",
    "An ninh Đà Nẵng - Tin tức",
    "Phòng chống tham nhũng, tiêu cực",
    "Chỉ đạo, điều hành của UBND",
    "Làng nghề truyền thống",
    "CỔNG THÔNG TIN ĐIỆN TỬ THÀNH PHỐ",
    "Bầu cử đại biểu Quốc hội khóa XVI và đại biểu HĐND các cấp nhiệm kỳ 2026 - 2031",
    "Tin tức - Hóa đơn điện tử",
    "Hoạt động chính quyền 2 cấp thành phố Đà Nẵng",
    "Hội đồng nhân dân thành phố",
    "Thông tin liên quan Sâm Ngọc Linh",
)
"""Section labels that the portal prints after the last sentence.

Named here too, so that the spider is held against it.
"""

PAGE_SIZE = 10  # not known; smaller than a day's news, so that one page a night is not enough
_PARAGRAPH = 240  # characters after which the next end of a sentence ends the paragraph
_SIGNOFF = re.compile(r"[^a-zà-ỹđ.!?:;]{5,90}")
_END = re.compile(r"[.!?…。][\"”’»)\]]*$")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:[A-ZĐ]{1,3}|ThS|PGS|GS|TS|BS|KS|[0-9]{1,2})\.$")
_TEXT = re.compile(r'<meta name="description"[^>]*>|(?<=>)[^<]+(?=<)')
_BEGIN = re.compile(r"[\"“‘«(\[\-–+*•]?[\s]?[A-ZÀ-ỸĐ0-9぀-鿿]")


@dataclass(frozen=True, slots=True)
class MonthArticle:
    """One article of the CSV, or one of its rows. `listings` are the topic and path of each row.

    `slug` is the address's, `published` is aware; without `clock` the CSV gives a day only. `apart`: `content`, which is
    the CSV's, lacks the title. Letters are those of the CSV, which mixes precomposed and combining ones; blanks are folded
    but in `content`.
    """

    slug: str
    published: datetime
    clock: bool
    listings: tuple[tuple[str, str], ...]
    keywords: tuple[str, ...]
    title: str
    lead: str
    body: str
    label: str
    apart: bool
    content: str = ""

    @property
    def day(self) -> date:
        """The day of publication, which is the night in which the article first appears."""
        return self.published.date()

    @property
    def text(self) -> str:
        """Return what the archive should say but for the published line: NFC, blanks folded."""
        return folded(f"{self.title} {self.lead} {self.body}")


def folded(text: str) -> str:
    """NFC with every run of white space folded to one blank."""
    return _spaced(unicodedata.normalize("NFC", text))


def month_articles(rows: Sequence[MonthArticle]) -> tuple[MonthArticle, ...]:
    """Return the articles of the rows: rows with one slug are one article under several addresses, with the first one's text."""
    by_slug: dict[str, MonthArticle] = {}
    for row in rows:
        first = by_slug.setdefault(row.slug, row)
        by_slug[row.slug] = replace(first, listings=tuple(dict.fromkeys((*first.listings, *row.listings))))
    return tuple(by_slug.values())


def _unlabelled(body: str) -> tuple[str, str]:
    """Return the body without the labels behind it, and the last of them: one article stands under two."""
    last = ""
    while label := next((label for label in LABELS if f" {body}".endswith(f" {label}")), ""):
        body, last = body[: len(body) - len(label)].strip(), last or label
    return body, last


def _parts(values: dict[str, str]) -> tuple[str, str, str, bool]:
    """Title, lead and body as `content` has them; titles that were edited later are taken from `content`."""
    forms: tuple[Callable[[str], str], ...] = (_spaced, folded)
    for form in forms:
        title, lead, content = (form(values[name]) for name in ("title", "summary", "content"))
        if f"{content} ".startswith(f"{title} {lead} "):
            return title, lead, content[len(title) + len(lead) + 2 :], False
    at = content.find(lead) if lead else -1
    if 0 < at < 2 * len(title) and content[:20].casefold() == title[:20].casefold():
        return content[:at].strip(), lead, content[at + len(lead) :].strip(), False
    if at == 0:
        return title, lead, content[len(lead) :].strip(), True
    if f"{content} ".casefold().startswith(f"{title} ".casefold()):
        return content[: len(title)], "", content[len(title) :].strip(), False
    return title, "", content, True


def paragraphs(body: str) -> tuple[str, ...]:
    """Return the body in pieces of a few sentences; joined by blanks they are the body again. A byline stands alone."""
    found: list[str] = []
    words: list[str] = []
    length = 0
    every = body.split(" ")
    ends = [index + 1 for index in range(len(every) - 1) if _ends(every[index], every[index + 1])]
    last = ends[-1] if ends and not _END.search(every[-1]) else 0  # what follows is no sentence: a byline
    for index, word in enumerate(every, 1):
        words.append(word)
        length += len(word) + 1
        if index == len(every) or (index in ends and (length >= _PARAGRAPH or index == last)):
            found.append(" ".join(words))
            words, length = [], 0
    return tuple(piece for piece in found if piece)


def _ends(word: str, following: str) -> bool:
    return bool(_END.search(word) and not _ABBREVIATION.search(word) and _BEGIN.match(following))


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


class MonthSite(DaNang):
    """danang.gov.vn with recorded articles in the composed portal's markup. Lists show what the CSV's rows list.

    Every list ends with the portal's oldest article: a section of which the CSV has nothing (yet) would be an alarm, and
    on the portal it was not empty.
    """

    page_size = PAGE_SIZE

    def __init__(self, articles: Sequence[MonthArticle]) -> None:
        self._listings = {article.slug: article.listings for article in articles}
        names = {section.title: section.name for section in self.sections}
        super().__init__([_served(article, names) for article in articles])

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        """Return the page.

        An address that stands in running text is text, so the server must not find it there and suffix it.
        """
        page = super().render_article(article, request)
        return _TEXT.sub(lambda found: found[0].replace("://", ":&#47;&#47;"), page)

    def rows(self, section: ReplicaSection, night: date) -> list[Row]:
        """Return the rows of a list, newest first."""
        visible = self.visible(night)
        rows = [
            Row(article, path, self.list_day(article))
            for article in visible
            for topic, path in self._listings[article.slug]
            if topic == section.title
        ]
        if visible and all(row.article.slug != visible[-1].slug for row in rows):
            rows.append(Row(visible[-1], self.article_path(visible[-1]), self.list_day(visible[-1])))
        return rows


def _served(article: MonthArticle, sections: dict[str, str]) -> ReplicaArticle:
    pieces = paragraphs(article.body)
    signed = bool(pieces) and _SIGNOFF.fullmatch(folded(pieces[-1])) is not None
    kinds = [Kind.PARAGRAPH] * len(pieces)
    if signed:
        kinds[-1] = Kind.SIGNOFF
    return ReplicaArticle(
        key=article.slug,
        slug=article.slug,
        section=sections[article.listings[0][0]],
        title=article.title,
        published=article.published,
        lead=article.lead,
        parts=tuple(Part(kind, piece) for kind, piece in zip(kinds, pieces, strict=True)),
        clock=article.clock,
        label=article.label,
        keywords=article.keywords,
    )


_COLUMNS = ("topic", "title", "summary", "url", "keywords", "public_time", "content")


_TIME = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:\s+(\d{1,2}):(\d{2}))?")


_PATH = re.compile(r"(?:/vi)?/web/dng/-/([^/]+)/?")


_TOPICS = {section.title for section in DaNangSpider.sections}


def read_rows(path: Path) -> tuple[MonthArticle, ...]:
    """All rows in the file's order. Raises UsageError with one line that names the file, the line and what is wrong."""
    csv.field_size_limit(1 << 24)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(
                    f"{path} has no column {', '.join(missing)}: its first line should name {', '.join(_COLUMNS)}"
                )
            rows = tuple(_row(path, reader.line_num, values) for values in reader)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot read {path} ({said}): name the CSV of articles with --articles") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is no CSV in UTF-8: {error}") from None
    if not rows:
        raise UsageError(f"{path} has no articles: nothing can be served")
    return rows


def _row(path: Path, number: int, values: dict[str, str]) -> MonthArticle:
    if any(values.get(name) is None for name in _COLUMNS):
        raise UsageError(f"{path}, line {number}: fewer values than columns")
    address = urlsplit(values["url"].strip())
    found = _PATH.fullmatch(address.path)
    if found is None:
        raise UsageError(f"{path}, line {number}: {values['url']!r} is no article of danang.gov.vn (/web/dng/-/SLUG)")
    published, clock = _published(path, number, values["public_time"].strip())
    topic = values["topic"].strip()
    if topic not in _TOPICS:
        raise UsageError(f"line {number}: the portal has no section {topic!r}; known are {', '.join(_TOPICS)}")
    title, lead, body, apart = _parts(values)
    body, label = _unlabelled(body)
    return MonthArticle(
        slug=found[1],
        published=published,
        clock=clock,
        listings=((topic, address.path),),
        keywords=tuple(word.strip() for word in values["keywords"].split(",") if word.strip()),
        title=title,
        lead=lead,
        body=body,
        label=label,
        apart=apart,
        content=values["content"],
    )


def _published(path: Path, number: int, text: str) -> tuple[datetime, bool]:
    found = _TIME.fullmatch(text)
    try:
        if found is not None:
            day, month, year, hour, minute = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, tzinfo=TZ), found[4] is not None
    except ValueError:
        pass
    raise UsageError(
        f"{path}, line {number}: {text!r} is no publication time: write it as 13/01/2026 19:15 or 13/01/2026"
    )
