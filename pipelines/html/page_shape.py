"""Read the shape of a page: visible text, main text, and devices such as captchas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipelines.html.tree import shared_tree
from vietnam.letters import strip_diacritics

_XML = re.compile(r"\s*(?:<\?xml\b|<rss\b|<feed\b|<urlset\b|<sitemapindex\b)", re.I)
_SET_COOKIE = re.compile(r"document\s*\.\s*cookie\s*=")
_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"'>]+)", re.I)
_RELOAD = re.compile(r"location\s*\.\s*(?:reload|replace|assign)\s*\(|location(?:\s*\.\s*href)?\s*=[^=]")
_APP_IDS = ("app", "root", "__nuxt", "__next", "application")
_CAPTCHA_WIDGETS = (
    ".//*[contains(@class,'g-recaptcha') or contains(@class,'h-captcha') or contains(@class,'cf-turnstile')]"
)
_RETURNS = re.compile(r"[?&](?:returnurl|return|returnto|redirect|next|url)=", re.I)
# A field for the few signs of a picture: it is short and stands in one row or box with an image.
_CODE_FIELDS = (
    ".//input[@type='text' and (number(@maxlength) <= 8 or contains(translate(@name,'ACHPT','achpt'),'captcha'))]"
)
_ROWS = ("tr", "p", "li", "div", "td")
# Attribute storms cost libxml2 minutes: a tag of this size with this many assignments is not parsed here.
_STORM_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_STORM_ATTRIBUTES = 2000
_VALUE = re.compile(r""" "[^"]*"|'[^']*'""", re.VERBOSE)

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
ABSENT = re.compile(rf"\b{_THING}\b[^.!?]{{0,60}}\b{_IS_NO_MORE}|khong tim thay\b[^.!?]{{0,40}}\b{_THING}\b", re.I)
ABSENT_WORDS = tuple("tồn tại|tìm thấy|xóa|xoá|gỡ|không còn|found|exist|available|removed|deleted".split("|"))
_ABSENT_HINT = re.compile("|".join(ABSENT_WORDS), re.I)
_OPENING = 2000  # characters in which a page begins, and ends
_BRIEF = 1000  # characters of main text: more than any rule of `crawler.responses.outcome` calls short
HIDDEN = re.compile(r"display\s*:\s*none", re.I)


_Texts = list[tuple[str, bool, HtmlElement]]


@dataclass(frozen=True, slots=True)
class PageShape:
    """Shape of a page, from which its outcome is decided.

    `visible` is all text outside scripts and hidden parts; `main` is its part outside links, menus, headers, footers,
    forms and dialogs. `head` is the page's title and first headings. `captcha` names a device that checks for a person;
    `returns_here`: its form leads back to a page. `notice`: the words below the heading, with nothing else there, that
    the page is no more; `locked`: what stands there instead of a text is a form that asks for a password. `app_root` is
    the id of an empty application container. `paragraphs` counts paragraphs of the main text with more than 80
    characters. `sends_to`: the address of a meta refresh, else of the first frame.
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

    def brief(self) -> PageShape:
        """Return the shape with only the beginnings of long texts: that a page has much text is all that they decide."""
        if len(self.main) <= _BRIEF:
            return self
        return replace(self, visible=self.visible[:_BRIEF], main=self.main[:_BRIEF])


def read_shape(text: str) -> PageShape | None:
    """Read the shape of a page in this process; None when it cannot be parsed at a bounded cost.

    The tree is `shared_tree` of the text: who reads the page afterwards has it already.
    """
    if is_xml(text):
        return shape_of(text, None)
    return None if is_storm(text) else shape_of(text, shared_tree(text))


def is_xml(text: str) -> bool:
    """Return whether a text begins as XML: a feed, a sitemap, or a page that says so."""
    return bool(_XML.match(text))


def html_ends(text: str) -> tuple[bool, bool]:
    """Return whether a text begins and ends as an HTML document."""
    closing = text[-_OPENING:].lower()
    ends = any(end in closing or end in text.lower() for end in ("</html", "</body"))
    return "<html" in text[:_OPENING].lower(), ends


def shape_of(text: str, root: HtmlElement | None, *, article: bool = False) -> PageShape:
    """Read the shape of a page from its text and tree; of XML, which has no tree, only that it is XML.

    Of a page with an `article` only what may still speak against it is read: `main`, `head`, `paragraphs`, `notice`,
    `begins_html` and `ends_html`.
    """
    begins_html, ends_html = html_ends(text)
    if root is None:
        return PageShape(begins_html=begins_html, is_xml=True)
    parts = _main(root)
    shape = PageShape(
        main=" ".join(part for part, _ in parts),
        head=_head(root),
        paragraphs=sum(len(part) > _PARAGRAPH for part, _ in parts),
        notice=_notice(parts, root),
        begins_html=begins_html,
        ends_html=ends_html,
    )
    return shape if article else _with_frame(shape, root)


def _with_frame(shape: PageShape, root: HtmlElement) -> PageShape:
    """Return the shape of a page without an article, with what its frame and its scripts say."""
    texts = _texts(root)
    scripts = " ".join(script.text or "" for script in root.iter("script"))
    passwords = [box for box in root.iter("input") if (box.get("type") or "").lower() == "password"]
    captcha, returns_here = _captcha(root)
    return replace(
        shape,
        visible=" ".join(text for text, _, _ in texts),
        links=sum(link.get("href") is not None for link in root.iter("a")),
        password=bool(passwords),
        locked=any(_stands_alone(texts, form) for box in passwords[:2] for form in box.iterancestors("form")),
        captcha=captcha,
        returns_here=returns_here,
        app_root=_app_root(root),
        sets_cookie=bool(_SET_COOKIE.search(scripts)),
        reloads=bool(_RELOAD.search(scripts)),
        sends_to=_sends_to(root),
    )


def is_storm(text: str) -> bool:
    """Return whether a tag carries so many attributes that parsing it would block its reader."""
    return any(_attributes(tag.group()) > _STORM_ATTRIBUTES for tag in _STORM_TAG.finditer(text))


def _attributes(tag: str) -> int:
    """Return the number of a tag's attributes at most: those with a value, or the words outside of values."""
    return max(tag.count("="), len(_VALUE.sub("", tag).split()))


def _main(root: HtmlElement) -> list[tuple[str, HtmlElement]]:
    """Return the visible texts outside the frame in order, each with its element. Never recurses."""
    return [(text, element) for text, _, element in _texts(root, frame=False)]


def _texts(root: HtmlElement, *, frame: bool = True) -> _Texts:
    """Return the visible texts in order, each with whether it stands in the frame and its element. Never recurses."""
    found: _Texts = []
    stack: list[tuple[HtmlElement | str, bool, HtmlElement]] = [(root, False, root)]
    while stack:
        node, framed, parent = stack.pop()
        if isinstance(node, str):
            found.append((" ".join(node.split()), framed, parent))
            continue
        if not isinstance(node.tag, str) or node.tag in UNSEEN or HIDDEN.search(node.get("style", "")):
            continue
        inside = framed or is_frame(node)
        if inside and not frame:
            continue
        for child in reversed(node):
            if (tail := child.tail) and not tail.isspace():
                stack.append((tail, inside, node))
            stack.append((child, inside, node))
        if (text := node.text) and not text.isspace():
            stack.append((text, inside, node))
    return found


def _notice(parts: Iterable[tuple[str, HtmlElement]], root: HtmlElement) -> str:
    """Return the words below the heading that say that the page is no more; empty where an article stands there."""
    hinting = (element for text, element in parts if _ABSENT_HINT.search(text))
    blocks = (next((up for up in (at, *at.iterancestors()) if up.tag in BLOCKS), at) for at in hinting)
    said = ((block, " ".join(block.text_content().split())) for block in islice(dict.fromkeys(blocks), _MOST_BLOCKS))
    notices = [
        (block, words) for block, words in said if len(words) <= NOTICE and ABSENT.search(strip_diacritics(words))
    ]
    texts = _texts(root) if notices else []
    return next((words for block, words in notices if _stands_alone(texts, block)), "")


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
    parts = root.xpath("//title | (//h1)[position() <= 2] | (//h2)[1] | (//h3)[1]")
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
    for node in root.xpath("//body//*[@id] | //body//app-root"):
        name = node.get("id") or node.tag
        if (name in _APP_IDS or node.tag == "app-root") and not len(node) and not (node.text or "").strip():
            return str(name)
    return ""


def _captcha(root: HtmlElement) -> tuple[str, bool]:
    """Return the first device outside dialogs, and whether its form carries the address of the wanted page."""
    beside = {row for picture in root.iter("img") for row in picture.iterancestors(*_ROWS)}
    for node in root.xpath(_CODE_FIELDS) if beside else ():
        form = next(node.iterancestors("form"), None)
        returns = form is not None and _RETURNS.search(form.get("action") or "")
        if returns and not beside.isdisjoint(node.iterancestors(*_ROWS)):
            return "the code in a picture", True
    for node in root.xpath(_CAPTCHA_WIDGETS):
        if any(HIDDEN.search(up.get("style") or "") for up in node.iterancestors()):
            continue
        return "a captcha", False
    return "", False
