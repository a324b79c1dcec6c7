"""What a probe found, in words: the score, what it could not decide, then the evidence for what it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crawler.probe.explore import Exploration
from crawler.probe.recognise import ENOUGH, FamilyMatch
from crawler.probe.result import ProbeResult
from crawler.probe.volatile_content import changing_parts

__all__ = ["report"]


def report(found: ProbeResult, brought: Exploration, robots: str, refused: Sequence[str]) -> str:
    """The whole report; the most doubtful things first."""
    portal = found.portal
    lines = [f"score {found.score} of 100" + ("" if portal else ": not enough was understood for a spider")]
    lines += ["", "could not be decided:", *_listed(found.undecided, "nothing")]
    lines += ["", "tried on the visited pages:"]
    lines += [f"  {check.good} of {check.of}  {check.what}" for check in found.checks] or ["  nothing"]
    lines += ["", "family:", *_family(found)]
    if portal is not None:
        lines += ["", f"sections ({len(portal.sections)}):"]
        lines += [f"  {section.name:<30} {section.path}" for section in portal.sections]
    lines += ["", "understood:", *_listed(found.said, "nothing more")]
    lines += ["", "feeds and sitemaps:", *_listed(_machine(brought), "none linked, no /sitemap.xml")]
    lines += ["", "changes by itself (fetched twice):", *_listed(list(_changing(brought)), "nothing")]
    unvisited = [f"{link.title}: {link.url}" for link in brought.unvisited]
    lines += ["", "in the menu and not visited (the bound on requests):", *_listed(unvisited, "none")]
    foreign = [f"{link.title}: {link.url}" for link in brought.foreign]
    if foreign:
        lines += ["", "lists in another language, left out:", *_listed(foreign, "none")]
    others = [f"{link.title}: {link.url}" for link in brought.no_lists]
    lines += ["", "in the menu and no list of articles:", *_listed(others, "none")]
    lines += ["", f"robots.txt: {robots}", f"requests: {brought.requests}"]
    if refused:
        lines += ["", "not answered:", *_listed(list(dict.fromkeys(refused)), "none")]
    return "\n".join(lines) + "\n"


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


def _machine(brought: Exploration) -> list[str]:
    found = [feed.url for feed in brought.feeds]
    return [*found, brought.sitemap.url] if brought.sitemap else found


def _changing(brought: Exploration) -> Iterator[str]:
    for first, second in brought.again:
        for part in changing_parts(first, second):
            yield f"{part}: {first.url}"
