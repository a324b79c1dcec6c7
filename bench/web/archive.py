"""The composed archive that finding and the page are measured on: made for the time of it, or kept in a folder for the next."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from sqlalchemy import func, select

from archive.index.transaction import Transaction
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event, FinishReason, Verdict
from archive.model.records import CaptureRef, Run
from archive.sealing.signatures import UNSIGNED
from archive.search.engine import SearchIndex
from archive.search.indexer import refill
from archive.search.schema import CONTENTS
from archive.storage import merkle
from archive.storage.fsync import make_folder
from archive.storage.jsonl import ArticleLine, encode_article
from archive.storage.manifest import Previous, Seal, describe, leaves, manifest_path
from archive.storage.paths import RUN_NAME
from archive.storage.run_record import RUN_FILE, run_bytes
from archive.storage.texts import content_sha256, file_name, text_bytes, text_content, version_id
from archive.store import Archive
from replicas.prose.syllables import SyllableComposer
from vietnam.date_forms import TZ
from vietnam.provinces import PROVINCES

FIRST = date(2024, 1, 1)
_PORTALS = [slug for slug in sorted(PROVINCES) if RUN_NAME.fullmatch(slug)][:32]
_NIGHTLY = 10


@dataclass(frozen=True, slots=True)
class ComposedArchive:
    """An archive with its words.

    `filled` is the seconds that filling those in took, None when they were there already.
    """

    archive: Archive
    words: SearchIndex
    texts: int
    filled: float | None


@contextmanager
def composed_archive(kept: Path | None, size: int, composer: SyllableComposer) -> Iterator[ComposedArchive]:
    """Yield the archive at `kept`, with so many texts if it has to be made first; a temporary one without a folder.

    Raises ArchiveError for a folder that holds something else.
    """
    with ExitStack() as stack:
        root = kept or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "archive"
        if kept is not None and kept.exists():
            archive = stack.enter_context(Archive.open(root, read_only=True))
            words, filled = stack.enter_context(SearchIndex.of(archive)), None
        else:
            root.parent.mkdir(parents=True, exist_ok=True)
            made = Archive.create(root, ArchiveKind.REPLICA, uuid4(), datetime(2024, 1, 1, tzinfo=TZ))
            archive = stack.enter_context(made)
            words = stack.enter_context(SearchIndex.of(archive))
            fill_archive(archive, size, composer)
            began = perf_counter()
            refill(archive, words)
            filled = perf_counter() - began
        with words.reading() as connection:
            texts = connection.execute(select(func.count()).select_from(CONTENTS)).scalar_one()
        yield ComposedArchive(archive, words, texts, filled)


def fill_archive(archive: Archive, size: int, composer: SyllableComposer) -> int:
    """Write sealed nights with at least so many texts, their rows in the index; returns how many texts there are."""
    texts, night, previous = 0, FIRST, None
    while texts < size:
        with archive.index.writing() as transaction:
            texts = _night(archive, transaction, composer, night, texts)
            seal = _seal(archive, night, previous)
            transaction.add_seal(seal)
        previous = Previous(night, 1, seal.head)
        night += timedelta(days=1)
    return texts


def _night(archive: Archive, transaction: Transaction, composer: SyllableComposer, night: date, number: int) -> int:
    last: ArticleLine | None = None
    for portal in _PORTALS:
        folder = archive.paths.night(night) / portal
        make_folder(folder)
        lines: list[ArticleLine] = []
        for seq in range(_NIGHTLY):
            copied = last if (seq == 0 and _PORTALS.index(portal) % 3 == 2) else None
            line, data = _composed(composer, portal, night, seq, number, copied)
            if data is not None:
                (folder / str(line.file)).write_bytes(data)
                number += 1
                last = line
            lines.append(line)
            transaction.add_events(night, portal, [line])
        (folder / "articles.jsonl").write_bytes(b"".join(map(encode_article, lines)))
        (folder / "pages.jsonl").write_bytes(b"")
        run = _run(portal, night, lines)
        (folder / RUN_FILE).write_bytes(run_bytes(run))
        transaction.add_run(run)
    return number


def _composed(
    composer: SyllableComposer, portal: str, night: date, seq: int, number: int, copied: ArticleLine | None
) -> tuple[ArticleLine, bytes | None]:
    """One article and the bytes of its text; a copy has none."""
    moment = datetime.combine(night, time(8, seq), TZ)
    raw = f"{moment:%d/%m/%Y %H:%M}"
    title, paragraphs = composer.text(number)
    data = text_bytes("\n\n".join([title, raw, *paragraphs]) + "\n")
    digest = sha256(data).hexdigest()
    key = f"{night:%Y%m%d}-{seq}"
    line = ArticleLine(
        event=Event.DUPLICATE if copied else Event.NEW,
        id=version_id(portal, key, copied.content_sha256 if copied else digest),
        seq=seq, portal=portal, section="tin", url=f"https://{portal}.gov.vn.replica.test/{key}", key=key,
        title=copied.title if copied else title, published=moment.isoformat(), published_raw=raw, published_from="page",
        author=None, fetched_at=moment, via=ArchiveKind.REPLICA.value, file=None if copied else file_name(seq, digest),
        sha256=None if copied else digest,
        content_sha256=copied.content_sha256 if copied else content_sha256(text_content(data.decode(), raw)),
        bytes=None if copied else len(data), warc=CaptureRef("pages-00001.warc.gz", 0, 1, "0" * 64), layout="none",
        extractor="composed", duplicate_of=copied.id if copied else None,
    )  # fmt: skip
    return line, None if copied else data


def _run(portal: str, night: date, lines: list[ArticleLine]) -> Run:
    moment = datetime.combine(night, time(23, 59, 59), TZ)
    return Run(
        portal=portal, night=night, run=portal, via=ArchiveKind.REPLICA, started_at=moment, finished_at=moment, complete=True,
        finish_reason=FinishReason.FINISHED, verdict=Verdict.GOOD, reasons=(Reason.sentence("composed"),), listed=len(lines), requests=len(lines),
        bytes=0, province=portal,
    )  # fmt: skip


def _seal(archive: Archive, night: date, previous: Previous | None) -> Seal:
    folder = archive.paths.night(night)
    files = tuple(describe(folder, path) for portal in _PORTALS for path in sorted((folder / portal).iterdir()))
    hashes = leaves(folder, [Path(portal) for portal in _PORTALS], files)
    seal = Seal(
        archive=archive.identity.id, night=night, number=1, files=files, missed={}, root=merkle.root(hashes).hex(),
        leaves=len(hashes), chained=previous,
    )  # fmt: skip
    path = manifest_path(archive.paths, night, 1)
    path.write_bytes(seal.to_bytes())
    path.with_suffix(".sig").write_bytes(UNSIGNED)
    return seal
