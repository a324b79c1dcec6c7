"""Mark duplicates among the texts that several portals published the same night, when the night is sealed.

While portals run side by side, each judges an article against earlier nights. Of the texts of one night the canonical
one (published, portal, key) stands. Texts with the same words become duplicates of it; texts with nearly the same words
name it in `near`. So no judgement depends on which portal was faster. Only unsealed runs change; texts under a seal of
the night are compared and stay as they are. Repeating it changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from archive.index.queries.similar import BAND_ROWS, LIKELY, Fingerprint, StoredText, is_candidate
from archive.index.transaction import Transaction
from archive.ingest.near_duplicates import holds_text, linked, links, merged, read_content, read_fingerprints
from archive.ingest.recovery import sweep_texts
from archive.model.enums import FIRST_TEXTS, Event
from archive.storage.fsync import sync_folder, write_durably
from archive.storage.jsonl import ArticleLine, decode_article, encode_article
from archive.storage.paths import Paths
from archive.storage.run_record import RUN_FILE, count_events, read_lines, read_run, run_bytes, same_record

_OF_LINE = ("seq", "id", "portal", "key", "content_sha256", "file", "sha256")


@dataclass(slots=True)
class _UnsealedRun:
    """A closed run that no seal covers yet: its lines before and after, and its texts by line."""

    folder: Path
    lines: list[ArticleLine]
    marked: list[ArticleLine]
    texts: dict[int, Fingerprint]


def mark_duplicates(paths: Paths, transaction: Transaction, night: date, folders: Sequence[Path]) -> None:
    """Turn same-night copies of other portals into duplicates of the canonical text, near ones into near-duplicates.

    Raises ArchiveUnusable when the index holds signatures of another method.
    """
    transaction.similar.check_method()
    runs = [_read(transaction, night, folder) for folder in folders]
    _mark_copies(runs)
    covered = {folder.name for folder in paths.closed_runs(night)} - {folder.name for folder in folders}
    _mark_near_copies(paths, night, runs, transaction.similar.of_runs(night, sorted(covered)))
    for run in runs:
        _write(paths, transaction, night, run)


def _read(transaction: Transaction, night: date, folder: Path) -> _UnsealedRun:
    lines = [decode_article(line) for line in read_lines(folder / "articles.jsonl")]
    known = transaction.similar.fingerprints(night, folder.name)
    texts = known | read_fingerprints(folder, [line for line in lines if line.seq not in known])
    return _UnsealedRun(folder, lines, list(lines), texts)


def _write(paths: Paths, transaction: Transaction, night: date, run: _UnsealedRun) -> None:
    if run.marked != run.lines:
        write_durably(run.folder / "articles.jsonl", b"".join(map(encode_article, run.marked)))
        _drop_copies(run)
    record = read_run(run.folder)
    counted = count_events(record, read_lines(run.folder / "articles.jsonl"))
    if not same_record(record, counted):
        write_durably(run.folder / RUN_FILE, run_bytes(counted))
    sweep_texts(paths, night, run.folder, run.marked)
    sync_folder(run.folder)
    _replace_rows(transaction, night, run)
    transaction.add_run(counted)


def repeat_rows(transaction: Transaction, night: date, folder: Path) -> None:
    """Repeat the rows of a run that was changed and sealed by a process that died before it committed its rows."""
    _replace_rows(transaction, night, _read(transaction, night, folder))
    transaction.add_run(read_run(folder))


def _replace_rows(transaction: Transaction, night: date, run: _UnsealedRun) -> None:
    transaction.drop_events(night, run.folder.name)
    transaction.add_events(night, run.folder.name, run.marked)
    kept = {line.seq for line in run.marked if holds_text(line)}
    transaction.similar.replace(night, run.folder.name, {seq: text for seq, text in run.texts.items() if seq in kept})


def _drop_copies(run: _UnsealedRun) -> None:
    kept = {line.file for line in run.marked}
    for line in run.lines:
        if line.file is not None and _stores_first_text(line) and line.file not in kept:
            (run.folder / line.file).unlink(missing_ok=True)


# word for word


# Judged here and not while portals run side by side: the faster one would get the text, and the bytes of the archive
# would depend on the network (docs/adr/0002-same-night-copies-are-settled-at-the-seal.md).
def _mark_copies(runs: Iterable[_UnsealedRun]) -> None:
    by_content: dict[tuple[bool, str], list[ArticleLine]] = defaultdict(list)
    for run in runs:
        for line in run.lines:
            if _stores_first_text(line):
                by_content[_content(line)].append(line)
    for run in runs:
        run.marked = [_as_duplicate(line, by_content[_content(line)]) for line in run.lines]


def _stores_first_text(line: ArticleLine) -> bool:
    """Return whether the line stores a text for the first time, which a copy on another portal may make needless."""
    return line.event in FIRST_TEXTS or (
        line.event is Event.ATTACHMENT and line.file is not None and not line.revision_of
    )


def _content(line: ArticleLine) -> tuple[bool, str]:
    """Return the key of comparison: articles with articles, attachments with attachments."""
    return line.attachment_of is not None, line.content_sha256


def _as_duplicate(line: ArticleLine, copies: list[ArticleLine]) -> ArticleLine:
    if not _stores_first_text(line) or len(copies) < 2:
        return line
    canonical = min(copies, key=_canonical)
    if canonical == line:
        return line
    event = Event.DUPLICATE if line.event in FIRST_TEXTS else line.event
    return replace(line, event=event, duplicate_of=canonical.id, near=(), file=None, sha256=None, bytes=None)


def _canonical(line: ArticleLine) -> tuple[str, str, str, int]:
    return line.published or "9999", line.portal, line.key, line.seq


# nearly


def _mark_near_copies(paths: Paths, night: date, runs: Sequence[_UnsealedRun], covered: Iterable[StoredText]) -> None:
    """Link each text to tonight's texts that come before it; those under a seal come before all others."""
    band_index = _BandIndex()
    for text in sorted(covered, key=lambda text: (text.run, text.seq)):
        band_index.add(text)
    order = [(_canonical(line), run, at) for run in runs for at, line in enumerate(run.marked) if line.seq in run.texts]
    for _, run, at in sorted(order, key=lambda one: (one[0], one[1].folder.name)):
        line = run.marked[at]
        if not holds_text(line):
            continue
        text = _stored_text(night, run, line)
        found = band_index.likely(text.fingerprint) if line.event is not Event.REDATED else []
        content = read_content(run.folder, text) if found else None
        if content is not None:
            more = links(line, text.fingerprint, content, found, lambda other: _read_tonight(paths, night, other))
            run.marked[at] = linked(line, merged(line.near, more))
        band_index.add(text)


def _stored_text(night: date, run: _UnsealedRun, line: ArticleLine) -> StoredText:
    of_line = {name: getattr(line, name) for name in _OF_LINE}
    return StoredText(night.isoformat(), run.folder.name, fingerprint=run.texts[line.seq], **of_line)


def _read_tonight(paths: Paths, night: date, text: StoredText) -> str | None:
    return read_content(paths.night(night) / text.run, text)


class _BandIndex:
    """Tonight's texts in canonical order, looked up by bands with the limits of a look-up in the index."""

    def __init__(self) -> None:
        self._of_band: dict[int, list[int]] = defaultdict(list)
        self._texts: list[StoredText] = []

    def add(self, text: StoredText) -> None:
        """Append a text."""
        for band in set(text.fingerprint.signature.bands):
            self._of_band[band].append(len(self._texts))
        self._texts.append(text)

    def likely(self, new: Fingerprint) -> list[StoredText]:
        """Return the texts that share most of its bands."""
        weights: Counter[int] = Counter()
        shared: Counter[int] = Counter()
        for band in set(new.signature.bands):
            last = self._of_band.get(band, [])[-BAND_ROWS:]
            for number in last:
                weights[number] += BAND_ROWS // len(last)
                shared[number] += 1
        numbers = [number for number in weights if is_candidate(shared[number], weights[number])]
        best = sorted(numbers, key=lambda number: (-weights[number], -number))[:LIKELY]
        return [self._texts[number] for number in best]
