"""Make the proof of a version from the archive's files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from archive.errors import ArchiveError, DamagedFile
from archive.index.rows import EventRow
from archive.messages.reason import Reason
from archive.model.enums import WITHHELD, Event
from archive.sealing.head import Head, head_of
from archive.sealing.opentimestamps import LARGEST as RECEIPT
from archive.sealing.proof import CapturedBytes, Proof, make_proof
from archive.sealing.proof_dates import HeadDate
from archive.sealing.receipts import check_receipt
from archive.sealing.signatures import signature_of
from archive.sealing.timestamps import LARGEST as TIMESTAMP
from archive.sealing.timestamps import stamped_at
from archive.storage.manifest import Seal, leaves, manifest_path, sealed_runs, seals_on_disk
from archive.storage.paths import Paths
from archive.storage.run_record import read_lines
from archive.storage.stored_file import read_stored, read_text_file
from archive.store import Archive


class NotSealedError(ArchiveError):
    """The version stands in no seal yet."""


def published_head(archive: Archive, seal: Seal) -> Head:
    """Return the head of a seal with its signature, as far as it is signed."""
    signed = signature_of(archive.paths, seal)
    if signed is None or signed.head is None:
        return head_of(seal)
    return head_of(seal, signed.key, signed.head)


def prove(archive: Archive, version: EventRow, *, until_now: bool, with_capture: bool = False) -> Proof:
    """Make the proof of one version, with the next seal; `until_now` adds every later one up to the archive's head.

    `with_capture` adds the WARC record that the version was read from.

    Raises NotSealedError while its night is open, ArchiveError for a damaged file.
    """
    if WITHHELD in version.flags:
        raise ArchiveError(Reason.of("withheld_proof", article=version.id))
    night = date.fromisoformat(version.night)
    folder = archive.paths.night(night)
    seal = next((seal for seal in seals_on_disk(archive.paths, night) if version.run in sealed_runs([seal])), None)
    if seal is None:
        raise NotSealedError(Reason.of("unproved_open", article=version.id, night=night))
    runs = sorted(map(Path, sealed_runs([seal])))
    before = sum(len(read_lines(folder / run / "articles.jsonl")) for run in runs if run.as_posix() < version.run)
    lines = read_lines(folder / version.run / "articles.jsonl")
    head = published_head(archive, seal)
    hashes = leaves(folder, runs, seal.files, seal.withheld)
    if version.seq >= len(lines) or before + version.seq >= len(hashes):
        articles = str(folder / version.run / "articles.jsonl")
        raise DamagedFile(
            Reason.of("restore_copy", damage=Reason.of("line_unreadable", file=articles, line=version.seq))
        )
    chain = _later(archive, head, None if until_now else 1)
    return make_proof(
        _text(archive, version, folder),
        lines[version.seq],
        before + version.seq,
        hashes,
        head,
        chain,
        manifest=seal.to_bytes(),
        capture=_capture(archive, version) if with_capture else None,
        dates=_dates(archive.paths, (head, *chain)),
    )


def _dates(paths: Paths, heads: Sequence[Head]) -> tuple[HeadDate, ...]:
    """Return the first timestamp and the first receipt of heads; a receipt that leads to a block before one that does not.

    What is damaged or of another head dates nothing; `verify` names it.
    """
    timestamp: HeadDate | None = None
    receipts: list[tuple[bool, HeadDate]] = []
    for place, head in enumerate(heads):
        if place and head.format == 1:
            break  # its date is none of a seal before
        manifest = manifest_path(paths, head.night, head.number)
        with suppress(OSError, ValueError):
            check = check_receipt(data := read_stored(manifest.with_suffix(".ots"), RECEIPT), head.head, {})
            receipts.append((not check.unnamed, HeadDate(place, None, data)))
        with suppress(OSError, ValueError):
            if timestamp is None:
                stamped_at(data := read_stored(manifest.with_suffix(".tsr"), TIMESTAMP), head.head)
                timestamp = HeadDate(place, data, None)
    receipt = min(receipts, key=lambda each: (each[0], each[1].place))[1] if receipts else None
    if timestamp and receipt and timestamp.place == receipt.place:
        return (replace(timestamp, receipt=receipt.receipt),)
    return tuple(sorted(filter(None, (timestamp, receipt)), key=lambda each: each.place))


def _text(archive: Archive, version: EventRow, folder: Path) -> bytes | None:
    path = folder / version.run / version.file if version.file else None
    if version.event is Event.QUARANTINED and version.file:
        path = archive.paths.root / version.file
    if path is None:
        return None
    if not path.is_file():
        raise ArchiveError(Reason.of("proof_missing", file=str(path)))
    text = read_text_file(path, version.sha256)
    if text is None:
        raise DamagedFile(Reason.of("restore_copy", damage=Reason.of("not_its_text", file=str(path))))
    return text


def _capture(archive: Archive, version: EventRow) -> CapturedBytes:
    place = archive.captures.place(version)
    return CapturedBytes(*archive.captures.recorded(place, version.portal, archive.identity.kind))


def _later(archive: Archive, head: Head, most: int | None) -> tuple[Head, ...]:
    """Return the heads that follow, at most `most`. One of format 1 counts only under the key of the proved one."""
    chain: list[Head] = []
    for later in heads_after(archive, head):
        if len(chain) == most or (later.format == 1 and (later.key is None or later.key != head.key)):
            break
        chain.append(later)
    return tuple(chain)


def heads_after(archive: Archive, head: Head) -> Iterator[Head]:
    """Yield the heads that follow, each naming the one before it.

    The index names the manifests. The chain is followed by heads, never by nights: a later seal may be of an earlier night.
    """
    last = head.head
    with archive.index.reading() as queries:
        while (row := queries.seals.follower(last)) is not None:
            seals = seals_on_disk(archive.paths, row.night)
            seal = next((seal for seal in seals if seal.number == row.number and seal.previous == last), None)
            if seal is None:
                return
            later = published_head(archive, seal)
            yield later
            last = later.head
