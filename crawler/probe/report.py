"""Report a probe's result in words: the score, what it could not decide, then the evidence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from crawler.probe.explore import Exploration
from crawler.probe.page import VisitedPage
from crawler.probe.recognise import ENOUGH, FamilyMatch
from crawler.probe.result import Check, ProbeResult
from pipelines.html.tree import tag_of


def report(found: ProbeResult, exploration: Exploration, robots: str, refused: Sequence[str]) -> str:
    """Return the whole report; the most doubtful things first."""
    portal = found.portal
    lines = [_score(found)]
    lines += ["", "could not be decided:", *_listed(found.undecided, "nothing")]
    lines += ["", "could not be checked:", *_listed(found.unchecked, "nothing")]
    lines += ["", "tried on the visited pages:", *_listed([_shown(check) for check in found.checks], "nothing")]
    lines += ["", "family:", *_family(found)]
    if portal is not None:
        lines += ["", f"sections ({len(portal.sections)}):"]
        lines += [f"  {section.name:<30} {section.path}" for section in portal.sections]
    lines += ["", "understood:", *_listed(found.evidence, "nothing more")]
    lines += ["", "feeds and sitemaps:", *_listed(_machine(exploration), "none linked, no /sitemap.xml")]
    lines += ["", "changes by itself (fetched twice):", *_listed(list(_changing(exploration)), "nothing")]
    unvisited = [f"{link.title}: {link.url}" for link in exploration.unvisited]
    lines += ["", "in the menu and not visited (the bound on requests):", *_listed(unvisited, "none")]
    foreign = [f"{link.title}: {link.url}" for link in exploration.foreign]
    if foreign:
        lines += ["", "lists in another language, left out:", *_listed(foreign, "none")]
    others = [f"{link.title}: {link.url}" for link in exploration.no_lists]
    lines += ["", "in the menu and no list of articles:", *_listed(others, "none")]
    lines += ["", f"robots.txt: {robots}", f"requests: {exploration.requests}"]
    if refused:
        lines += ["", "not answered:", *_listed(list(dict.fromkeys(refused)), "none")]
    return "\n".join(lines) + "\n"


def _score(found: ProbeResult) -> str:
    if found.score is None:
        return f"score unchecked ({found.mean} of 100 by its own rules)"
    return f"score {found.score} of 100" + ("" if found.portal else ": not enough was understood for a spider")


def _shown(check: Check) -> str:
    return f"{check.good} of {check.of}  {check.what}" + (f" (by {check.by})" if check.by else "")


def _listed(lines: Sequence[str], nothing: str) -> list[str]:
    return [f"  {line}" for line in lines] or [f"  {nothing}"]


def _family(found: ProbeResult) -> list[str]:
    chosen = found.portal.family.family if found.portal else "none"
    lines = [f"  {chosen}"]
    for number, ranked in enumerate(found.ranked[:2]):
        which = "best by its marks" if number == 0 else "runner-up"
        lines.append(f"  {which}: {ranked.family.family}, weight {ranked.score} ({_sure(ranked)})")
        lines += [f"    {mark.kind.value} {mark.pattern}" for mark in ranked.found]
    return lines if found.ranked else [*lines, "  no mark of any family was met"]


def _sure(ranked: FamilyMatch) -> str:
    return "sure" if ranked.score >= 2 * ENOUGH else "likely" if ranked.score >= ENOUGH else "a hint, no evidence"


def _machine(exploration: Exploration) -> list[str]:
    posts = [exploration.posts] if exploration.posts else []
    return [page.url for page in (*exploration.feeds, *posts, *exploration.sitemaps)]


def _changing(exploration: Exploration) -> Iterator[str]:
    for first, second in exploration.again:
        for part in volatile_parts(first, second):
            yield f"{part}: {first.url}"


_TOKEN = re.compile(r"[0-9a-f]{16,}|[A-Za-z0-9+/_-]{24,}={0,2}")


_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")


_MOST = 12


def volatile_parts(first: VisitedPage, second: VisitedPage) -> tuple[str, ...]:
    """Return the lines that differ, each with its likely kind and place; none when the bytes are the same."""
    if first.body == second.body:
        return ()
    one, two = _values(first), _values(second)
    found: dict[str, None] = {}
    same = difflib.SequenceMatcher(None, one, two, autojunk=False)
    for kind, start, end, other, last in same.get_opcodes():
        if kind == "equal":
            continue
        for place, value in [*two[other:last], *(one[start:end] if kind == "delete" else [])]:
            found[f"{_kind(value)} in {place}"] = None
    if not found:
        found["bytes outside of the page's elements"] = None
    return tuple(found)[:_MOST]


def _values(visited: VisitedPage) -> list[tuple[str, str]]:
    found = []
    for element in visited.page().root.iter():
        tag = tag_of(element)
        if not tag:
            continue
        names = (element.get("id") or "").strip() or (element.get("class") or "").strip().split(" ")[0]
        place = f"<{tag}{' ' + names if names else ''}>"
        if (element.text or "").strip():
            found.append((place, (element.text or "").strip()[:200]))
        found += [(place, value) for name, value in element.items() if name in ("value", "content", "href", "src")]
        if (element.tail or "").strip():
            found.append((place + " (behind it)", (element.tail or "").strip()[:200]))
    return found


def _kind(value: str) -> str:
    if _CLOCK.search(value):
        return "a clock"
    if _TOKEN.search(value):
        return "a token"
    if re.fullmatch(r"[\d.,\s]+|.{0,40}\D[\d.,]+\D{0,20}", value) and any(char.isdigit() for char in value):
        return "a counter"
    return "a text in turn"
