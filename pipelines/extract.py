"""Extract an `Article` from bytes, by a family's layout or, where none fits, by reading the whole page.

`python -m pipelines.extract FILE --url URL [--portal NAME] [--now ISO] [--text]` prints it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lxml.html import HtmlElement

from archive.errors import ExitCode
from pipelines.article import Article, Block, BlockKind, Layout
from pipelines.article_json import article_to_json
from pipelines.check import is_foreign
from pipelines.html.attachment_links import is_picture
from pipelines.html.blocks import Piece
from pipelines.html.page_bounds import ExcessiveMarkup
from pipelines.html.published import uploaded_on
from pipelines.html.stated import stated_metadata
from pipelines.html.tree import HtmlPage, line, parse
from pipelines.line_shape import shape_of
from pipelines.readers.generic import complete, read_generic, read_unnamed
from pipelines.readers.json_api import page_of
from pipelines.readers.layout import PageReading, fits, read_layout
from pipelines.readers.trafilatura import EXTRACTOR, count_restored
from vietnam.date_forms import TZ
from vietnam.letters import fold
from vietnam.residue import find_residue, is_residue
from vietnam.signoff import read_signoff

_AUTHOR_LABEL = re.compile(
    r"^(?:(?:tác giả|người viết)\s+(?![:：])|"
    r"(?:tác giả|người viết|bài(?: viết)?(?:,? ảnh)?|tin(?: bài)?|nguồn(?: tin)?|theo|by)\s*[:：]\s*)",
    re.IGNORECASE,
)


def extract(
    body: bytes, url: str, layouts: tuple[Layout, ...], now: datetime, declared_encoding: str | None = None
) -> Article:
    """Extract the article of one response body (decompressed HTML, or JSON that a layout reads) at `url`.

    The first of `layouts` that fits the page is used, else the whole page is read and the article has `layout: none`.
    `now` (aware) is the moment of the fetch: a later date is no publication date. Pure; an empty title or no blocks is
    left to `pipelines.check`.

    Raises:
        ExcessiveMarkup: the only error on page content; parsing it would have no bounded cost.
    """
    if (sent := page_of(body, url, layouts, declared_encoding)) is not None:
        body, declared_encoding = sent, "utf-8"
    page = parse(body, url, declared_encoding)
    return article_of(read_page(page, layouts, now), page)


def read_page(page: HtmlPage, layouts: tuple[Layout, ...], now: datetime) -> PageReading:
    """Read the parts of a page by the first layout that fits, what it misses and the rest generically."""
    reading = _read_parts(page, layouts, now)
    if reading.published.moment is None:
        files = [*(file.url for file in reading.attachments), *(image.url for image in reading.images)]
        reading.published = replace(uploaded_on(files, now), raw=reading.published.raw)
    return reading


def _read_parts(page: HtmlPage, layouts: tuple[Layout, ...], now: datetime) -> PageReading:
    for layout in layouts:
        if layout.is_unnamed and fits(page, layout):
            return read_unnamed(page, layout, now)
        if fits(page, layout) and (reading := read_layout(page, layout, now)) is not None:
            complete(reading, page, now, dated=bool(layout.published))
            return reading
    return read_generic(page, now)


def article_of(reading: PageReading, page: HtmlPage) -> Article:
    """Build the article from a page's parts."""
    blocks, removed = blocks_of(reading)
    author, blocks = _mark_signoff(reading, blocks)
    published = reading.published
    pictures = _only_pictures(reading, blocks)
    if pictures:
        blocks = [*(Block(BlockKind.CAPTION, text) for text in _alternatives(pictures, reading, blocks)), *blocks]
    flags = [f"generic_{part}" for part in reading.generic]
    if pictures:
        flags.append("picture_only")
    if published.disagree:
        flags.append("dates_disagree")
    if page.damaged:
        flags.append("parser_gave_up")
    if is_foreign(" ".join(block.text for block in blocks)):
        flags.append("not_vietnamese")
    return Article(
        url=page.url,
        title=reading.title,
        blocks=tuple(blocks),
        published=published.moment,
        published_raw=published.raw,
        published_from=published.source,
        author=author,
        attachments=reading.attachments,
        images=reading.images,
        layout=reading.layout,
        extractor=EXTRACTOR,
        restored=count_restored(blocks),
        removed=tuple(removed),
        flags=tuple(flags),
        stated=stated_metadata(page, author, published.moment),
    )


def _only_pictures(reading: PageReading, blocks: Sequence[Block]) -> list[HtmlElement]:
    """Return the pictures of an article that is nothing else: an infographic or a scanned notice, with its captions."""
    if reading.attachments or any(block.kind is not BlockKind.CAPTION for block in blocks):
        return []
    pieces = [*reading.featured, *reading.lead, *reading.body]
    return [image for piece in pieces for image in piece.images if is_picture(image)]


def _alternatives(pictures: Sequence[HtmlElement], reading: PageReading, blocks: Sequence[Block]) -> list[str]:
    """Return the pictures' own words where they say more than title and captions; a file's name says nothing."""
    shown = {fold(reading.title), *(fold(block.text) for block in blocks)}
    texts = [line(image.get("alt") or "") for image in pictures]
    return [text for text in dict.fromkeys(texts) if " " in text and fold(text) not in shown and not is_residue(text)]


def blocks_of(reading: PageReading) -> tuple[list[Block], list[str]]:
    """Return lead, body and bylines as blocks, and the removed lines: repeated title or lead, the portal's lines."""
    removed = list(reading.removed)
    lead = [piece for piece in reading.lead if piece.text]
    body = [piece for piece in reading.body if piece.text]
    while lead and fold(lead[0].text) == fold(reading.title):
        removed.append(lead.pop(0).text)
    while body and fold(body[0].text) == fold(reading.title):
        removed.append(body.pop(0).text)
    lead = _deduplicate_lead(lead, body, removed)
    is_label = [bool(reading.labels) and fold(piece.text) in reading.labels for piece in body]
    kept = [piece for piece, label in zip(body, is_label, strict=True) if not label]
    removed += [piece.text for piece, label in zip(body, is_label, strict=True) if label]
    lead, kept = _without_repeats(reading, lead, kept, removed)
    blocks = [Block(BlockKind.LEAD, piece.text) for piece in lead]
    blocks += [Block(BlockKind.CAPTION, piece.text) for piece in reading.featured if piece.text]
    blocks += [Block(piece.kind, piece.text) for piece in kept]
    blocks += [Block(BlockKind.SIGNOFF, byline) for byline in reading.bylines]
    return blocks, removed


def _without_repeats(
    reading: PageReading, lead: list[Piece], body: list[Piece], removed: list[str]
) -> tuple[list[Piece], list[Piece]]:
    """Remove the lines that the portal repeats, each only where it was learned: a text may use the same words."""
    if not (reading.before or reading.among or reading.after):
        return lead, body
    pieces = [*lead, *body]
    shapes = [shape_of(piece.text) for piece in pieces]
    removed_at = {at for at, shape in enumerate(shapes) if shape in reading.among}
    for at, shape in enumerate(shapes):
        if shape in reading.before:
            removed_at.add(at)
        elif at >= len(lead) and at not in removed_at and not is_residue(pieces[at].text):
            break
    for at in range(len(shapes) - 1, -1, -1):
        if shapes[at] in reading.after:
            removed_at.add(at)
        elif at not in removed_at and not is_residue(pieces[at].text) and not read_signoff([pieces[at].text]):
            break
    removed += [pieces[at].text for at in sorted(removed_at)]
    kept = [None if at in removed_at else piece for at, piece in enumerate(pieces)]
    return [piece for piece in kept[: len(lead)] if piece], [piece for piece in kept[len(lead) :] if piece]


def _deduplicate_lead(lead: list[Piece], body: list[Piece], removed: list[str]) -> list[Piece]:
    """Return the lead, empty when it only announces the body's first words; drop its repetition from the body."""
    if not lead:
        return []
    text = _folded(lead)
    for count in (1, 2, 3):
        if len(body) >= count and _folded(body[:count]) == text:
            removed.extend(piece.text for piece in body[:count])
            del body[:count]
            return lead
    opening = _folded(body[:3])
    shortened = text.rstrip(". …")
    if len(shortened) >= 40 and opening.startswith(shortened):
        removed.extend(piece.text for piece in lead)
        return []
    return lead


def _folded(pieces: Sequence[Piece]) -> str:
    return " ".join(filter(None, (fold(piece.text) for piece in pieces)))


def _mark_signoff(reading: PageReading, blocks: list[Block]) -> tuple[str | None, list[Block]]:
    """Return the author by the layout or by the last short line, and mark that line as sign-off where it stands."""
    author = line(_AUTHOR_LABEL.sub("", reading.author)) or None
    if author and ":" in author and (signed := read_signoff([author])) is not None:  # `Ảnh và bài: Lê Mai`
        author = signed.author
    own = [block.text for block in blocks if block.kind is not BlockKind.TABLE_ROW]
    # A label of the next module or the list of files may follow the sign-off; cleaning takes labels away later.
    files = {attachment.name for attachment in reading.attachments}
    removed_at = find_residue(own)
    while own and (len(own) - 1 in removed_at or is_residue(own[-1]) or own[-1] in files):
        own.pop()
    signoff = read_signoff(own) if own and not reading.bylines else None
    if signoff is None:
        return author, blocks
    for position in range(len(blocks) - 1, -1, -1):
        if blocks[position].text == signoff.line and blocks[position].kind in (BlockKind.PARAGRAPH, BlockKind.CAPTION):
            blocks[position] = Block(BlockKind.SIGNOFF, signoff.line)
            break
    return author or signoff.author, blocks


def main(arguments: Sequence[str] | None = None) -> int:
    """Read a saved page and print its article as JSON. Without `--portal` no layout is used."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.extract", description="Print what a saved page says.")
    parser.add_argument("file", type=Path, help="the saved page")
    parser.add_argument("--url", required=True, help="the address it was fetched from")
    parser.add_argument("--portal", help="read it by this portal's layouts; without it no layout is used")
    parser.add_argument("--now", help="the moment of the fetch, ISO 8601 (default: now); later dates are refused")
    parser.add_argument("--text", action="store_true", help="print the text as it would be archived instead of JSON")
    options = parser.parse_args(arguments)
    try:
        now = datetime.fromisoformat(options.now) if options.now else datetime.now(TZ)
        layouts = _layouts_of(options.portal) if options.portal else ()
        body = options.file.read_bytes()
    except OSError as error:
        return _usage_error(f"cannot read {options.file}: {(error.strerror or str(error)).lower()}")
    except ValueError:
        return _usage_error(f"--now {options.now}: give an ISO 8601 time, as 2026-11-22T07:00:00+07:00")
    except LookupError as error:
        return _usage_error(str(error.args[0]))
    try:
        article = extract(body, options.url, layouts, now if now.tzinfo else now.replace(tzinfo=TZ))
    except ExcessiveMarkup as error:
        return _usage_error(f"{options.file} is not read: {error}")
    print(article.text() if options.text else json.dumps(article_to_json(article), ensure_ascii=False, indent=1))
    return ExitCode.GOOD


def _layouts_of(portal: str) -> tuple[Layout, ...]:
    """Load a portal's layouts by its name at run time, as Scrapy finds spiders: this layer imports no portal."""
    # Only the command needs Scrapy; the extraction worker starts without it.
    from scrapy.settings import Settings
    from scrapy.spiderloader import get_spider_loader

    loader = get_spider_loader(Settings({"SPIDER_MODULES": ["crawler.spiders"]}))
    names = loader.list()
    if portal not in names:
        close = difflib.get_close_matches(portal, names, n=3, cutoff=0.5)
        raise LookupError(
            f"no portal {portal}: {'did you mean ' + ' or '.join(close) if close else 'see `scrapy list`'}"
        )
    spider = loader.load(portal)
    # The rules that the crawl reads with; a spider that is no portal's may still have layouts.
    layouts = spider.read_with() if hasattr(spider, "read_with") else getattr(spider, "layouts", ())
    return tuple(layout for layout in layouts if isinstance(layout, Layout))


def _usage_error(message: str) -> int:
    print(message, file=sys.stderr)
    return ExitCode.USAGE


if __name__ == "__main__":
    # `… | head` ends the command quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
