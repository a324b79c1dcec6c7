"""Make the rows that repeat lines of an archive's files. Pure: worker processes make them where an index is made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum

from sqlalchemy import Table

from archive.index.column_types import line_at, place, storable
from archive.index.queries.attachments import attachment_key
from archive.index.queries.clusters import article_of
from archive.index.queries.listings import SETTLED
from archive.index.schema import ATTACHMENTS, EVENTS, LISTED, LOOKBACKS, LOOKS, PAGES, RECORDS
from archive.model.enums import VERSIONS, WITHHELD, Event, Outcome
from archive.model.records import LookbackMark, PageRecord
from archive.storage.jsonl import ArticleLine, encode_request
from archive.storage.paths import run_order
from vietnam.documents import CitationContext, read_number
from vietnam.letters import strip_diacritics

TableRow = dict[str, object]
"""A row to insert: a value for each column."""

_COMMON: dict[tuple[Table, type], tuple[str, ...]] = {}
_NAMING_DOCUMENTS = {*VERSIONS, Event.ATTACHMENT}
# A passing failure says nothing of the article: its next recheck stays where it was.
_CONCLUSIVE = (*SETTLED, Outcome.ARTICLE.value, Outcome.ATTACHMENT.value, Outcome.NOT_MODIFIED.value)


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """Hold what some lines of `articles.jsonl` of a run add, by table; by portal the keys of all and of the withheld ones."""

    events: list[TableRow]
    attachments: list[TableRow]
    links: list[TableRow]
    documents: list[TableRow]
    keys: dict[str, set[str]]
    withheld: dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class PageRows:
    """Hold what some lines of `pages.jsonl` of a run add, by table, in their order.

    Of an article there is its last look, of an entry its first place in a section, of a record the first that showed it.
    """

    portal: str
    pages: list[TableRow]
    lookbacks: list[TableRow]
    looks: dict[str, TableRow]
    listed: dict[tuple[str, str], TableRow]
    records: dict[str, TableRow]


def article_rows(night: date, run: str, lines: Iterable[ArticleLine]) -> ArticleRows:
    """Return the rows of lines of `articles.jsonl`."""
    rows = ArticleRows([], [], [], [], {}, {})
    for line in lines:
        event = event_row(night, run, line)
        rows.events.append(event)
        rows.attachments.extend(attachment_rows(line, event))
        rows.links.extend(link_rows(night, run, line))
        rows.documents.extend(document_rows(line, event))
        rows.keys.setdefault(line.portal, set()).add(line.key)
        if WITHHELD in line.flags:
            rows.withheld.setdefault(line.portal, set()).add(line.key)
    return rows


def page_rows(night: date, run: str, pages: Mapping[int, PageRecord]) -> PageRows:
    """Return the rows of lines of `pages.jsonl`, by number."""
    rows = PageRows(run_order(run)[0], [], [], {}, {}, {})
    for number, page in sorted(pages.items()):
        response = page_row(night, run, number, page)
        rows.pages.append(response)
        if page.page_number is not None and page.lookback:
            rows.lookbacks.append(lookback_row(page, page.lookback, response))
        if page.key is not None and page.outcome.value in _CONCLUSIVE:
            rows.looks[page.key] = look_row(page, response)
        for entry in listed_rows(page, response):
            rows.listed.setdefault((str(entry["section"]), str(entry["key"])), entry)
        for record in record_rows(page, response):
            rows.records.setdefault(str(record["record"]), record)
    return rows


def event_row(night: date, run: str, line: ArticleLine) -> TableRow:
    """Return the row of `events` of a line of `articles.jsonl`."""
    return values_of(EVENTS, line) | {
        "night": night.isoformat(),
        "run": run,
        "at": place(night, run, line.seq),
        "title_plain": storable(strip_diacritics(line.title)),
        "flags": " ".join(line.flags),
    }


def attachment_rows(line: ArticleLine, event: TableRow) -> Iterator[TableRow]:
    """Yield a row of `attachments` for each file that a line names; `event` is the line's row of `events`."""
    of_line = {name: event[name] for name in ("night", "run", "seq", "at", "event", "portal", "section")}
    of_line |= {"version": event["id"], "article": event["key"]}
    for position, file in enumerate(line.attachments):
        yield values_of(ATTACHMENTS, file) | of_line | {"position": position, "key": attachment_key(line.key, file.url)}


def link_rows(night: date, run: str, line: ArticleLine) -> Iterator[TableRow]:
    """Yield a row of `links` for each version that an article's line names as its exact original or near-duplicate."""
    if line.attachment_of is not None:
        return
    named = [(line.duplicate_of, 1, 1.0)] if line.duplicate_of else []
    named += [(link.id, 0, link.similarity) for link in line.near]
    for position, (other, exact, similarity) in enumerate(named):
        portal, key = article_of(other)
        row = {"night": night.isoformat(), "run": run, "seq": line.seq, "position": position}
        row |= {"portal": line.portal, "key": line.key, "other": other, "other_portal": portal, "other_key": key}
        yield row | {"exact": exact, "similarity": similarity}


def document_rows(line: ArticleLine, event: TableRow) -> Iterator[TableRow]:
    """Yield a row of `documents` for each number of an official document that the text of a line names.

    Each has the day and issuer beside it. `event` is the line's row of `events`.
    """
    if line.event not in _NAMING_DOCUMENTS:
        return
    beside = {cited.raw: cited for cited in line.cited}
    of_line = {name: event[name] for name in ("night", "run", "seq", "at", "id", "portal", "published")}
    for position, raw in enumerate(line.documents):
        read = read_number(raw)
        if read is None:
            continue
        digits = read.number.rstrip("abcdefghijklmnopqrstuvwxyzđ")
        context = beside.get(raw, CitationContext(raw))
        row = of_line | asdict(read) | {"position": position, "raw": raw}
        row |= {"number": int(digits), "letter": read.number[len(digits) :]}
        yield row | {"issued": context.day.isoformat() if context.day else None, "issuer": context.by}


def page_row(night: date, run: str, number: int, page: PageRecord) -> TableRow:
    """Return the row of `pages` of a line of `pages.jsonl`, its address in `of_portal`, `of_url` and `of_key`."""
    row = values_of(PAGES, page) | {"at": place(night, run, number), "portal": run_order(run)[0]}
    row |= {"section": row["section"] if page.key is None else None, "captured": int(page.warc is not None)}
    return row | {"of_portal": row["portal"], "of_url": page.url, "of_key": page.key or ""}


def lookback_row(page: PageRecord, mark: LookbackMark, response: TableRow) -> TableRow:
    """Return the row of `lookbacks` of a list page of a look-back; `response` is its row of `pages`."""
    night, run, line = line_at(str(response["portal"]), str(response["at"]))
    row = values_of(LOOKBACKS, mark) | {"night": night, "run": run, "line": line}
    row |= {"at": response["at"], "portal": response["portal"], "url": response["of_url"]}
    row |= {"section": page.section or "", "number": page.page_number}
    return row | {"request": encode_request(page.request) if page.request else None}


def listed_rows(page: PageRecord, response: TableRow) -> Iterator[TableRow]:
    """Yield a row of `listed` for each entry of a list page, not pending; `response` is the page's row of `pages`."""
    of_page = {"portal": response["portal"], "section": page.section or "", "at": response["at"], "owed": 0}
    for position, entry in enumerate(page.listed):
        yield values_of(LISTED, entry) | of_page | {"position": position}


def record_rows(page: PageRecord, response: TableRow) -> Iterator[TableRow]:
    """Yield a row of `records` for each entry of a list page that shows its record; `response` is the page's row."""
    for entry in page.listed:
        if entry.record is not None:
            yield values_of(RECORDS, entry) | {"portal": response["portal"], "at": response["at"]}


def look_row(page: PageRecord, response: TableRow) -> TableRow:
    """Return the row of `looks` of a response for an article; `response` is its row of `pages`."""
    return values_of(LOOKS, page) | {"portal": response["portal"], "at": response["at"]}


def values_of(table: Table, record: object) -> TableRow:
    """Return the fields of a record that have a column of their name, as the database holds them."""
    kind = table, type(record)
    if kind not in _COMMON:
        _COMMON[kind] = tuple(name for name in table.c.keys() if hasattr(record, name))
    return {name: _stored(getattr(record, name)) for name in _COMMON[kind]}


def _stored(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return storable(value)
    return value.isoformat() if isinstance(value, date) else value
