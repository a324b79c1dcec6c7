"""Recover an interrupted run: adopt what was committed, quarantine everything else, delete nothing.

The lines are the commit, those of `pages.jsonl` last. A complete line whose text and WARC member are as written is adopted;
a torn line, a line whose file is damaged, an event whose answer has no line, a text without a line and the tail of a WARC
file behind the last committed member go to `quarantine/<night>/<portal>/recovered-<n>/`. Doing it twice changes nothing. The
earlier capture that a `reread` line names in `read_from` is not checked here: the text was read while it was whole, and
later damage is found by the audit.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from archive.model.enums import Event
from archive.model.records import CaptureRef, PageRecord
from archive.storage.fsync import TEMPORARY, make_folder, sync_folder, write_durably
from archive.storage.jsonl import ArticleLine, decode_article, decode_page
from archive.storage.paths import Paths, run_order
from archive.storage.stored_file import read_stored
from archive.storage.texts import NAME
from archive.storage.warc import members, read_member

_Line = TypeVar("_Line")


@dataclass(frozen=True, slots=True)
class RecoveryResult:
    """Hold a run's lines after recovery, and what was quarantined, in words."""

    articles: tuple[ArticleLine, ...]
    pages: tuple[PageRecord, ...]
    notes: tuple[str, ...]


class _QuarantineFolder:
    """Quarantine files in a folder that is made only when one is needed."""

    def __init__(self, paths: Paths, night: date, portal: str) -> None:
        self._parent = paths.quarantine(night, portal)
        self._folder: Path | None = None
        self.notes: list[str] = []

    def put(self, name: str, data: bytes, why: str) -> None:
        if self._folder is None:
            number = 1
            while (self._parent / f"recovered-{number}").exists():
                number += 1
            self._folder = self._parent / f"recovered-{number}"
            make_folder(self._folder)
        write_durably(self._folder / name, data)
        self.notes.append(f"{name}: {why}")


def recover(paths: Paths, night: date, folder: Path) -> RecoveryResult:
    """Recover an interrupted run's folder and return what it holds."""
    aside = _QuarantineFolder(paths, night, run_order(folder.name)[0])
    for path in folder.glob(f"{TEMPORARY}*"):
        path.unlink()
    pages = _adopt(folder / "pages.jsonl", aside, lambda line: _page(folder, line))
    answers = {page.warc for page in pages}
    articles = _adopt(folder / "articles.jsonl", aside, lambda line: _article(paths.root, folder, line, answers))
    _set_texts_aside(folder, articles, aside)
    _clear_quarantine(paths, night, folder, aside)
    refs = [page.warc for page in pages if page.warc] + [line.warc for line in articles if line.warc]
    for warc in sorted(folder.glob("pages-*.warc.gz")):
        _cut_tail(warc, refs, aside)
    sync_folder(folder)
    return RecoveryResult(tuple(articles), tuple(pages), tuple(aside.notes))


def sweep_texts(paths: Paths, night: date, folder: Path, articles: list[ArticleLine]) -> None:
    """Quarantine the texts of a closed run that no line names, and delete temporary files."""
    for path in folder.glob(f"{TEMPORARY}*"):
        path.unlink()
    _set_texts_aside(folder, articles, _QuarantineFolder(paths, night, run_order(folder.name)[0]))


def _clear_quarantine(paths: Paths, night: date, folder: Path, aside: _QuarantineFolder) -> None:
    """Do the same in the quarantine folder, which all runs of the portal's night share."""
    portal = run_order(folder.name)[0]
    quarantine = paths.quarantine(night, portal)
    for path in quarantine.rglob(f"{TEMPORARY}*"):
        path.unlink()
    runs = [folder, *(run for run in paths.closed_runs(night) if run_order(run.name)[0] == portal)]
    files = [run / "articles.jsonl" for run in runs]
    lines = b"".join(file.read_bytes() for file in files if file.exists())
    for path in sorted(quarantine.glob("*.txt")):
        if NAME.fullmatch(path.name) and path.relative_to(paths.root).as_posix().encode() not in lines:
            aside.put(path.name, path.read_bytes(), "a doubtful text without a line")
            path.unlink()


def _set_texts_aside(folder: Path, articles: list[ArticleLine], aside: _QuarantineFolder) -> None:
    named = {line.file for line in articles}
    for path in sorted(folder.iterdir()):
        if NAME.fullmatch(path.name) and path.name not in named:
            aside.put(path.name, path.read_bytes(), "a text without a line")
            path.unlink()


def _page(folder: Path, line: bytes) -> PageRecord:
    page = decode_page(line)
    if page.warc is not None and read_member(folder / page.warc.file, page.warc) is None:
        raise ValueError("its WARC member is damaged")
    return page


def _article(root: Path, folder: Path, line: bytes, answers: AbstractSet[CaptureRef | None]) -> ArticleLine:
    article = decode_article(line)
    if article.warc is not None and article.warc not in answers:
        raise ValueError("the answer it was read from has no line: its group was not committed")
    if article.warc is not None and read_member(folder / article.warc.file, article.warc) is None:
        raise ValueError("its WARC member is damaged")
    if article.file is not None:
        path = root / article.file if article.event is Event.QUARANTINED else folder / article.file
        if not path.is_file() or sha256(read_stored(path)).hexdigest() != article.sha256:
            raise ValueError("its text is damaged")
    return article


def _adopt(path: Path, aside: _QuarantineFolder, read: Callable[[bytes], _Line]) -> list[_Line]:
    """Return the sound lines of a file; when one is not, the file is quarantined and written again without it."""
    if not path.exists():
        return []
    data = path.read_bytes()
    whole, _, torn = data.rpartition(b"\n")
    sound: list[_Line] = []
    raw: list[bytes] = []
    wrong = [f"torn last line of {len(torn)} bytes"] if torn else []
    for number, line in enumerate(whole.split(b"\n") if whole else []):
        try:
            sound.append(read(line))
            raw.append(line)
        except ValueError as error:
            wrong.append(f"line {number}: {error}")
    if wrong:
        aside.put(path.name, data, "; ".join(wrong))
        write_durably(path, b"".join(line + b"\n" for line in raw))
    return sound


def _cut_tail(warc: Path, refs: list[CaptureRef], aside: _QuarantineFolder) -> None:
    """Cut a WARC file behind its last committed member; its opening warcinfo record always stays when it is whole."""
    ends = [ref.offset + ref.length for ref in refs if ref.file == warc.name]
    found, _ = members(warc)
    committed = max([*ends, found[0][1] if found else 0])
    size = warc.stat().st_size
    if size == committed:
        return
    with warc.open("r+b") as stream:
        stream.seek(committed)
        aside.put(f"{warc.name}.tail", stream.read(), f"{size - committed} bytes behind the last committed record")
        stream.truncate(committed)
    if committed == 0:
        warc.unlink()
