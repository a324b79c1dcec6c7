"""Put the open questions of a probe to a person; each answer is tried on the visited pages before it is taken."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from lxml.cssselect import CSSSelector
from parsel import Selector

from archive.errors import UsageError
from crawler.listings.listing import Section
from crawler.probe.explore import Exploration
from crawler.probe.match_structure import UserHints
from crawler.probe.result import PortalDraft, ProbeResult, section_of
from crawler.probe.sections import MenuLink
from pipelines.article import Layout
from pipelines.extract import extract

_YES = ("y", "yes", "c", "có")
_NO = ("n", "no", "k", "không")


@dataclass(frozen=True, slots=True)
class Questioner:
    """Source of answers. The end of the input is an error: a question stays open then."""

    answer: Callable[[str], str] = input

    def line(self, question: str) -> str:
        """Return one answer. Raises UsageError at the end of the input."""
        try:
            return self.answer(question).strip()
        except EOFError:
            raise UsageError(f"not written: nobody answered {question.strip()!r}") from None

    def agrees(self, question: str, *, default: bool) -> bool:
        """Ask for yes or no, in English or Vietnamese."""
        answer_text = self.line(f"{question} [{'Y/n' if default else 'y/N'}]: ").lower()
        return answer_text not in _NO if default else answer_text in _YES

    def checked(self, question: str, wrong: Callable[[str], str]) -> str:
        """Return an answer that `wrong` finds nothing against; empty when the question is left open."""
        while answer_text := self.line(f"{question} (empty: leave it open): "):
            if not (why := wrong(answer_text)):
                return answer_text
            sys.stdout.write(f"  {why}\n")
        return ""


def ask_first(found: ProbeResult, exploration: Exploration, asker: Questioner) -> UserHints:
    """Ask for what keeps a spider from being written at all: the list's links, the article's key."""
    hints = UserHints()
    pages = [Selector(text=probed.visited.text, type="html") for probed in exploration.lists]
    for line in found.undecided:
        if line.startswith(("the list:", "the article key:")):
            sys.stdout.write(f"open: {line}\n")
        if line.startswith("the list:"):
            links = asker.checked(
                "CSS selector of the entries' links", lambda answer_text: _no_links(pages, answer_text)
            )
            hints = replace(hints, links=links)
        if line.startswith("the article key:"):
            hints = replace(
                hints, key=asker.checked("regular expression of an article's path, with (?P<key>…)", _no_key)
            )
    return hints


def _no_links(pages: list[Selector], selector: str) -> str:
    if why := _no_selector(selector):
        return why
    counts = [len(page.css(selector)) for page in pages]
    return "" if counts and all(counts) else f"it finds {', '.join(map(str, counts)) or 'nothing'} on the lists"


def _no_key(pattern: str) -> str:
    try:
        return "" if "key" in re.compile(pattern).groupindex else "it has no group named key"
    except re.error as error:
        return f"no regular expression: {error}"


def ask(found: ProbeResult, exploration: Exploration, now: datetime, asker: Questioner) -> PortalDraft:
    """Return the portal as the person wants it; answered questions are no longer undecided.

    Raises UsageError when no section is left or the person does not want the spider.
    """
    portal = found.portal
    assert portal is not None  # noqa: S101  only what has a spider is asked about
    portal = replace(portal, title=asker.line(f"title [{portal.title}]: ") or portal.title)
    sections = [s for s in portal.sections if asker.agrees(f"section {s.title} ({s.path})?", default=True)]
    open_lines = []
    for line in found.undecided:
        sys.stdout.write(f"open: {line}\n")
        if line.startswith("sections:"):
            continue  # each of them is asked below
        answered = _settled(line, portal, sections, found, exploration, now, asker)
        if answered is None:
            open_lines.append(line)
        else:
            portal = answered
    for link in exploration.unvisited:
        if asker.agrees(f"not visited: section {link.title} ({link.url})?", default=False):
            sections.append(_section(link, sections))
    if not sections:
        raise UsageError("not written: a portal needs at least one section")
    for line in open_lines:
        if not asker.agrees(f"still open: {line}; write the spider all the same?", default=False):
            raise UsageError(f"not written: {line}")
    found.undecided = open_lines
    return replace(portal, sections=tuple(sections))


def _settled(
    line: str,
    portal: PortalDraft,
    sections: list[Section],
    found: ProbeResult,
    exploration: Exploration,
    now: datetime,
    asker: Questioner,
) -> PortalDraft | None:
    """Return the portal with one question answered; None where it stays open."""
    if line.startswith("paging:") and portal.structure is not None:
        counts = asker.checked("query parameter that counts the pages", _no_parameter)
        return replace(portal, structure=replace(portal.structure, counts=counts)) if counts else None
    if line.startswith("the article's layout:") and portal.structure is not None:
        return _laid_out(portal, found, now, asker, dated="a date" in line)
    for probed in exploration.doubtful:
        if line.startswith(f"section {probed.link.title!r}:"):
            if asker.agrees("take it as a section?", default=False):
                sections.append(_section(probed.link, sections))
            return portal
    return None


def _laid_out(
    portal: PortalDraft, found: ProbeResult, now: datetime, asker: Questioner, *, dated: bool
) -> PortalDraft | None:
    """Return the first layout with the selectors a person names, each tried on the visited articles."""
    layout = portal.layouts[0]
    if not dated:
        title = asker.checked("CSS selector of an article's title", _no_selector)
        body = asker.checked("CSS selector of its text", _no_selector) if title else ""
        if not body:
            return None
        layout = replace(layout, name="told", fits=body, title=(title,), body=(body,))
    when = asker.checked("CSS selector of its published line", lambda s: _no_dates(found, layout, s, now))
    if not when and dated:
        return None
    layout = replace(layout, published=(when,) if when else ())
    return replace(portal, layouts=(layout, *portal.layouts[1:]))


def _no_dates(found: ProbeResult, layout: Layout, selector: str, now: datetime) -> str:
    if why := _no_selector(selector):
        return why
    layouts = (replace(layout, published=(selector,)),)
    read = [extract(page.body, page.url, layouts, now, page.charset).published for page, _ in found.articles]
    dated = sum(moment is not None for moment in read)
    return "" if dated * 2 > len(read) else f"it reads a date on {dated} of {len(read)} articles"


def _no_selector(selector: str) -> str:
    try:
        CSSSelector(selector)
    except Exception as error:  # cssselect has several kinds of errors, and lxml one of its own
        return f"no CSS selector: {error}"
    return ""


def _no_parameter(name: str) -> str:
    return "" if re.fullmatch(r"[\w.$-]+", name) else "a parameter's name has letters, digits and _"


def _section(link: MenuLink, sections: list[Section]) -> Section:
    return section_of(link, [section.name for section in sections])
