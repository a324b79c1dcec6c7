"""Run `python -m archive show ID`: one article, its versions, its other places, its text."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from archive.cli.arguments import Commands, add_as_of, add_identifier
from archive.cli.articles import find_one, known_runs
from archive.cli.output import print_attached, print_near
from archive.errors import ExitCode
from archive.index.queries.clusters import article_of
from archive.index.rows import EventRow, KnownRuns
from archive.messages.printable import printable, printable_lines
from archive.model.enums import LATE, REMOVALS, WITHHELD, Event
from archive.storage.tombstones import withheld_in
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("show", _run, "show one article: where it stands and what it says")
    add_identifier(command)
    add_as_of(command)


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        found = find_one(archive, options)
        own = [event for event in found if article_of(event.id) == (event.portal, event.key)]
        _print_article(archive, (own or found)[-1], found, known_runs(archive, options.as_of))
    return ExitCode.GOOD


def _print_article(archive: Archive, item: EventRow, versions: list[EventRow], known: KnownRuns) -> None:
    with archive.index.reading() as queries:
        relatives = queries.events.with_content(item.content_sha256, known)
        stored = next((other for other in relatives if other.file), item)
        files = queries.attachments.of_article(item.portal, item.key, known)
        near = [
            (link, queries.events.find(article=link.id))
            for link in queries.clusters.near_duplicates(item.portal, item.key, known)
        ]
        cluster = queries.clusters.of_article(item.portal, item.key, known)
    print(f"{item.id}\n{printable(item.url)}")
    for version in versions:
        of = None if version.event in REMOVALS else version.revision_of or version.duplicate_of
        to = f"  to {printable(version.url)}" if version.event is Event.MOVED_ADDRESS else ""
        print(f"{version.night}  {version.event.value}  {version.id}" + (f"  of {of}" if of else to))
        if LATE in version.flags:
            print(f"late: published {(version.published or '')[:10]}, found {version.night}")
    if item.attachment_of:
        print(f"attachment of {item.attachment_of}" + "".join(f", {flag}" for flag in item.flags))
    for file in files:
        print_attached(file, _path_of(archive, file.event, file.night, file.run, file.file) if file.file else None)
    for other in relatives:
        if (other.portal, other.key) != (item.portal, item.key):
            print(f"also published by {other.portal}, archived {other.night}: {printable(other.url)}")
    for link, places in near:
        print_near(link, places[0] if places else None, cluster[0])
    if len(cluster) > 1:
        canonical = "it is itself" if cluster[0] == (item.portal, item.key) else "/".join(cluster[0])
        print(f"cluster of {len(cluster)} articles, the canonical one: {canonical}")
    if any(WITHHELD in other.flags for other in (item, *relatives)):
        _print_withheld(archive, item)
        return
    if stored.file is None:
        return
    text = archive.captures.text(stored)  # checked: a changed text is never shown as the archived one
    if not archive.captures.sealed(stored):
        run = f"{stored.night}/{stored.run}"
        print(f"no readable seal covers {run}: the text was compared with its line alone", file=sys.stderr)
    print(f"{_path_of(archive, stored.event, stored.night, stored.run, stored.file)}\n")
    print(printable_lines(text), end="")


def _print_withheld(archive: Archive, item: EventRow) -> None:
    """Print the tombstones instead of the text, even where another article still has that text."""
    stones = withheld_in(archive.paths).tombstones
    own = [stone for stone in stones if f"{item.portal}/{item.key}" in stone.articles]
    for stone in own:
        print(f"WITHHELD on {stone.when:%Y-%m-%d} for {printable(stone.who)}: {printable(stone.reason)} ({stone.name})")
    if not own:
        print("WITHHELD: its text was kept where it first stood, and is withheld there")


def _path_of(archive: Archive, event: Event | None, night: str, run: str, file: str) -> Path:
    """Return the place of a text: its closed run, `open/` while the night runs, or quarantine."""
    if event is Event.QUARANTINED:
        return archive.paths.root / file
    folder = archive.paths.night(date.fromisoformat(night)) / run
    return (folder if folder.exists() else archive.paths.open / night / run) / file
