"""Audit one line: its text is the one it names, and the response that it was read from is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.audit.findings import Audit, Code
from archive.audit.sampling import WHOLE, Subset
from archive.audit.seals import RunEntries
from archive.messages.reason import Reason
from archive.model.enums import Via
from archive.storage.jsonl import ArticleLine
from archive.storage.paths import RUN_NAME, Paths, run_folder, run_order
from archive.storage.stored_file import read_stored
from archive.storage.texts import content_sha256, text_content
from archive.storage.tombstones import Tombstones
from archive.storage.warc import read_member


@dataclass(frozen=True, slots=True)
class RunTask:
    """A run to read, and how. `entries`: its entries in the seals, None where no seal covers it.

    `sealed_only`: only the files against their entries. `closed`: the run is not still going on.
    """

    root: Path
    night: date
    folder: Path
    via: Via
    entries: RunEntries | None
    withheld: Tombstones
    subset: Subset = WHOLE
    closed: bool = True
    sealed_only: bool = False


def check_text(
    paths: Paths, audit: Audit, path: str, line: ArticleLine, digest: str, size: int, data: bytes | None
) -> None:
    """Check a text as read against the line that names it; `data` are its bytes if it is small."""
    audit.texts += 1
    if digest != line.sha256 or size != line.bytes or path.split("_")[-1] != f"{digest[:16]}.txt":
        audit.found(Code.TEXT_MISMATCH, path, Reason.of("text_not_of_line", line=line.seq))
        return
    text = (data if data is not None else read_stored(paths.root / path)).decode("utf-8", "replace")
    if content_sha256(text_content(text, line.published_raw)) != line.content_sha256:
        audit.found(Code.CONTENT_MISMATCH, path, Reason.of("content_not_of_text"))


def check_read_from(task: RunTask, audit: Audit, line: ArticleLine) -> None:
    """Check that a text's response is in its own run, or at the named place in the archive."""
    name = f"{task.folder.relative_to(task.root).as_posix()}/articles.jsonl"
    if line.file is not None and (line.warc is None) == (line.read_from is None):
        audit.found(Code.LINE, name, Reason.of("line_one_capture", line=line.seq))
    place = line.read_from
    if place is None:
        return
    if not RUN_NAME.fullmatch(place.run) or run_order(place.run)[0] != line.portal or "/" in place.file:
        detail = Reason.of("line_other_portal", line=line.seq, file=f"{place.run}/{place.file}")
        audit.found(Code.LINE, name, detail)
        return
    path = run_folder(Paths(task.root), place.night, place.run) / place.file
    there = path.relative_to(task.root).as_posix()
    if (there, place.offset) in task.withheld.records or there not in task.subset:
        return
    audit.captures += 1
    if read_member(path, place.ref) is None:
        lost = Reason.of("record_damaged_of", offset=place.offset, bytes=place.length, article=line.id)
        audit.found(Code.CAPTURE, there, lost)
