"""Make the proof of a version from the archive's files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from archive.errors import ArchiveError, DamagedFile
from archive.index.rows import EventRow
from archive.messages.reason import Reason
from archive.model.enums import WITHHELD, Event
from archive.sealing.head import Head, head_of
from archive.sealing.proof import Proof, make_proof
from archive.sealing.signatures import signature_of
from archive.storage.manifest import Seal, leaves, sealed_runs, seals_on_disk
from archive.storage.run_record import read_lines
from archive.storage.stored_file import read_text_file
from archive.store import Archive


class NotSealedError(ArchiveError):
    """The version stands in no seal yet."""


def published_head(archive: Archive, seal: Seal) -> Head:
    """Return the head of a seal with its signature, as far as it is signed."""
    signed = signature_of(archive.paths, seal)
    if signed is None or signed.head is None:
        return head_of(seal)
    return head_of(seal, signed.key, signed.head)


def prove(archive: Archive, version: EventRow, *, until_now: bool) -> Proof:
    """Make the proof of one version; `until_now` adds every later seal up to the archive's head.

    Raises NotSealedError while its night is open, ArchiveError for a damaged file or a chain of unsigned seals.
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
    path = folder / version.run / version.file if version.file else None
    if version.event is Event.QUARANTINED and version.file:
        path = archive.paths.root / version.file
    if path is not None and not path.is_file():
        raise ArchiveError(Reason.of("proof_missing", file=str(path)))
    head = published_head(archive, seal)
    chain = _later(archive, head) if until_now else ()
    text = read_text_file(path, version.sha256) if path else None
    if path is not None and text is None:
        raise DamagedFile(Reason.of("restore_copy", damage=Reason.of("not_its_text", file=str(path))))
    hashes = leaves(folder, runs, seal.files, seal.withheld)
    if version.seq >= len(lines) or before + version.seq >= len(hashes):
        articles = str(folder / version.run / "articles.jsonl")
        raise DamagedFile(
            Reason.of("restore_copy", damage=Reason.of("line_unreadable", file=articles, line=version.seq))
        )
    return make_proof(text, lines[version.seq], before + version.seq, hashes, head, chain)


def _later(archive: Archive, head: Head) -> tuple[Head, ...]:
    """Return the heads that follow, each naming the one before it, as long as the same key signed them."""
    if head.key is None:
        raise ArchiveError(Reason.of("seals_unsigned"))
    nights = [night for night in archive.paths.nights() if night >= head.night]
    found = {
        seal.previous: published_head(archive, seal) for night in nights for seal in seals_on_disk(archive.paths, night)
    }
    chain: list[Head] = []
    last = head.head
    while last in found and found[last].key == head.key:
        chain.append(found[last])
        last = chain[-1].head
    return tuple(chain)
