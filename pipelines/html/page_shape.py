"""Read the shape of a page: visible text, main text, and devices such as captchas."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice, takewhile

from lxml.html import HtmlElement

from pipelines.html.page_bounds import ExcessiveMarkup
from pipelines.html.tree import shared_tree
from vietnam.letters import strip_diacritics

_XML = re.compile(r"\s*(?:<\?xml\b|<rss\b|<feed\b|<urlset\b|<sitemapindex\b)", re.I)
_SET_COOKIE = re.compile(r"document\s*\.\s*cookie\s*=")
_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"'>]+)", re.I)
_RELOAD = re.compile(r"location\s*\.\s*(?:reload|replace|assign)\s*\(|location(?:\s*\.\s*href)?\s*=[^=]")
_APP_IDS = ("app", "root", "__nuxt", "__next", "application")
_APP_ROOTS = "descendant::body/descendant::*[@id or self::app-root]"
_WIDGET_NAMES = ("g-recaptcha", "h-captcha", "cf-turnstile")
_CAPTCHA_WIDGETS = f"descendant::*[{' or '.join(f'contains(@class,{name!r})' for name in _WIDGET_NAMES)}]"
# The scan of all classes is worth it where a name stands in the text as it is, or may be written in character references.
_WIDGET_SIGNS = (*_WIDGET_NAMES, "&#")
_RETURNS = re.compile(r"[?&](?:returnurl|return|returnto|redirect|next|url)=", re.I)
# A field for the few signs of a picture: it is short and stands in one row or box with an image.
_CODE_FIELDS = (
    "descendant::input[@type='text'"
    " and (number(@maxlength) <= 8 or contains(translate(@name,'ACHPT','achpt'),'captcha'))]"
)
_ROWS = ("tr", "p", "li", "div", "td")

UNSEEN = frozenset("script style noscript template head svg object iframe select option".split())
_FRAME = frozenset("nav header footer aside a button label menu form".split())
_NAMED_FRAME = frozenset({"div", "ul", "section"})
_FRAME_NAMES = re.compile(
    r"(?:^|[\s_-])(?:menu|nav|navbar|header|footer|banner|sidebar|breadcrumb|copyright|dialog|modal)", re.I
)
BLOCKS = frozenset({"p", "div", "li", "td", "section", "article", "center", "h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPH = 80  # characters: more are a paragraph of a text
_MOST_BLOCKS = 50  # a page that says it more often is no notice, and may be made to be slow
NOTICE = 200  # characters: the notices of the field guide are one or two sentences
# Compared without diacritics: what is no more, and that it is no more, in one sentence.
_THING = (
    r"(?:bai viet|bai dang|tin bai|ban tin|tin tuc|noi dung|trang|van ban|du lieu|duong dan|page|article|content|post)"
)
_IS_NO_MORE = (
    r"(?:khong (?:con )?ton tai|khong tim thay|khong duoc tim thay|bi xoa|bi go|duoc go|da go (?:bo|xuong)"
    r"|go xuong|go bo|khong con|not found|(?:does not|doesn't|no longer) exist|no longer available|been (?:removed|deleted))"
)
ABSENT = re.compile(rf"\b{_THING}\b[^.!?]{{0,60}}\b{_IS_NO_MORE}|khong tim thay\b[^.!?]{{0,40}}\b{_THING}\b")
ABSENT_WORDS = tuple("tồn tại|tìm thấy|xóa|xoá|gỡ|không còn|found|exist|available|removed|deleted".split("|"))
_OPENING = 2000  # characters in which a page begins, and ends
_BRIEF = 1000  # characters of main or visible text: more than any rule of `crawler.responses.outcome` calls short
_FEW_LINKS = 40  # more than any rule there calls few
HIDDEN = re.compile(r"display\s*:\s*none", re.I)


_Texts = list[tuple[str, bool, HtmlElement]]


@dataclass(frozen=True, slots=True)
class PageShape:
    """Shape of a page, from which its outcome is decided.

    `visible` is all text outside scripts and hidden parts, of a page of many links without the frame's text behind its
    first 1,000 characters; `main` is its part outside links, menus, headers, footers, forms and dialogs. `head` is the
    page's title and first headings. `captcha` names a device that checks for a person; `returns_here`: its form leads
    back to a page. `notice`: the words below the heading, with nothing else there, that the page is no more; `locked`:
    what stands there instead of a text is a form that asks for a password. `app_root` is the id of an empty application
    container in a page with little visible text. `paragraphs` counts paragraphs of the main text with more than 80
    characters. `sends_to`: the address of a meta refresh, else of the first frame. `excess` says which bound a page
    exceeds that was not parsed for it: nothing else is known of that page.
    """

    visible: str = ""
    main: str = ""
    head: str = ""
    links: int = 0
    paragraphs: int = 0
    password: bool = False
    notice: str = ""
    locked: bool = False
    captcha: str = ""
    returns_here: bool = False
    app_root: str = ""
    sets_cookie: bool = False
    reloads: bool = False
    begins_html: bool = False
    ends_html: bool = False
    sends_to: str = ""
    is_xml: bool = False
    excess: str = ""

    def brief(self) -> PageShape:
        """Return the shape with only the beginnings of long texts: that a page has much text is all that they decide."""
        if len(self.main) <= _BRIEF:
            return self
        return replace(self, visible=self.visible[:_BRIEF], main=self.main[:_BRIEF])


def read_shape(text: str) -> PageShape:
    """Read the shape of a page in this process.

    The tree is `shared_tree` of the text: who reads the page afterwards has it already.
    """
    if is_xml(text):
        return shape_of(text, None)
    try:
        return shape_of(text, shared_tree(text))
    except ExcessiveMarkup as error:
        return PageShape(excess=str(error))


def is_xml(text: str) -> bool:
    """Return whether a text begins as XML: a feed, a sitemap, or a page that says so."""
    return bool(_XML.match(text))


def html_ends(text: str) -> tuple[bool, bool]:
    """Return whether a text begins and ends as an HTML document."""
    closing = text[-_OPENING:].lower()
    ends = any(end in closing or end in text.lower() for end in ("</html", "</body"))
    return "<html" in text[:_OPENING].lower(), ends


def shape_of(text: str, root: HtmlElement | None, *, article: bool = False, lowered: str = "") -> PageShape:
    """Read the shape of a page from its text and tree; of XML, which has no tree, only that it is XML.

    Of a page with an `article` only what may still speak against it is read: `main`, `head`, `paragraphs`, `notice`,
    `begins_html` and `ends_html`. `lowered` is all text of the tree in small letters, empty where it was not made: a page
    without a word of a notice is read until its main text and paragraphs are enough for every rule.
    """
    begins_html, ends_html = html_ends(text)
    if root is None:
        return PageShape(begins_html=begins_html, is_xml=True)
    links = 0 if article else sum(link.get("href") is not None for link in root.iter("a"))
    passwords = [] if article else [box for box in root.iter("input") if (box.get("type") or "").lower() == "password"]
    if article:
        brief = bool(lowered) and not any(word in lowered for word in ABSENT_WORDS)
        texts = _opening(root) if brief else list(_walk(root, 0))
    else:
        texts = list(_walk(root, _BRIEF if links > _FEW_LINKS and not passwords else sys.maxsize))
    parts = [(text, element) for text, framed, element in texts if not framed]
    main = " ".join(part for part, _ in parts)
    shape = PageShape(
        main=main,
        head=_head(root),
        paragraphs=sum(len(part) > _PARAGRAPH for part, _ in parts),
        notice=_notice(parts, root) if _hints_at_absence(main) else "",
        begins_html=begins_html,
        ends_html=ends_html,
    )
    if article:
        return shape
    locked = any(_stands_alone(texts, form) for box in passwords[:2] for form in box.iterancestors("form"))
    framed = replace(shape, links=links, password=bool(passwords), locked=locked)
    return _with_devices(framed, text, root, " ".join(words for words, _, _ in texts))


def _with_devices(shape: PageShape, text: str, root: HtmlElement, visible: str) -> PageShape:
    """Return the shape of a page without an article, with what its scripts, fields and widgets say."""
    scripts = " ".join(script.text or "" for script in root.iter("script"))
    captcha, returns_here = _captcha(text, root)
    return replace(
        shape,
        visible=visible,
        captcha=captcha,
        returns_here=returns_here,
        app_root=_app_root(root) if len(visible) < _BRIEF else "",
        sets_cookie=bool(_SET_COOKIE.search(scripts)),
        reloads=bool(_RELOAD.search(scripts)),
        sends_to=_sends_to(root),
    )


def _opening(root: HtmlElement) -> _Texts:
    """Return the first texts outside the frame: what is longer than any rule asks for, with two paragraphs."""
    found: _Texts = []
    length = paragraphs = 0
    for part in _walk(root, 0):
        if not part[1]:
            found.append(part)
            length += len(part[0])
            paragraphs += len(part[0]) > _PARAGRAPH
            if length > _BRIEF and paragraphs > 1:
                break
    return found


def _walk(root: HtmlElement, frame: int = sys.maxsize) -> Iterator[tuple[str, bool, HtmlElement]]:
    """Yield the visible texts in order, each with whether it stands in the frame and its element. Never recurses.

    No part of the frame is entered behind `frame` characters of text.
    """
    # Each open element with its children that are still to come, and whether it stands in the frame.
    stack: list[tuple[Iterator[HtmlElement], HtmlElement, bool]] = [(iter((root,)), root, False)]
    while stack:
        children, parent, framed = stack[-1]
        for node in children:
            tag, style = node.tag, node.get("style")
            if isinstance(tag, str) and tag not in UNSEEN and not (style and HIDDEN.search(style)):
                inside = framed or is_frame(node)
                if not inside or frame > 0:
                    if (text := node.text) and not text.isspace():
                        words = " ".join(text.split())
                        frame -= len(words)
                        yield words, inside, node
                    if len(node):
                        stack.append((iter(node), node, inside))
                        break
            if (tail := node.tail) and not tail.isspace():
                words = " ".join(tail.split())
                frame -= len(words)
                yield words, framed, parent
        else:
            stack.pop()
            if stack and (tail := parent.tail) and not tail.isspace():
                words = " ".join(tail.split())
                frame -= len(words)
                yield words, stack[-1][2], stack[-1][1]


def _notice(parts: Iterable[tuple[str, HtmlElement]], root: HtmlElement) -> str:
    """Return the words below the heading that say that the page is no more; empty where an article stands there."""
    hinting = (element for text, element in parts if _hints_at_absence(text))
    blocks = (next((up for up in chain((at,), at.iterancestors()) if up.tag in BLOCKS), at) for at in hinting)
    said = ((block, " ".join(block.text_content().split())) for block in islice(dict.fromkeys(blocks), _MOST_BLOCKS))
    notices = [
        (block, words) for block, words in said if len(words) <= NOTICE and ABSENT.search(strip_diacritics(words))
    ]
    texts = list(_walk(root)) if notices else []
    return next((words for block, words in notices if _stands_alone(texts, block)), "")


def _hints_at_absence(text: str) -> bool:
    lowered = text.lower()
    return any(word in lowered for word in ABSENT_WORDS)


def _stands_alone(texts: _Texts, block: HtmlElement) -> bool:
    """Return whether the page has a heading and no paragraph but the block in what encloses both."""
    headings = [element for _, _, element in texts if element.tag == "h1"]
    headings = headings[-1:] or [element for _, framed, element in texts if not framed and element.tag in ("h2", "h3")]
    heading = headings[0] if headings else None
    if heading is None or block in heading.iterancestors():
        return False
    around = {heading, *heading.iterancestors()}
    content = next(up for up in (block, *block.iterancestors()) if up in around)
    beside = set(content.iter()) - set(block.iter())
    return not any(len(text) > _PARAGRAPH and not framed and element in beside for text, framed, element in texts)


def is_frame(node: HtmlElement) -> bool:
    """Return whether an element by itself is a menu, a link, a dialog and the like: what stands in it is no main text."""
    if node.tag == "form":  # ASP.NET wraps the whole page in one form
        return next(node.iterdescendants("p", "h1", "h2"), None) is None
    if node.tag in _FRAME:
        return True
    return node.tag in _NAMED_FRAME and _names_frame(node.get("class", ""), node.get("id", ""))


@lru_cache(maxsize=4096)
def _names_frame(classes: str, name: str) -> bool:
    return _FRAME_NAMES.search(f"{classes} {name}") is not None


def _head(root: HtmlElement) -> str:
    """Return the words of every title and of the first headings: two of the first degree, one of the next two."""
    left = {"title": sys.maxsize, "h1": 2, "h2": 1, "h3": 1}
    parts: list[HtmlElement] = []
    for element in root.iter(*left):
        if left[element.tag]:
            left[element.tag] -= 1
            parts.append(element)
    return " ".join(" ".join(part.text_content().split()) for part in parts)[:600]


def _sends_to(root: HtmlElement) -> str:
    for meta in root.iter("meta"):
        found = (
            _REFRESH.search(meta.get("content") or "") if (meta.get("http-equiv") or "").lower() == "refresh" else None
        )
        if found:
            return found[1].strip()
    frames = (frame.get("src") or "" for frame in root.iter("frame", "iframe"))
    return next((source.strip() for source in frames if source.strip() and not source.startswith("about:")), "")


def _app_root(root: HtmlElement) -> str:
    for node in root.xpath(_APP_ROOTS):
        name = node.get("id") or node.tag
        if (name in _APP_IDS or node.tag == "app-root") and not len(node) and not (node.text or "").strip():
            return str(name)
    return ""


def _around(elements: Iterable[HtmlElement]) -> set[HtmlElement]:
    """Return the rows and boxes around any of these."""
    found: set[HtmlElement] = set()
    for element in elements:
        for row in element.iterancestors(*_ROWS):
            if row in found:
                break
            found.add(row)
    return found


def _captcha(text: str, root: HtmlElement) -> tuple[str, bool]:
    """Return the first device outside dialogs, and whether its form carries the address of the wanted page."""
    pictured: set[HtmlElement] | None = None
    bare: set[HtmlElement] = set()
    for node in root.xpath(_CODE_FIELDS) if next(root.iter("input"), None) is not None else ():
        form = next(node.iterancestors("form"), None)
        if form is None or not _RETURNS.search(form.get("action") or ""):
            continue
        pictured = pictured if pictured is not None else _around(root.iter("img"))
        # Boxes are nested by the hundred, and fields stand in one box: each row is asked once.
        for row in takewhile(lambda row: row not in bare, node.iterancestors(*_ROWS)):
            if row in pictured:
                return "the code in a picture", True
            bare.add(row)
    for node in root.xpath(_CAPTCHA_WIDGETS) if any(sign in text for sign in _WIDGET_SIGNS) else ():
        if any(HIDDEN.search(up.get("style") or "") for up in node.iterancestors()):
            continue
        return "a captcha", False
    return "", False
