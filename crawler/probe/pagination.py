"""Find the way from a list to its second page: a link, else the button or form of a list that grows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement
from parsel import Selector

from crawler.families.declared import next_page
from crawler.listings.listing import Following
from crawler.listings.load_more import BUTTON_ADDRESSES, is_more, next_piece
from crawler.probe.page import VisitedPage
from crawler.probe.selectors import first, names_of
from pipelines.html.tree import HtmlPage, tag_of, text_of


@dataclass(frozen=True, slots=True)
class PageTrigger:
    """The request for the second page, and the selector of its button; empty for a link."""

    following: Following
    button: str = ""


def find_next_page(visited: VisitedPage) -> PageTrigger | None:
    """Return the way on from a list's first page; None where nothing leads on without a script."""
    page = Selector(text=visited.text, type="html")
    tree = visited.page()
    linked = next_page(page, "", visited.url, tree.base, 1)
    if linked:
        return PageTrigger(linked)
    for element in tree.root.iter("button", "a", "div", "span", "input"):
        if not is_more(text_of(element) or element.get("value") or ""):
            continue
        for holder in (element, *_forms(element)):
            button = _named(tree, holder)
            request = next_piece(page, button, tree.base) if button else None
            if request is not None:
                return PageTrigger(request, button)
    return None


def _forms(element: HtmlElement) -> list[HtmlElement]:
    """Return the element's own form; a form around the whole page is its system's, not a list's."""
    form = next((each for each in element.iterancestors() if tag_of(each) == "form"), None)
    return [form] if form is not None and len(text_of(form)) < 200 else []


def _named(tree: HtmlPage, element: HtmlElement) -> str:
    """Return a selector that finds this element and no other first."""
    addressed = [f"{tag_of(element)}[{name}]" for name in BUTTON_ADDRESSES if element.get(name)]
    own = [f'form[method="{element.get("method")}"]'] if tag_of(element) == "form" and element.get("method") else []
    return next((each for each in [*names_of(element), *addressed, *own] if first(tree, each) is element), "")


def scripted_paging(visited: VisitedPage) -> str:
    """Return in words a link or button that leads on only by a script; empty where there is none."""
    for element in visited.page().root.iter("a", "button", "span", "div", "input"):
        words = text_of(element) or element.get("value") or ""
        href = (element.get("href") or "").strip().lower()
        scripted = href.startswith("javascript:") or bool(element.get("onclick"))
        if words.strip() in ("2", ">", "»") and scripted:
            return f"its page links call a script ({(element.get('href') or element.get('onclick') or '')[:40]})"
        if is_more(words) and (scripted or tag_of(element) in ("button", "input")):
            return f"its button {words.strip()!r} calls a script"
    return ""
