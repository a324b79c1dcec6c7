"""Report an evening: the table on the terminal, as CSV and JSON, and a Markdown page for whoever mends the spiders. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.model.enums import ArchiveKind
from crawler.catalog.check_results import CheckResult, FieldStatus, confirmed
from crawler.catalog.overview import province_in_words
from crawler.first_contact.folder import HostContact
from crawler.first_contact.home import HomeState
from crawler.portal import PortalSpider
from vietnam.provinces import PROVINCES

_COLUMNS = ("province", "host", "home page", "portal", "check", "probe", "differences", "proposed spider", "requests")
_SHOWN = 6


def ordered(results: Iterable[HostContact]) -> list[HostContact]:
    """Return the results in the order of provinces.csv: the provinces of today, then their predecessors."""
    places = {slug: place for place, slug in enumerate(PROVINCES)}
    return sorted(results, key=lambda each: places.get(each.slug, len(places)))


def row(result: HostContact) -> tuple[str, ...]:
    """Return the cells of a host, under `_COLUMNS`."""
    return (
        province_in_words(result.slug) if result.slug in PROVINCES else result.slug,
        result.host,
        result.home.words,
        result.portal or "none",
        _check(result),
        _probe(result),
        "; ".join(each.words for each in result.differences),
        result.proposed or "",
        str(result.requests),
    )


def _check(result: HostContact) -> str:
    if result.error:
        return f"ended by an error of this program: {result.error}"
    if result.check is None:
        return ""
    if result.check.passed:
        return "passed"
    if not result.check.answered:
        return "no answer"
    return f"failed: {', '.join(_wrong(result.check))}"


def _wrong(checked: CheckResult) -> list[str]:
    return [each.field for each in checked.findings if each.held is FieldStatus.WRONG]


def _probe(result: HostContact) -> str:
    probe = result.probe
    if probe is None:
        return ""
    if not probe.family:
        return "not enough for a spider"
    score = "unchecked" if probe.score is None else f"{probe.score} of 100"
    return f"{probe.family}, {probe.sections} sections, score {score}"


def as_csv(results: Sequence[HostContact]) -> str:
    """Return the table as CSV with a head."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(map(row, results))
    return text.getvalue()


def as_json(results: Sequence[HostContact]) -> bytes:
    """Return everything that is known of each host as JSON."""
    return msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n"


def print_table(results: Sequence[HostContact], console: Console) -> None:
    """Print a line for each host, and the counts of what their home pages did."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("host", "home page", "portal", "check", "probe", "differences"):
        table.add_column(name, overflow="fold")
    for result in results:
        _, host, home, portal, check, probe, _, _, _ = row(result)
        style = "green" if result.is_good else "yellow" if result.home.state is HomeState.ANSWERS else "red"
        count = str(len(result.differences)) if result.differences else ""
        table.add_row(host, Text(home, style=style), portal, check, probe, count)
    console.print(table)
    console.print(summary(results), highlight=False)


def summary(results: Sequence[HostContact]) -> str:
    """Return the counts of an evening on one line."""
    states = Counter(each.home.state for each in results)
    passed = sum(each.check is not None and each.check.passed for each in results)
    checked = sum(each.check is not None for each in results)
    parts = [f"{count} {state.value}" for state, count in states.most_common()]
    proposed, named = sum(bool(each.proposed) for each in results), sum(len(each.differences) for each in results)
    return (
        f"{len(results)} hosts: {', '.join(parts) or 'none asked'}; {passed} of {checked} checks passed; "
        f"{named} differences named; {proposed} spiders proposed"
    )


def as_markdown(results: Sequence[HostContact], known: dict[str, type[PortalSpider]]) -> str:
    """Return the report: counts, table, then each host that a person should look at. `known` are the declared portals."""
    asked = [each.asked_at for each in results]
    days = f"{min(asked):%Y-%m-%d %H:%M} to {max(asked):%Y-%m-%d %H:%M}" if asked else "nothing was asked"
    lines = ["# First contact", "", f"{days}. {summary(results)}.", ""]
    if any(each.via is ArchiveKind.REPLICA for each in results):
        lines += ["A rehearsal over composed hosts: it says nothing of the portals themselves.", ""]
    lines += [f"| {' | '.join(_COLUMNS[:6])} |", f"|{'---|' * 6}"]
    lines += [f"| {' | '.join(map(_cell, row(each)[:6]))} |" for each in results]
    lines += ["", "## What to do", ""]
    for result in results:
        steps = list(_steps(result, known))
        if steps:
            lines += [f"### {result.host}", "", *(f"- {step}" for step in steps), ""]
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _steps(result: HostContact, known: dict[str, type[PortalSpider]]) -> Iterator[str]:
    if result.error:
        yield f"An error of this program ended the visit: {result.error}"
    if result.home.state is not HomeState.ANSWERS:
        yield f"Home page: {result.home.words}. {_ADVICE.get(result.home.state, 'Look at it in a browser.')}"
    if len(result.home.tried) > 1:
        yield f"Tried: {'; '.join(result.home.tried)}"
    if result.check is not None:
        for each in result.check.findings:
            if each.held in (FieldStatus.WRONG, FieldStatus.DOUBTFUL):
                yield f"check, {each.field}: {each.held.value}: {each.found}"
        portal = known.get(result.portal or "")
        borne_out = confirmed(result.check.findings, portal.inferred) if portal is not None else ()
        if borne_out and result.via is ArchiveKind.LIVE:
            yield f"These pages bear out what was inferred: {', '.join(borne_out)}; compare them, then mend `inferred`"
    yield from (f"witness {each}" for each in result.witnesses)
    yield from (f"{each.part}: {each.expected}; {each.found}" for each in result.differences)
    if result.probe is not None:
        yield from (f"probe, open: {each}" for each in result.probe.undecided[:_SHOWN])
        yield f"The whole report of the probe: `probes/{result.name}.txt`; its pages: `visited/{result.name}/`"
    if result.proposed:
        yield f"Proposed: `{result.proposed}` with `pages/{result.name}/`; review them as docs/add-a-province.md says"


_ADVICE = {
    HomeState.REDIRECTED: "If the portal moved, declare `moved_to` or a portal of the new host.",
    HomeState.CERTIFICATE: "Look at the chain; an exception is `tls` in the spider's file, for a person to decide.",
    HomeState.CHALLENGE: "Nothing is worked around: write to the portal's office.",
    HomeState.ROBOT_CHECK: "Nothing is worked around: write to the portal's office.",
    HomeState.FIREWALL: "Nothing is worked around: write to the portal's office.",
    HomeState.FORBIDDEN: "The host refuses this crawl: write to the portal's office.",
    HomeState.ROBOTS: "The host forbids this crawl: it is not asked.",
    HomeState.SHELL: "A script fills the page: look for its interface.",
    HomeState.PARKED: "The name has no portal now.",
    HomeState.TIMEOUT: "Ask again on another evening: `--again`.",
    HomeState.SILENT: "Ask again on another evening: `--again`.",
    HomeState.SLOW_DOWN: "Ask again on another evening: `--again`.",
}
