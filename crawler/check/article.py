"""The fields of an article in a check: whether its layout fits, and whether each part was found. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from archive.messages.reason import Reason, joined
from crawler.catalog.check_results import FieldFinding, FieldStatus
from crawler.listings.listing import Entry
from pipelines.article import Article, BlockKind, PublishedFrom
from vietnam.letters import fold

_ENOUGH = 250  # characters from which a text is no mere notice
_LINE = 100  # characters up to which a paragraph may be a widget's label
_SHOWN = 80
_ELLIPSIS = " .…"
_SOURCES = {
    PublishedFrom.TITLE_BLOCK: "title block",
    PublishedFrom.METADATA: "metadata",
    PublishedFrom.URL: "address",
    PublishedFrom.FEED: "list",
    PublishedFrom.UPLOAD: "names of its files",
    PublishedFrom.NONE: "page",
}
# What is read where the layout's own place shows nothing.
_GUESSED = (PublishedFrom.METADATA, PublishedFrom.URL, PublishedFrom.UPLOAD)

_finding = partial(FieldFinding, statement="layout")


def article_findings(
    article: Article,
    entry: Entry,
    reasons: tuple[Reason, ...],
    list_lines: frozenset[str],
    *,
    from_interface: bool = False,
) -> Iterator[FieldFinding]:
    """Yield the findings on layout, title, time, lead, body, author and residue.

    `list_lines` are the folded texts of the list page: a line that is there too belongs to the portal's frame, unless it is
    the article's own entry. `from_interface` is set for an article that an interface sent and not a page.
    """
    if article.layout == "none":
        yield _finding("layout", FieldStatus.WRONG, "no layout of the portal fits: the whole page was read")
    else:
        yield _finding("layout", FieldStatus.OK, article.layout)
    yield _title(article, entry)
    yield _published(article, entry, from_interface=from_interface)
    yield _optional("lead", _cut(article.lead or ""), "the article shows none")
    yield _body(article, reasons)
    yield _optional("author", article.author, "none is named")
    yield _residue(article, entry, list_lines)


def _optional(field: str, read: str | None, absent: str) -> FieldFinding:
    return _finding(field, FieldStatus.OK, read) if read else FieldFinding(field, FieldStatus.UNTRIED, absent)


def _title(article: Article, entry: Entry) -> FieldFinding:
    read, listed = fold(article.title), fold(entry.title).rstrip(_ELLIPSIS)
    if not read:
        return _finding("title", FieldStatus.WRONG, "none was found")
    if listed and not read.startswith(listed) and not listed.startswith(read):
        both = f"{_cut(article.title)}; the list says: {_cut(entry.title)}"
        return _finding("title", FieldStatus.DOUBTFUL, both)
    return _finding("title", FieldStatus.OK, _cut(article.title))


def _published(article: Article, entry: Entry, *, from_interface: bool) -> FieldFinding:
    finding = partial(_finding, "published")
    if article.published is None:
        return finding(FieldStatus.WRONG, f"none was read; the page says: {article.published_raw or 'nothing'}")
    read = f"{article.published.isoformat()}, from the {_SOURCES[article.published_from]}"
    if entry.day is not None and abs(article.published.day - entry.day) > timedelta(days=1):
        return finding(FieldStatus.DOUBTFUL, f"{read}; the list says {entry.day}")
    if article.published_from in _GUESSED and not from_interface:
        return finding(FieldStatus.DOUBTFUL, f"{read}: the selector finds no time")
    if "dates_disagree" in article.flags:
        return finding(FieldStatus.DOUBTFUL, f"{read}; the page's metadata give another")
    return finding(FieldStatus.OK, read)


def _body(article: Article, reasons: tuple[Reason, ...]) -> FieldFinding:
    if reasons:
        return _finding("body", FieldStatus.WRONG, f"would be set aside: {joined(reasons)}")
    blocks = [block for block in article.blocks if block.kind is not BlockKind.LEAD]
    length = sum(len(block.text) for block in blocks)
    files = f", {len(article.attachments)} files" if article.attachments else ""
    size = f"{length} characters in {len(blocks)} blocks{files}"
    return _finding("body", FieldStatus.OK if length >= _ENOUGH else FieldStatus.DOUBTFUL, size)


def _residue(article: Article, entry: Entry, list_lines: frozenset[str]) -> FieldFinding:
    removed = f"{len(article.removed)} lines were taken out" if article.removed else "nothing was taken out"
    frame = list_lines - {fold(article.title), fold(entry.title)}
    later = [block for block in article.blocks[1:] if block.kind is not BlockKind.LEAD and len(block.text) <= _LINE]
    repeated = [block.text for block in later if fold(block.text) in frame]
    if repeated:
        first = "; ".join(map(_cut, repeated[:3]))
        shown = f"{len(repeated)} lines of the text stand on the list page too: {first}"
        return _finding("residue", FieldStatus.DOUBTFUL, shown)
    return _finding("residue", FieldStatus.OK, f"{removed}, no line of the text stands on the list page")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
