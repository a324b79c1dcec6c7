"""Bound what a page may ask of its parser, by one scan of the text that is linear in its length.

The parser compares each attribute of a tag with all before it, and a tree takes some thirty times the bytes of the
shortest markup. So attributes and tags are counted before any tree is made. Readers make copies of a page's text, some
thirty times its bytes together, so it is measured as well. Nesting needs no count: the parser gives up below 2,048
levels, and the page is marked `damaged`.
"""

from __future__ import annotations

import re

MOST_ELEMENTS = 100_000
"""The tags of a page that is parsed; the largest recorded one has 5,000."""
MOST_ATTRIBUTES = 2_000
"""The attributes of one tag; the recorded pages have 60 at most."""
MOST_OF_ALL = 200_000
"""The attributes of a page."""

MOST_TEXT = 4_000_000
"""The characters of a page outside its tags, scripts, styles and comments: two thousand pages of a book."""

# Possessive throughout: a scan never goes back. A quotation mark without its end counts as a sign like any other, of
# which a text has one at most.
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+([\s/]*+[^\s/>])?")
_OPENING = re.compile("<[a-zA-Z]")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_SHORTEST = 2  # characters of an attribute
# A comment or script without its end goes to the end of the page.
_MARKUP = re.compile(
    r"<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)"
    r"|<(script|style)(?=[\s/>])(?:[^<]++|<(?!/\1))*+(?:</\1[^>]*+>?|\Z)|</?[a-zA-Z][^>]*+>?",
    re.IGNORECASE,
)


class ExcessiveMarkup(ValueError):
    """A page exceeds a bound and is not parsed; the message says which."""


def excess_of(text: str) -> str:
    """Return in words which bound a page exceeds; empty for a page that is parsed at a bounded cost.

    Tags in comments and scripts count as well: what the parser takes for one is not settled before it parses.
    """
    if text.count("<") > MOST_ELEMENTS and sum(1 for _ in _OPENING.finditer(text)) > MOST_ELEMENTS:
        return f"more than {MOST_ELEMENTS:,} tags"
    if any(_TAG.findall(text)):
        return f"more than {MOST_ATTRIBUTES:,} attributes in one tag"
    if len(text) > _SHORTEST * MOST_OF_ALL and _attributes(text) > MOST_OF_ALL:
        return f"more than {MOST_OF_ALL:,} attributes"
    if len(text) > MOST_TEXT and text_length(text) > MOST_TEXT:
        return f"more than {MOST_TEXT:,} characters of text"
    return ""


def refuse_excess(text: str) -> None:
    """Raise ExcessiveMarkup for a text that exceeds a bound."""
    if words := excess_of(text):
        raise ExcessiveMarkup(words)


def text_length(text: str) -> int:
    """Return the characters of a page outside its tags, scripts, styles and comments, blanks and references as written."""
    return len(text) - sum(found.end() - found.start() for found in _MARKUP.finditer(text))


def _attributes(text: str) -> int:
    # The name of a tag looks like its first attribute.
    return sum(len(_ATTRIBUTES.findall(tag[0])) - 1 for tag in _TAG.finditer(text))
