"""Run `python -m archive withhold ID --reason R --who W`: remove an article lawfully, leaving a tombstone."""

from __future__ import annotations

import argparse

from archive.cli.arguments import Commands, add_identifier, clock
from archive.cli.articles import find_one
from archive.errors import ExitCode, UsageError
from archive.index.rows import EventRow
from archive.messages.printable import printable
from archive.search.indexer import forget_withheld
from archive.storage.tombstones import Tombstone
from archive.store import Archive
from archive.withhold import WithholdRequest, finish, plan, withhold

Article = tuple[str, str]


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("withhold", _run, "remove an article lawfully: its texts and captures, in every version")
    add_identifier(command)
    command.add_argument("--reason", metavar="R", help="why: the law, the court's decision, the request")
    command.add_argument("--who", metavar="W", help="who asked for it, and who does it")
    command.add_argument("--also-duplicates", action="store_true", help="the same text where it also stood, too")
    command.add_argument("--also-attachments", action="store_true", help="the files that the article names, too")
    command.add_argument("--yes", action="store_true", help="do it; without it, what would go is only told")
    command.add_argument(
        "--repeat", action="store_true", help="do again what the tombstones say: after a crash, or in a restored copy"
    )


def _run(options: argparse.Namespace) -> ExitCode:
    if options.repeat:
        with Archive.open(options.archive) as archive:
            print(f"{finish(archive)} withheld texts and captures were there and are removed")
            forget_withheld(archive)
        return ExitCode.GOOD
    if not (options.reason or "").strip() or not (options.who or "").strip():
        raise UsageError("say --reason and --who: they stand in the tombstone, and `verify` tells them")
    with Archive.open(options.archive, read_only=not options.yes) as archive:
        item = find_one(archive, options)[-1]
        copies, files = _copies(archive, item), _attachments(archive, item)
        wanted = [(item.portal, item.key)]
        wanted += copies if options.also_duplicates else []
        wanted += files if options.also_attachments else []
        request = WithholdRequest(tuple(dict.fromkeys(wanted)), options.reason.strip(), options.who.strip(), clock())
        tombstone = withhold(archive, request) if options.yes else plan(archive, request)
        if options.yes:
            forget_withheld(archive)
        _print_result(
            archive, item, tombstone, [other for other in copies + files if other not in wanted], done=options.yes
        )
    if tombstone is not None and not options.yes:
        raise UsageError("nothing was removed: add --yes to do it; it cannot be undone")
    return ExitCode.GOOD


def _copies(archive: Archive, item: EventRow) -> list[Article]:
    with archive.index.reading() as queries:
        contents = {event.content_sha256 for event in queries.events.of_article(item.portal, item.key)}
        found = [other for content in sorted(contents) for other in queries.events.with_content(content)]
    return sorted({(other.portal, other.key) for other in found} - {(item.portal, item.key)})


def _attachments(archive: Archive, item: EventRow) -> list[Article]:
    with archive.index.reading() as queries:
        return [(item.portal, file.key) for file in queries.attachments.of_article(item.portal, item.key) if file.event]


def _print_result(
    archive: Archive, item: EventRow, stone: Tombstone | None, left: list[Article], *, done: bool
) -> None:
    if stone is None:
        print(f"{item.portal}/{item.key} is withheld already")
    else:
        verb = "withheld" if done else "would be withheld"
        for article in stone.articles:
            print(f"{verb}: {printable(article)}")
        for entry in stone.texts:
            print(f"  {entry.path}")
        for rewritten in stone.files:
            print(f"  {sum(record.path == rewritten.path for record in stone.records)} captures in {rewritten.path}")
    for portal, key in left:
        print(f"the same text, or a file of it, stays: {printable(f'{portal}/{key}')}")
    with archive.index.reading() as queries:
        for link in queries.clusters.near_duplicates(item.portal, item.key):
            print(f"nearly the same stays: {printable(link.id)} (similarity {link.similarity:.2f})")
    if stone is not None and done:
        print(f"{stone.name} stands in their place; the next seal lists it. Copies of the archive still hold them:")
        print("copy the folder withheld/ there too, and run `python -m archive withhold --repeat --archive COPY`")
