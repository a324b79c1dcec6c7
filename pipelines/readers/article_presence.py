"""Decide whether a page holds an article at all, by the layouts of its portal."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from pipelines.article import Layout
from pipelines.html.title import find_title
from pipelines.html.tree import HtmlPage, line, text_of
from pipelines.readers.layout import fits
from pipelines.readers.main_content import is_date_line

_WALL_NOTICE = 200  # characters beside a form for a password: above, the form stands beside a text


def has_article(page: HtmlPage, layouts: Iterable[Layout]) -> bool:
    """Return whether a layout that fits the page finds a title and a body in it."""
    return any(
        _is_dated(page)
        if layout.is_unnamed
        else any(True for _ in page.pick(layout.title))
        and any(not _is_walled(element) for element, _, _ in page.pick(layout.body))
        for layout in layouts
        if fits(page, layout)
    )


def _is_dated(page: HtmlPage) -> bool:
    """Return whether the line below the heading that the head confirms is nothing but a date, as no notice has it."""
    _, heading = find_title(page)
    below = heading.xpath("following::text()[normalize-space()][1]") if heading is not None else ()
    return any(is_date_line(line(text)) for text in below)


def _is_walled(body: HtmlElement) -> bool:
    """Return whether a password is asked in the place of the text: a form with its notice, and little besides."""
    forms = [field.getparent() for field in body.iter("input") if (field.get("type") or "").lower() == "password"]
    around = frozenset(above for form in forms if form is not None for above in (form, *form.iterancestors("form")))
    return bool(forms) and len(text_of(body, around)) < _WALL_NOTICE
