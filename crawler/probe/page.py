"""Hold a visited page, and answer the small questions that every part of the probe has about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.downloader.state_links import changes_state
from crawler.urls import absolute, host_of, real_host
from pipelines.files.file_type import kind_of
from pipelines.html.addresses import split_address
from pipelines.html.page_bounds import excess_of
from pipelines.html.tree import HtmlPage, parse, tag_of
from vietnam.letters import decode

_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|webp|svg|mp[34]|css|js|ico|xml|rss)$", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar)?|menu|breadcrumbs?|footer|sidebar|side|aside|right|tin-?moi|most|hot|related|lien-?quan|"
    r"banner|widget|popular|xem-?nhieu|doc-?nhieu|other|khac|comments?|social|share)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CHANGING = re.compile(
    r"^(?:first|last|odd|even|active|current|selected|clearfix|row|open|left|right|clear|alt\d*|"
    r"wow|animated|lazy\w*|fade\w*|show|d-\w+|[mp][tblrxy]?-\d+|text-\w+|w-\d+|h-\d+|float-\w+|align\w*)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"-?[A-Za-z_][A-Za-z_-]*(?:\d[\w-]*)?$")
_LONG_NUMBER = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True)
class VisitedPage:
    """One answer. `requested` is the address of the request, `url` the one that answered; `headers` in lower case."""

    requested: str
    url: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    charset: str | None = None

    @property
    def is_page(self) -> bool:
        """True for a page of HTML that was served as such and exceeds no bound."""
        kind = dict(self.headers).get("content-type", "text/html").lower()
        is_html = "html" in kind or b"<html" in self.body[:2048]
        return self.status == 200 and kind_of(self.body) is None and is_html and not excess_of(self.text)

    @property
    def text(self) -> str:
        """The body as text, addresses as served."""
        return self.body.decode(decode(self.body, self.charset).encoding, "replace")

    def page(self) -> HtmlPage:
        """Parse the body."""
        return parse(self.body, self.url, self.charset)


def same_site(one: str, other: str) -> bool:
    """Return whether two addresses are of one host, with or without `www.` and the suffix of a rehearsal."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


def _bare(url: str) -> str:
    return real_host(host_of(url)).removeprefix("www.")


def own_links(page: HtmlPage, inside: HtmlElement | None = None) -> list[tuple[HtmlElement, str]]:
    """Return the links of a page (or of a part of it) to other pages of its own host, in their order.

    Links that change what the portal shows are none of them.
    """
    found = []
    for link in (inside if inside is not None else page.root).iter("a"):
        there = absolute(page.base, link.get("href") or "")
        if there is None or changes_state(there):
            continue
        if same_site(there, page.url) and not _FILE.search(split_address(there).path):
            found.append((link, there))
    return found


def is_furniture(element: HtmlElement) -> bool:
    """Return whether an element stands in a menu, a footer or a side column, by tag, role or a common name."""
    for each in (element, *element.iterancestors()):
        tag = tag_of(each)
        if tag in ("body", "html"):
            return False
        if tag in ("nav", "footer", "aside", "header") or each.get("role") in ("navigation", "contentinfo", "banner"):
            return True
        if _FURNITURE.search(f"{each.get('class', '')} {each.get('id', '')}"):
            return True
    return False


def stable_names(element: HtmlElement) -> list[str]:
    """Return selectors of the element by its own id and classes, without those that editors or scripts change."""
    names = []
    own = element.get("id") or ""
    if _NAME.match(own) and not _LONG_NUMBER.search(own) and not own.startswith(("ctl00", "yui_", "p_p_id")):
        names.append(f"#{own}")
    classes = (element.get("class") or "").split()
    good = (name for name in classes if _NAME.match(name) and not _CHANGING.match(name))
    return [*names, *(f".{name}" for name in good if not _LONG_NUMBER.search(name))]


def own_names(element: HtmlElement | None) -> list[str]:
    """Return selectors by the element's own stable classes with its tag, or by its id; empty where it has none."""
    if element is None:
        return []
    return [f"{tag_of(element)}{name}" if name.startswith(".") else name for name in stable_names(element)]


def place(element: HtmlElement) -> tuple[str, ...]:
    """Return the tags from the body down to the element."""
    return tuple(reversed([tag_of(each) for each in (element, *element.iterancestors())]))
