"""`python -m archive`: the auditor's commands. Each prints one clear line when it cannot do what was asked."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.progress import Progress

from archive.audit import verify
from archive.difference import difference, print_difference
from archive.errors import ArchiveError, ExitCode, UsageError
from archive.identity import Paths, read_identity
from archive.queries import Found
from archive.rebuild import rebuild
from archive.records import Event, Kind
from archive.removal import REMOVALS
from archive.report import print_articles, print_attached, print_audit, printable
from archive.store import Archive
from vietnam.dates import TZ

DEFAULT = Path("var/archive")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code (docs/operations.md)."""
    options = _parser().parse_args(arguments)
    try:
        code: ExitCode = options.run(options)
    except ArchiveError as error:
        print(f"archive: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.GOOD
    return code


def _night(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-11-22") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m archive", description="Examine and prove an archive.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--archive", type=Path, default=DEFAULT, metavar="DIR", help=f"the archive (default {DEFAULT})")

    command = commands.add_parser("init", help="make an archive in a new or empty folder")
    command.add_argument("folder", type=Path, nargs="?", metavar="DIR", help=f"default {DEFAULT}")
    command.add_argument(
        "--kind", required=True, choices=[kind.value for kind in Kind], help="real captures or a rehearsal's"
    )
    command.set_defaults(run=_init)

    command = commands.add_parser("verify", parents=[shared], help="read everything again and name each damaged thing")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=_verify)

    command = commands.add_parser("rebuild", parents=[shared], help="make index.db again from the files")
    command.set_defaults(run=_rebuild)

    command = commands.add_parser("list", parents=[shared], help="list articles")
    _filters(command)
    command.add_argument("--limit", type=int, default=None, metavar="N")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=_list)

    command = commands.add_parser("show", parents=[shared], help="show one article: where it stands and what it says")
    command.add_argument(
        "article", nargs="?", metavar="ID", help="portal/key, portal/key@version, a hash or an address"
    )
    _filters(command)
    command.set_defaults(run=_show)

    command = commands.add_parser("diff", parents=[shared], help="show word by word what changed in an article")
    command.add_argument(
        "article", metavar="ID", help="portal/key: its last two versions; portal/key@version: that one"
    )
    command.add_argument("other", nargs="?", metavar="ID2", help="compare the first version with this one")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=_diff)
    return parser


def _filters(command: argparse.ArgumentParser) -> None:
    command.add_argument("--portal", metavar="NAME")
    command.add_argument("--night", type=_night, metavar="DATE")
    command.add_argument("--title", metavar="WORDS", help="words of the title, with or without diacritics")
    command.add_argument("--url", metavar="URL")
    command.add_argument("--hash", metavar="HEX", help="the beginning of a text's or a content's SHA-256")


def _init(options: argparse.Namespace) -> ExitCode:
    folder = options.folder or DEFAULT
    Archive.create(folder, Kind(options.kind), uuid4(), datetime.now(TZ)).close()
    print(f"made a {options.kind} archive in {folder}")
    return ExitCode.GOOD


def _verify(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    if sys.stdout.isatty() and not options.json:
        with Progress(transient=True) as bar:
            task = bar.add_task("verify", total=len(paths.nights()))
            audit = verify(identity, paths, lambda night: bar.update(task, advance=1, description=f"verify {night}"))
    else:
        audit = verify(identity, paths)
    print_audit(audit, as_json=options.json)
    return ExitCode.FINDINGS if audit.findings else ExitCode.GOOD


def _rebuild(options: argparse.Namespace) -> ExitCode:
    read_identity(options.archive)
    problems = rebuild(Paths(options.archive))
    for problem in problems:
        print(f"cannot read {problem}")
    print(f"made {options.archive / 'index.db'} again from the files")
    return ExitCode.FINDINGS if problems else ExitCode.GOOD


def _found(archive: Archive, options: argparse.Namespace, article: str | None, limit: int | None) -> list[Found]:
    with archive.index.reading() as questions:
        return questions.find(
            portal=options.portal,
            night=options.night,
            words=options.title,
            url=options.url,
            digest=options.hash,
            article=article,
            limit=limit,
        )


def _list(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        print_articles(_found(archive, options, None, options.limit), as_json=options.json)
    return ExitCode.GOOD


def _show(options: argparse.Namespace) -> ExitCode:
    wanted: str | None = options.article
    if wanted and wanted.startswith(("http://", "https://")):
        options.url, wanted = wanted, None
    elif wanted and "/" not in wanted:
        options.hash, wanted = wanted, None
    if not any([wanted, options.portal, options.night, options.title, options.url, options.hash]):
        raise UsageError("name an article: an id, a hash, an address, or --portal, --night, --title")
    with Archive.open(options.archive, read_only=True) as archive:
        found = _found(archive, options, wanted, None)
        if not found:
            raise _NotFound("no article fits; `python -m archive list` shows what is there")
        articles = {(item.portal, item.key) for item in found}
        if len(articles) > 1:
            print_articles(found, as_json=False)
            raise _NotFound(f"{len(articles)} articles fit; name one of them by its id")
        _print_article(archive, found[-1], found)
    return ExitCode.GOOD


def _diff(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        print_difference(difference(archive, options.article, options.other), Console(), as_json=options.json)
    return ExitCode.GOOD


class _NotFound(ArchiveError):
    """Nothing, or more than one article, fits."""


def _print_article(archive: Archive, item: Found, versions: list[Found]) -> None:
    with archive.index.reading() as questions:
        relatives = questions.relatives(item.content_sha256)
        stored = next((other for other in relatives if other.file), item)
        files = questions.attachments_of(item.portal, item.key)
    print(f"{item.id}\n{printable(item.url)}")
    for version in versions:
        of = None if version.event in REMOVALS else version.revision_of or version.duplicate_of
        print(f"{version.night}  {version.event.value}  {version.id}" + (f"  of {of}" if of else ""))
    if item.attachment_of:
        print(f"attachment of {item.attachment_of}" + "".join(f", {flag}" for flag in item.flags))
    for file in files:
        print_attached(file, _path_of(archive, file.event, file.night, file.run, file.file) if file.file else None)
    for other in relatives:
        if (other.portal, other.key) != (item.portal, item.key):
            print(f"also published by {other.portal}, archived {other.night}: {printable(other.url)}")
    if stored.file is None:
        return
    path = _path_of(archive, stored.event, stored.night, stored.run, stored.file)
    print(f"{path}\n")
    print(printable(path.read_text(encoding="utf-8")), end="")


def _path_of(archive: Archive, event: Event | None, night: str, run: str, file: str) -> Path:
    """Where a text stands: in its closed run, or while the night runs in `open/`, or in quarantine."""
    if event is Event.QUARANTINED:
        return archive.paths.root / file
    folder = archive.paths.night(date.fromisoformat(night)) / run
    return (folder if folder.exists() else archive.paths.open / night / run) / file


if __name__ == "__main__":
    sys.exit(main())
