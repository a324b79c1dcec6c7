"""The fields of an article in a check: whether its layout fits, and whether each part was found. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

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
    PublishedFrom.NONE: "page",
}
_GUESSED = (PublishedFrom.METADATA, PublishedFrom.URL)  # what is read where the layout's own place shows nothing


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
        yield FieldFinding(
            "layout", FieldStatus.WRONG, "no layout of the portal fits: the whole page was read", "layout"
        )
    else:
        yield FieldFinding("layout", FieldStatus.OK, article.layout, "layout")
    yield _title(article, entry)
    yield _published(article, entry, from_interface=from_interface)
    lead = article.lead
    yield (
        FieldFinding("lead", FieldStatus.OK, _cut(lead), "layout")
        if lead
        else FieldFinding("lead", FieldStatus.UNTRIED, "the article shows none")
    )
    yield _body(article, reasons)
    author = article.author
    yield (
        FieldFinding("author", FieldStatus.OK, author, "layout")
        if author
        else FieldFinding("author", FieldStatus.UNTRIED, "none is named")
    )
    yield _residue(article, entry, list_lines)


def _title(article: Article, entry: Entry) -> FieldFinding:
    read, listed = fold(article.title), fold(entry.title).rstrip(_ELLIPSIS)
    if not read:
        return FieldFinding("title", FieldStatus.WRONG, "none was found", "layout")
    if listed and not read.startswith(listed) and not listed.startswith(read):
        return FieldFinding(
            "title", FieldStatus.DOUBTFUL, f"{_cut(article.title)}; the list says: {_cut(entry.title)}", "layout"
        )
    return FieldFinding("title", FieldStatus.OK, _cut(article.title), "layout")


def _published(article: Article, entry: Entry, *, from_interface: bool) -> FieldFinding:
    if article.published is None:
        return FieldFinding(
            "published",
            FieldStatus.WRONG,
            f"none was read; the page says: {article.published_raw or 'nothing'}",
            "layout",
        )
    read = f"{article.published.isoformat()}, from the {_SOURCES[article.published_from]}"
    if entry.day is not None and abs(article.published.day - entry.day) > timedelta(days=1):
        return FieldFinding("published", FieldStatus.DOUBTFUL, f"{read}; the list says {entry.day}", "layout")
    if article.published_from in _GUESSED and not from_interface:
        return FieldFinding("published", FieldStatus.DOUBTFUL, f"{read}: the selector finds no time", "layout")
    if "dates_disagree" in article.flags:
        return FieldFinding("published", FieldStatus.DOUBTFUL, f"{read}; the page's metadata give another", "layout")
    return FieldFinding("published", FieldStatus.OK, read, "layout")


def _body(article: Article, reasons: tuple[Reason, ...]) -> FieldFinding:
    if reasons:
        return FieldFinding("body", FieldStatus.WRONG, f"would be set aside: {joined(reasons)}", "layout")
    blocks = [block for block in article.blocks if block.kind is not BlockKind.LEAD]
    length = sum(len(block.text) for block in blocks)
    files = f", {len(article.attachments)} files" if article.attachments else ""
    size = f"{length} characters in {len(blocks)} blocks{files}"
    return FieldFinding("body", FieldStatus.OK if length >= _ENOUGH else FieldStatus.DOUBTFUL, size, "layout")


def _residue(article: Article, entry: Entry, list_lines: frozenset[str]) -> FieldFinding:
    removed = f"{len(article.removed)} lines were taken out" if article.removed else "nothing was taken out"
    frame = list_lines - {fold(article.title), fold(entry.title)}
    later = [block for block in article.blocks[1:] if block.kind is not BlockKind.LEAD and len(block.text) <= _LINE]
    repeated = [block.text for block in later if fold(block.text) in frame]
    if repeated:
        first = "; ".join(map(_cut, repeated[:3]))
        return FieldFinding(
            "residue",
            FieldStatus.DOUBTFUL,
            f"{len(repeated)} lines of the text stand on the list page too: {first}",
            "layout",
        )
    return FieldFinding("residue", FieldStatus.OK, f"{removed}, no line of the text stands on the list page", "layout")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
