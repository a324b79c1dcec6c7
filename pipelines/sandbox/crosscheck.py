"""Compare a layout's article with whole-page trafilatura, on a sample of a night's pages.

Text in links, menus and footers, widget lines and what stands outside the smallest element around title and body do not
count: a layout is there to leave them out. Where much of the rest is missing, the portal was redesigned around the
layout's selectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.article import Article, BlockKind
from pipelines.html.tree import HtmlPage, brief_text, is_hidden, smallest_around, tag_of, text_of
from pipelines.readers.trafilatura import lines_of
from pipelines.sandbox.crosscheck_stats import Crosscheck
from vietnam.letters import fold
from vietnam.residue import strip_residue

_PROSE = 20  # letters of a sentence that counts
_LINK = 6  # letters of a link that counts as one
_LONGEST = 3000  # characters of a block whose place is looked for
_SHOWN = 100  # characters of the first missed sentence, for the log
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "header", "select", "form"})
_FURNITURE = re.compile(r"(?:^|[\s_-])(?:footer|menu|navbar?|sidebar|breadcrumbs?|copyright)(?:$|[\s_-])", re.I)
_NO_LETTERS = re.compile(r"\W+")
_SENTENCE = re.compile(r"[.!?;:…“”\"]+")


def crosscheck(page: HtmlPage, article: Article) -> Crosscheck:
    """Compare the article a layout gave with whole-page trafilatura. The page is left as it was."""
    own = [article.title, article.published_raw or "", *(block.text for block in article.blocks), *article.removed]
    known = _bare(" ".join(own))
    lines, _ = strip_residue(lines_of(page.root, recall=False))
    links, around = _links(page), _bare(" ".join(_furniture(page)))
    found = _bare(" ".join(lines))
    inside = _around(page, article)
    whole = 0
    first, missing = "", []
    for text in lines:
        if _is_of_links(_bare(text), links):
            continue
        for sentence in _SENTENCE.split(text):
            bare = _bare(sentence)
            if len(bare) < _PROSE or bare in around or (inside and bare not in inside):
                continue
            whole += len(bare)
            if bare not in known:
                missing.append(bare)
                first = first or sentence[:_SHOWN]
    given = [bare for block in article.blocks if len(bare := _bare(block.text)) >= _PROSE]
    confirmed = sum(len(bare) for bare in given if bare in found)
    missed = sum(map(len, missing))
    return Crosscheck(article.layout, sum(map(len, given)), confirmed, whole, missed, first, tuple(missing))


def _around(page: HtmlPage, article: Article) -> str:
    """Return the letters inside the smallest element around title and body; empty where either is not found.

    The title may stand in a list as well: of the elements that show it the one that needs the smallest element counts.
    """
    body_blocks = (block for block in article.blocks if block.kind is not BlockKind.LEAD)
    wanted = {bare for block in body_blocks if len(bare := _bare(block.text)) >= _PROSE}
    title = _bare(article.title)
    titles, paths = [], []
    for element in page.root.iter("h1", "h2", "h3", "h4", "h5", "p", "div", "span", "li", "td", "section", "article"):
        text = brief_text(element, _LONGEST)
        bare = _bare(text) if text else ""
        if bare and bare == title:
            titles.append(element)
        elif bare in wanted:
            paths.append([element, *element.iterancestors()])
    if not paths or not titles:
        return ""
    shared = set(paths[0]).intersection(*paths[1:])
    body = next(each for each in paths[0] if each in shared)
    around = min((smallest_around(each, body) for each in titles), key=lambda each: sum(1 for _ in each.iter()))
    return _bare(text_of(around))


def _bare(text: str) -> str:
    """Return letters alone: signs, cell marks, bullets and blanks differ between two ways of reading."""
    return _NO_LETTERS.sub("", fold(text))


def _is_of_links(bare: str, links: frozenset[str]) -> bool:
    """Return whether a line is another article's title, or holds several links as menus and lists do."""
    inside = [link for link in links if link in bare]
    return len(inside) > 1 or any(2 * len(link) >= len(bare) for link in inside)


def _links(page: HtmlPage) -> frozenset[str]:
    texts = (_bare(text_of(link)) for link in page.root.iter("a") if link.get("href"))
    return frozenset(text for text in texts if len(text) >= _LINK)


def _furniture(page: HtmlPage) -> Iterator[str]:
    """Yield the texts of menus, footers and hidden elements, as far as the markup marks them."""
    for element in page.root.iter():
        tag = tag_of(element)
        if not tag or tag in ("body", "html"):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        plain = tag in _FURNITURE_TAGS and not (
            tag in ("form", "header") and next(element.iter("p", "h1"), None) is not None
        )
        if plain or _FURNITURE.search(names) or is_hidden(element):
            yield text_of(element)
