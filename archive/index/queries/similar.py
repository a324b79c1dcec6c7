"""Query candidates for near-duplicates: a row for each stored text and for each band of its signature.

The cost of a query is bounded whatever the archive's size: of each band the `BAND_ROWS` newest texts, of those the `LIKELY`
that share the rarest bands. A band weighs the more the fewer texts it has. So a text is missed when every band it shares with
a new one has `BAND_ROWS` newer texts, which takes hundreds of texts of one wording between the two; the newest of such a
family are still found, and a cluster needs only one of them.
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
from archive.index.rows import record_of
from archive.index.schema import BANDS, EVENTS, NEAR_METHOD, SIGNATURES
from archive.model.enums import Event
from archive.similarity.minhash import LEAST_BANDS, PARAMETERS, bands, pack, unpack

BAND_ROWS = 32
LIKELY = 64

_OF_LINE = and_(
    EVENTS.c.night == SIGNATURES.c.night, EVENTS.c.run == SIGNATURES.c.run, EVENTS.c.seq == SIGNATURES.c.seq
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The MinHash signature of a text, with its length in characters.

    Both are taken without the line `published_raw`, without which its file has to be read.
    """

    signature: tuple[int, ...]
    size: int
    published_raw: str | None


@dataclass(frozen=True, slots=True)
class StoredText:
    """A stored text of an article: its version, the place of its file, and its fingerprint."""

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
    """Return a text's number in the index: the first 63 bits of the SHA-256 of its place in the files."""
    # A hash of the place and not a counter: the number has to be the same after a rebuild.
    return int.from_bytes(sha256(f"{night}/{run}/{seq}".encode()).digest()[:8]) >> 1


@dataclass(frozen=True, slots=True)
class SimilarQueries:
    """Record and query fingerprints of stored texts on one connection."""

    connection: Connection

    def check_method(self) -> None:
        """Raise ArchiveUnusable if the index holds signatures of another method than this program's."""
        found = cast("str | None", self.connection.execute(select(NEAR_METHOD.c.parameters)).scalar())
        if found != PARAMETERS:
            raise ArchiveUnusable(
                f"the index finds near-duplicates by [{found or 'nothing'}] and this program by [{PARAMETERS}]: "
                "`python -m archive rebuild` makes it again from the files"
            )

    def record_method(self) -> None:
        """Record in a new index by which method its signatures are made."""
        if self.connection.execute(select(NEAR_METHOD)).first() is None:
            self.connection.execute(insert(NEAR_METHOD).values(parameters=PARAMETERS))

    def add(self, night: date, run: str, seq: int, text: Fingerprint) -> None:
        """Record the signature of a stored text and its bands."""
        document = document_number(night, run, seq)
        values = {"document": document, "night": night.isoformat(), "run": run, "seq": seq, "size": text.size}
        values |= {"published_raw": text.published_raw, "signature": pack(text.signature)}
        self.connection.execute(insert(SIGNATURES).values(values))
        day = night.toordinal()
        rows = [{"band": band, "day": day, "document": document} for band in sorted(set(bands(text.signature)))]
        if rows:
            self.connection.execute(insert(BANDS), rows)

    def fingerprints(self, night: date, run: str) -> dict[int, Fingerprint]:
        """Map the line numbers of a run's texts to their fingerprints."""
        query = select(SIGNATURES).where(SIGNATURES.c.night == night.isoformat(), SIGNATURES.c.run == run)
        return {int(str(row.seq)): _fingerprint(row) for row in self.connection.execute(query)}

    def replace(self, night: date, run: str, wanted: Mapping[int, Fingerprint]) -> None:
        """Replace a run's fingerprints by exactly these."""
        known = self.fingerprints(night, run)
        for seq, text in known.items():
            if wanted.get(seq) != text:
                self._delete(night, run, seq, text)
        for seq, text in wanted.items():
            if known.get(seq) != text:
                self.add(night, run, seq, text)

    def remove(self, night: date, run: str, seq: int) -> None:
        """Delete the rows of one text, if there are any."""
        text = self.fingerprints(night, run).get(seq)
        if text is not None:
            self._delete(night, run, seq, text)

    def _delete(self, night: date, run: str, seq: int, text: Fingerprint) -> None:
        document = document_number(night, run, seq)
        of_text = and_(BANDS.c.day == night.toordinal(), BANDS.c.document == document)
        self.connection.execute(delete(BANDS).where(BANDS.c.band.in_(set(bands(text.signature))), of_text))
        self.connection.execute(delete(SIGNATURES).where(SIGNATURES.c.document == document))

    def candidates(self, signature: tuple[int, ...], before: date) -> list[StoredText]:
        """Return the `LIKELY` likeliest texts of earlier nights that share bands with a signature, in no order."""
        self.check_method()
        shared = bands(signature)
        if not shared:
            return []
        values = {_name(number): band for number, band in enumerate(shared)} | {"day": before.toordinal()}
        found = self.connection.execute(_likeliest(len(shared)), values).scalars()
        return self._stored(SIGNATURES.c.document.in_(list(found)))

    def of_runs(self, night: date, runs: Iterable[str]) -> list[StoredText]:
        """Return every stored text of these runs of a night."""
        return self._stored(and_(SIGNATURES.c.night == night.isoformat(), SIGNATURES.c.run.in_(list(runs))))

    def missing(self) -> set[int]:
        """Return the numbers of texts that lines name and that have no signature here."""
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
        return [record_of(row, StoredText, fingerprint=_fingerprint(row)) for row in self.connection.execute(query)]


def _name(number: int) -> str:
    return f"band{number}"


@lru_cache(maxsize=4)
def _likeliest(count: int) -> Select[tuple[int]]:
    """Select the documents that share the most with `count` bands; a band of n texts weighs BAND_ROWS / n."""
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
