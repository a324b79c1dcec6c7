"""The index's part in finding near-duplicates: a row for each stored text and each band of its signature.

What is looked for is bounded whatever the archive's size: of each band the `BAND_ROWS` newest texts, of those the
`LIKELY` that share the rarest bands. A band counts the more the fewer texts stand in it. So a text is passed over when
every band it shares with a new one has `BAND_ROWS` newer texts, which takes hundreds of texts of one wording between
the two; the newest of such a family are found all the same, and a cluster needs only one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from archive.errors import ArchiveUnusable
from archive.index.schema import BANDS, EVENTS, NEAR_METHOD, SIGNATURES
from archive.model.enums import Event
from archive.similarity.minhash import LEAST_BANDS, PARAMETERS, bands, pack, unpack

__all__ = ["BAND_ROWS", "LIKELY", "Fingerprint", "NearQueries", "StoredText", "document_number"]

BAND_ROWS = 32
LIKELY = 64

_OF_LINE = and_(
    EVENTS.c.night == SIGNATURES.c.night, EVENTS.c.run == SIGNATURES.c.run, EVENTS.c.seq == SIGNATURES.c.seq
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text to find others like it: its signature, its length in characters without the published line,
    and that line, which its file has to be read without."""

    signature: tuple[int, ...]
    size: int
    published_raw: str | None


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text of an article that stands in the archive: whose it is, where its file is, and what it is found by."""

    night: str
    run: str
    seq: int
    id: str
    portal: str
    key: str
    content_sha256: str
    file: str
    sha256: str
    fingerprint: Fingerprint


def document_number(night: date | str, run: str, seq: int) -> int:
    """A text's number in the index: the first 63 bits of the SHA-256 of its place in the files."""
    digest = sha256(f"{night}/{run}/{seq}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


class NearQueries:
    """What is kept and asked of stored texts, on one connection."""

    connection: Connection

    def same_method(self) -> None:
        """Raises ArchiveUnusable when the index holds signatures of another method than this program's."""
        found = cast("str | None", self.connection.execute(select(NEAR_METHOD.c.parameters)).scalar())
        if found != PARAMETERS:
            raise ArchiveUnusable(
                f"the index finds near-duplicates by [{found or 'nothing'}] and this program by [{PARAMETERS}]: "
                "`python -m archive rebuild` makes it again from the files"
            )

    def note_method(self) -> None:
        """Write down in a new index what its signatures are made by."""
        if self.connection.execute(select(NEAR_METHOD)).first() is None:
            self.connection.execute(insert(NEAR_METHOD).values(parameters=PARAMETERS))

    def add_text(self, night: date, run: str, seq: int, text: Fingerprint) -> None:
        """Keep the signature of a stored text and its bands."""
        document = document_number(night, run, seq)
        values = {"document": document, "night": night.isoformat(), "run": run, "seq": seq, "size": text.size}
        values |= {"published_raw": text.published_raw, "signature": pack(text.signature)}
        self.connection.execute(insert(SIGNATURES).values(values))
        day = night.toordinal()
        rows = [{"band": band, "day": day, "document": document} for band in sorted(set(bands(text.signature)))]
        if rows:
            self.connection.execute(insert(BANDS), rows)

    def fingerprints(self, night: date, run: str) -> dict[int, Fingerprint]:
        """What is kept of a run's texts, by the numbers of their lines."""
        query = select(SIGNATURES).where(SIGNATURES.c.night == night.isoformat(), SIGNATURES.c.run == run)
        return {int(str(row.seq)): _fingerprint(row) for row in self.connection.execute(query)}

    def set_texts(self, night: date, run: str, wanted: Mapping[int, Fingerprint]) -> None:
        """Make a run's rows those of exactly these texts."""
        known = self.fingerprints(night, run)
        for seq, text in known.items():
            if wanted.get(seq) != text:
                self._drop_text(night, run, seq, text)
        for seq, text in wanted.items():
            if known.get(seq) != text:
                self.add_text(night, run, seq, text)

    def forget_text(self, night: date, run: str, seq: int) -> None:
        """Drop the rows of one text, if there are any."""
        text = self.fingerprints(night, run).get(seq)
        if text is not None:
            self._drop_text(night, run, seq, text)

    def _drop_text(self, night: date, run: str, seq: int, text: Fingerprint) -> None:
        document = document_number(night, run, seq)
        of_text = and_(BANDS.c.day == night.toordinal(), BANDS.c.document == document)
        self.connection.execute(delete(BANDS).where(BANDS.c.band.in_(set(bands(text.signature))), of_text))
        self.connection.execute(delete(SIGNATURES).where(SIGNATURES.c.document == document))

    def likely_near(self, signature: tuple[int, ...], before: date) -> list[StoredText]:
        """Texts of earlier nights that share bands with a signature: the `LIKELY` likeliest, in no order."""
        self.same_method()
        shared = bands(signature)
        if not shared:
            return []
        values = {_name(number): band for number, band in enumerate(shared)} | {"day": before.toordinal()}
        found = self.connection.execute(_likeliest(len(shared)), values).scalars()
        return self._stored(SIGNATURES.c.document.in_(list(found)))

    def texts_of(self, night: date, runs: Iterable[str]) -> list[StoredText]:
        """Every stored text of these runs of a night."""
        return self._stored(and_(SIGNATURES.c.night == night.isoformat(), SIGNATURES.c.run.in_(list(runs))))

    def unread_texts(self) -> set[int]:
        """The numbers of texts that lines name and that have no signature here."""
        query = (
            select(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq)
            .outerjoin(SIGNATURES, _OF_LINE)
            .where(SIGNATURES.c.document.is_(None), EVENTS.c.file.is_not(None), EVENTS.c.attachment_of.is_(None))
            .where(EVENTS.c.event != Event.QUARANTINED.value)
        )
        return {document_number(row.night, row.run, row.seq) for row in self.connection.execute(query)}

    def _stored(self, which: ColumnElement[bool]) -> list[StoredText]:
        columns = (EVENTS.c.id, EVENTS.c.portal, EVENTS.c.key, EVENTS.c.content_sha256, EVENTS.c.file, EVENTS.c.sha256)
        query = select(SIGNATURES, *columns).join(EVENTS, _OF_LINE).where(which)
        return [_stored_text(row) for row in self.connection.execute(query)]


def _name(number: int) -> str:
    return f"band{number}"


@lru_cache(maxsize=4)
def _likeliest(count: int) -> Select[tuple[int]]:
    """The documents with the most in common with `count` bands, a band shared with n texts counting BAND_ROWS / n."""
    terms = []
    for number in range(count):
        newest = (
            select(BANDS.c.document, BANDS.c.day)
            .where(BANDS.c.band == bindparam(_name(number)), BANDS.c.day < bindparam("day"))
            .order_by(BANDS.c.day.desc(), BANDS.c.document.desc())
            .limit(BAND_ROWS)
            .subquery()
        )
        weight = (literal(BAND_ROWS) // func.count().over()).label("weight")
        terms.append(select(newest.c.document, newest.c.day, weight))
    shared = union_all(*terms).subquery()
    return (
        select(shared.c.document)
        .group_by(shared.c.document, shared.c.day)
        .having(func.count() >= LEAST_BANDS)
        .order_by(func.sum(shared.c.weight).desc(), shared.c.day.desc(), shared.c.document)
        .limit(LIKELY)
    )


def _fingerprint(row: Row[tuple[object, ...]]) -> Fingerprint:
    return Fingerprint(unpack(cast("bytes", row.signature)), row.size, row.published_raw)


def _stored_text(row: Row[tuple[object, ...]]) -> StoredText:
    return StoredText(
        night=row.night,
        run=row.run,
        seq=row.seq,
        id=row.id,
        portal=row.portal,
        key=row.key,
        content_sha256=row.content_sha256,
        file=row.file,
        sha256=row.sha256,
        fingerprint=_fingerprint(row),
    )
