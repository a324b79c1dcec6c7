"""Compare a layout's article with whole-page trafilatura, on a sample of a night's pages.

Text in links, menus and footers, widget lines and what stands outside the smallest element around title and body do not
count: a layout is there to leave them out. Where much of the rest is missing, the portal was redesigned around the
layout's selectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipelines.article import Article, BlockKind
from pipelines.html.tree import HtmlPage, brief_text, is_hidden, smallest_around, tag_of
from pipelines.readers.trafilatura import lines_of
from pipelines.sandbox.crosscheck_stats import Crosscheck
from pipelines.sandbox.element_letters import ElementLetters, bare
from vietnam.residue import strip_residue

_PROSE = 20  # letters of a sentence that counts
_LINK = 6  # letters of a link that counts as one
_LONGEST = 3000  # characters of a block whose place is looked for
_SHOWN = 100  # characters of the first missed sentence, for the log
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "header", "select", "form"})
_FURNITURE = re.compile(r"(?:^|[\s_-])(?:footer|menu|navbar?|sidebar|breadcrumbs?|copyright)(?:$|[\s_-])", re.I)
_SENTENCE = re.compile(r"[.!?;:…“”\"]+")


def crosscheck(page: HtmlPage, article: Article) -> Crosscheck:
    """Compare the article a layout gave with whole-page trafilatura. The page is left as it was."""
    own = [article.title, article.published_raw or "", *(block.text for block in article.blocks), *article.removed]
    known = bare(" ".join(own))
    lines, _ = strip_residue(lines_of(page.root, recall=False))
    letters = ElementLetters(page.root)
    links, around = _links(page, letters), "".join(letters.of(element) for element in _furniture(page))
    found = bare(" ".join(lines))
    inside = _around(page, article, letters)
    whole = 0
    first, missing = "", []
    for text in lines:
        if _is_of_links(bare(text), links):
            continue
        for sentence in _SENTENCE.split(text):
            own_letters = bare(sentence)
            if len(own_letters) < _PROSE or own_letters in around or (inside and own_letters not in inside):
                continue
            whole += len(own_letters)
            if own_letters not in known:
                missing.append(own_letters)
                first = first or sentence[:_SHOWN]
    given = [text for block in article.blocks if len(text := bare(block.text)) >= _PROSE]
    confirmed = sum(len(text) for text in given if text in found)
    missed = sum(map(len, missing))
    return Crosscheck(article.layout, sum(map(len, given)), confirmed, whole, missed, first, tuple(missing))


def _around(page: HtmlPage, article: Article, letters: ElementLetters) -> str:
    """Return the letters inside the smallest element around title and body; empty where either is not found.

    The title may stand in a list as well: of the elements that show it the one that needs the smallest element counts.
    """
    body_blocks = (block for block in article.blocks if block.kind is not BlockKind.LEAD)
    wanted = {text for block in body_blocks if len(text := bare(block.text)) >= _PROSE}
    title = bare(article.title)
    counts = {len(text) for text in (title, *wanted) if text}
    titles, paths = [], []
    for element in page.root.iter("h1", "h2", "h3", "h4", "h5", "p", "div", "span", "li", "td", "section", "article"):
        if letters.count(element) not in counts:
            continue
        text = letters.of(element)
        if (text != title and text not in wanted) or not brief_text(element, _LONGEST):
            continue
        if text == title:
            titles.append(element)
        else:
            paths.append([element, *element.iterancestors()])
    if not paths or not titles:
        return ""
    shared = set(paths[0]).intersection(*paths[1:])
    body = next(each for each in paths[0] if each in shared)
    around = min((smallest_around(each, body) for each in titles), key=lambda each: sum(1 for _ in each.iter()))
    return letters.of(around)


def _is_of_links(text: str, links: frozenset[str]) -> bool:
    """Return whether a line is another article's title, or holds several links as menus and lists do."""
    inside = [link for link in links if link in text]
    return len(inside) > 1 or any(2 * len(link) >= len(text) for link in inside)


def _links(page: HtmlPage, letters: ElementLetters) -> frozenset[str]:
    texts = (letters.of(link) for link in page.root.iter("a") if link.get("href"))
    return frozenset(text for text in texts if len(text) >= _LINK)


def _furniture(page: HtmlPage) -> Iterator[HtmlElement]:
    """Yield menus, footers and hidden elements, as far as the markup marks them; also those inside others."""
    for element in page.root.iter():
        tag = tag_of(element)
        if not tag or tag in ("body", "html"):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        plain = tag in _FURNITURE_TAGS and not (
            tag in ("form", "header") and next(element.iter("p", "h1"), None) is not None
        )
        if plain or _FURNITURE.search(names) or is_hidden(element):
            yield element
