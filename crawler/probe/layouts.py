"""Propose a layout from the parts of some article pages: selectors that find them on those pages. Pure.

Lines that several articles have word for word are the portal's, not theirs: breadcrumbs, share bars, labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from crawler.families import CENTRED_CAPTIONS
from crawler.probe.article_parts import ArticleParts
from crawler.probe.page import is_furniture, own_names, place
from crawler.probe.selectors import FEWEST, common_selectors, first, names_of
from pipelines.article import Layout
from pipelines.html.attachment_links import is_file_link
from pipelines.html.blocks import Piece, pieces_of
from pipelines.html.tree import HtmlPage, tag_of, text_of
from vietnam.letters import fold
from vietnam.residue import is_residue
from vietnam.signoff import read_signoff

_OFTEN = 0.6  # share of the pages from which a line is the portal's
_LINE = 80  # characters of the longest such line
_DATE_LINE = 120  # characters of the longest line of date, byline and counters
_PROSE = 60  # characters of a block from which its box may be the text's
_CAPTIONS = ("figcaption", ".caption", *CENTRED_CAPTIONS)
_MOST_DROPPED = 12


PROPOSED = "proposed"
"""Name of a layout that the probe found by the structure of the pages."""


def propose_layout(pages: Sequence[ArticleParts]) -> tuple[Layout | None, list[str]]:
    """Return a layout whose selectors find the parts on the pages, and the parts it could not name.

    None without title and body.
    """
    repeated = _repeated(pages)
    pages = [replace(parts, pieces=tuple(_own(parts, repeated))) for parts in pages]
    titled = [(parts.page, parts.title) for parts in pages if parts.title is not None]
    bodied = [parts for parts in pages if parts.pieces]
    dated = [(parts.page, parts.published) for parts in pages if parts.published is not None]
    if len(bodied) < FEWEST or len(titled) < FEWEST:
        return None, [f"title and text were found on {min(len(bodied), len(titled))} of {len(pages)} article pages"]
    titles, days, body = common_selectors(titled), common_selectors(dated), _body(bodied)
    if not titles or body is None:
        part = "title" if not titles else "text"
        return None, [f"no selector names the {part} on all of {len(pages)} article pages"]
    missing = []
    otherwise = sum(1 for parts in pages if parts.published is None and parts.read.published is not None)
    if len(dated) + otherwise < len(pages) or (dated and not days):
        found = (len(dated) if days else 0) + otherwise
        missing.append(f"a date beside the title: found on {found} of {len(pages)} article pages")
    drop = _drop(bodied, body)
    layout = Layout(
        name=PROPOSED,
        fits=body,
        title=titles,
        published=days,
        body=(body,),
        lead=_lead(bodied, body),
        captions=_CAPTIONS,
        drop=drop,
        attachments=_attachments(pages, body),
        labels=_labels(bodied, body, drop),
    )
    return layout, missing


def _repeated(pages: Sequence[ArticleParts]) -> frozenset[str]:
    """Return short lines that most of the pages have, wherever they stand."""
    counts: Counter[str] = Counter()
    for parts in pages:
        counts.update({fold(piece.text) for piece in pieces_of(parts.page.root) if 0 < len(piece.text) <= _LINE})
    return frozenset(text for text, count in counts.items() if count >= max(FEWEST, _OFTEN * len(pages)))


def _own(parts: ArticleParts, repeated: frozenset[str]) -> Iterator[HtmlElement]:
    """Yield the elements of a page's text: no links elsewhere, no published line, no line of every page.

    Behind the text a repeated line may be a byline: one hand may write most of the articles.
    """
    spent = _title_block(parts)
    begun = False
    for element in parts.pieces:
        text = text_of(element)
        links = [element] if tag_of(element) == "a" else list(element.iter("a"))
        linked = sum(len(text_of(link)) for link in links if not is_file_link(link))
        repeated_line = fold(text) in repeated and not (begun and read_signoff(["…", text]) is not None)
        if text and linked * 2 <= len(text) and not repeated_line and element not in spent and not is_residue(text):
            begun = begun or len(text) >= _PROSE
            yield element


def _title_block(parts: ArticleParts) -> frozenset[HtmlElement]:
    """Return the elements of the published line with its neighbours in it."""
    box = _date_line(parts)
    return frozenset(box.iter()) if box is not None else frozenset()


def _date_line(parts: ArticleParts) -> HtmlElement | None:
    """Return the box of the published line: the date's own element, or the short line of byline and counters."""
    if parts.published is None:
        return None
    around = parts.published.getparent()
    if around is None or tag_of(around) in ("body", "td") or len(text_of(around)) > _DATE_LINE:
        return parts.published
    return parts.published if parts.title in set(around.iter()) else around


def _body(pages: Sequence[ArticleParts]) -> str | None:
    """Return the selector whose element holds all of the text with the least around it; it may miss a page of four."""
    names: dict[str, None] = {}
    for parts in pages:
        for element in _boxes(parts):
            names.update(dict.fromkeys(names_of(element)))
    best: tuple[float, int, int, str] | None = None
    for selector in names:
        cost = _cost(pages, selector)
        if cost is None or (best is not None and cost > best[0]):
            continue
        element = next(each for parts in pages if (each := first(parts.page, selector)) is not None)
        # Of boxes with the same text the innermost one; what stands above it must have a name of its own.
        rank = (cost, -len(place(element)), len(selector), selector)
        if (best is None or rank < best) and (not _above(pages, selector) or _lead(pages, selector)):
            best = rank
    return best[3] if best else None


def _boxes(parts: ArticleParts) -> Iterator[HtmlElement]:
    """Yield elements that hold a long piece of the text, from the inside out, up to some around the found region."""
    last = list(parts.body.iterancestors())[:4] if parts.body is not None else []
    seen: set[HtmlElement] = set()
    for piece in parts.pieces:
        if len(text_of(piece)) < _PROSE and len(parts.pieces) > 1:
            continue
        for around in (piece, *piece.iterancestors()):
            if around in seen or tag_of(around) in ("body", "html"):
                break
            seen.add(around)
            if tag_of(around) not in ("p", "b", "strong", "i", "em", "span", "a", "font", "li"):
                yield around
            if around in last[-1:]:
                break


def _cost(pages: Sequence[ArticleParts], selector: str) -> float | None:
    """Return characters around the text plus those lost; None where it does not name the text on enough pages."""
    cost, missed = 0.0, 0
    for parts in pages:
        element = first(parts.page, selector)
        inside = set(element.iter()) if element is not None else set()
        lost = [piece for piece in parts.pieces if piece not in inside]
        head = parts.pieces[:1] if lost and lost[0] is parts.pieces[0] and len(parts.pieces) > 1 else ()
        whole = sum(len(text_of(piece)) for piece in parts.pieces[len(head) :])
        held = sum(len(text_of(piece)) for piece in parts.pieces if piece in inside)
        if element is None or held < 0.9 * whole:
            missed += 1
            continue
        around = max(0, len(text_of(element)) - held)
        cost += max(0, whole - held) * 3 + around + (100 if parts.title in inside else 0)
    return cost if missed * 4 <= len(pages) and len(pages) - missed >= FEWEST else None


def _above(pages: Sequence[ArticleParts], selector: str) -> list[tuple[HtmlPage, HtmlElement]]:
    """Return the pages on which a piece of the text, or its lead, stands above the element, each with that piece."""
    found = []
    for parts in pages:
        element = first(parts.page, selector)
        inside = set(element.iter()) if element is not None else set()
        outside = [piece for piece in (*parts.lead, *parts.pieces[:1]) if piece not in inside]
        if element is not None and outside:
            found.append((parts.page, outside[0]))
    return found


def _lead(pages: Sequence[ArticleParts], body: str) -> tuple[str, ...]:
    """Return the selector of the lead where it stands outside of the body's element."""
    return common_selectors(_above(pages, body))[:2]


def _drop(pages: Sequence[ArticleParts], body: str) -> tuple[str, ...]:
    """Return names inside the body's element that never hold text: share bars, related boxes, ratings."""
    empty: dict[str, int] = {}
    holding: set[str] = set()
    for parts in pages:
        element = first(parts.page, body)
        if element is None:
            continue
        parts_kept = [each for each in (parts.title, *parts.pieces, *parts.lead) if each is not None]
        needed = {each for piece in parts_kept for each in (piece, *piece.iterancestors(), *piece.iter())}
        line = _date_line(parts)
        needed |= set(line.iterancestors()) if line is not None else set()
        for each in element.iterdescendants():
            named = own_names(each)
            if each in needed:
                holding.update(named)
            elif named and text_of(each) and not _may_be_text(each):
                empty[named[0]] = empty.get(named[0], 0) + 1
    return tuple(name for name in empty if name not in holding)[:_MOST_DROPPED]


def _may_be_text(element: HtmlElement) -> bool:
    """Return whether a box without a piece may hold text on another page: captions, quotations, files, data, prose."""
    if next((True for each in element.iter("img", "table", "blockquote", "figcaption")), False):
        return True
    if any(is_file_link(link) for link in element.iter("a")):
        return True
    words = f"{element.get('class', '')} {element.get('id', '')}".lower()
    if any(word in words for word in ("caption", "chu-thich", "chuthich", "author", "tac-gia", "tacgia", "quote")):
        return True
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return len(text_of(element)) > 2 * linked + 120


def _labels(pages: Sequence[ArticleParts], body: str, drop: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines of the portal in the body's element that no name removes and cleaning does not know."""
    counts: Counter[str] = Counter()
    for parts in pages:
        element = first(parts.page, body)
        if element is None:
            continue
        dropped = frozenset(each for name in drop for each in parts.page.match(name))
        taken = dropped | {each for each in (parts.title, parts.published) if each is not None}
        lines = {piece.text: _is_label(piece, parts) for piece in pieces_of(element, taken) if piece.text}
        counts.update(text for text, label in lines.items() if label and len(text) <= _LINE and not is_residue(text))
    often = max(FEWEST, _OFTEN * len(pages))
    return tuple(text for text, count in counts.items() if count >= often)[:_MOST_DROPPED]


def _is_label(piece: Piece, parts: ArticleParts) -> bool:
    """Return whether a repeated line stands where a portal puts its own: before the text, or as links."""
    if piece.linked * 2 > len(piece.text):
        return True
    order = {element: number for number, element in enumerate(parts.page.root.iter())}
    prose = [order[element] for element in parts.pieces if len(text_of(element)) >= _PROSE]
    begin = min(prose or [order[element] for element in parts.pieces], default=0)
    return order.get(piece.element, begin) < begin


def _attachments(pages: Sequence[ArticleParts], body: str) -> tuple[str, ...]:
    """Return where files are linked beside the body; those inside of it are found without being named."""
    wanted = []
    for parts in pages:
        element = first(parts.page, body)
        for link in parts.page.root.iter("a"):
            above = link.getparent()
            if element is None or above is None or not is_file_link(link) or is_furniture(link):
                continue
            if element not in set(link.iterancestors()):
                wanted.append(above)
                break
    names = Counter(name for above in wanted for name in (own_names(above) or own_names(above.getparent())))
    best = names.most_common(1)
    return (f"{best[0][0]} a",) if best and best[0][1] * 2 > len(wanted) else ()
