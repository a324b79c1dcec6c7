"""Query candidates for near-duplicates: a row for each stored text and for each band of its signature.

The cost of a query is bounded whatever the archive's size: of each band the `BAND_ROWS` newest texts, of those the `LIKELY`
that share the rarest bands. A band weighs the more the fewer texts it has. So a text is missed when every band it shares with
a new one has `BAND_ROWS` newer texts, which takes hundreds of texts of one wording between the two; the newest of such a
family are still found, and a cluster needs only one of them.

A text has a number, its night before all else, so that the numbers of a band are its texts by night.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Text,
    and_,
    between,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    true,
)
from sqlalchemy import cast as cast_to

from archive.errors import ArchiveUnusable
from archive.index.backend import insert_new
from archive.index.rows import record_of
from archive.index.schema import BANDS, EVENTS, NEAR_METHOD, SIGNATURES
from archive.model.enums import Event
from archive.similarity.minhash import LEAST_BANDS, PARAMETERS, RARE, Signature, unpack

BAND_ROWS = 32
LIKELY = 64
_INSERT = insert(SIGNATURES)
_AT_ONCE = 32  # texts that one question finds candidates for


@cache
def _newest(dialect: str) -> Select[Any]:  # Any: the type of rows of a function
    """Select the `BAND_ROWS` newest documents of each band asked for, which come as a JSON array."""
    bands, end = bindparam("bands", type_=Text), bindparam("end", type_=BigInteger)
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # as `insert_new`

        asked = func.jsonb_array_elements(cast_to(bands, postgresql.JSONB)).table_valued("value", name="asked")
        band = cast_to(asked.c.value, Integer)
        of_band = select(BANDS.c.document).where(BANDS.c.band == band, BANDS.c.document < end)
        newest = of_band.order_by(BANDS.c.document.desc()).limit(BAND_ROWS).lateral()
        return select(band, newest.c.document).select_from(asked.join(newest, true()))
    # SQLite has no lateral join: the oldest of the newest bounds the others.
    asked = func.json_each(bands).table_valued("value", name="asked")
    older = BANDS.alias()
    of_band = select(older.c.document).where(older.c.band == asked.c.value, older.c.document < end)
    oldest = of_band.order_by(older.c.document.desc()).offset(BAND_ROWS - 1).limit(1).correlate(asked).scalar_subquery()
    within = and_(BANDS.c.document >= func.coalesce(oldest, literal(-1 << 63, BigInteger)), BANDS.c.document < end)
    return select(BANDS.c.band, BANDS.c.document).select_from(
        asked.join(BANDS, and_(BANDS.c.band == asked.c.value, within))
    )


_OF_LINE = and_(
    EVENTS.c.night == SIGNATURES.c.night, EVENTS.c.run == SIGNATURES.c.run, EVENTS.c.seq == SIGNATURES.c.seq
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The signature of a text, with its length in characters.

    Both are taken without the line `published_raw`, without which its file has to be read.
    """

    signature: Signature
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


_FIRST_DAY = date(2000, 1, 1).toordinal()
_RUN_BITS, _SEQ_BITS = 29, 18


def document_number(night: date, run: str, seq: int) -> int:
    """Return a text's number in the index, 64 bits with a sign: its night, a hash of its run, its line.

    Hardly two texts have one number; those that do are both candidates where one is.
    """
    # Of the place alone and not a counter: the number has to be the same after a rebuild.
    of_run = int.from_bytes(sha256(run.encode()).digest()[:4]) >> (32 - _RUN_BITS)
    return (_first_number(night) | of_run << _SEQ_BITS) + seq % (1 << _SEQ_BITS)


def _first_number(night: date) -> int:
    return (night.toordinal() - _FIRST_DAY) << (_RUN_BITS + _SEQ_BITS)


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

    def add(self, night: date, run: str, texts: Mapping[int, Fingerprint]) -> None:
        """Record the signatures of stored texts, by the numbers of their lines, and their bands."""
        of_run = {"night": night.isoformat(), "run": run}
        rows, shared = [], []
        for seq, text in texts.items():
            document = document_number(night, run, seq)
            row = {"document": document, "seq": seq, "size": text.size, "published_raw": text.published_raw}
            rows.append(of_run | row | {"signature": text.signature.pack()})
            shared += [{"band": band, "document": document} for band in sorted(set(text.signature.bands))]
        if rows:
            self.connection.execute(_INSERT, rows)
        if shared:
            # Two texts of one number may share a band.
            self.connection.execute(insert_new(BANDS, self.connection.dialect.name), shared)

    def fingerprints(self, night: date, run: str) -> dict[int, Fingerprint]:
        """Map the line numbers of a run's texts to their fingerprints."""
        query = select(SIGNATURES).where(_of_run(night, run))
        return {int(str(row.seq)): _fingerprint(row) for row in self.connection.execute(query)}

    def replace(self, night: date, run: str, wanted: Mapping[int, Fingerprint]) -> None:
        """Replace a run's fingerprints by exactly these."""
        known = self.fingerprints(night, run)
        for seq, text in known.items():
            if wanted.get(seq) != text:
                self._delete(night, run, seq, text)
        self.add(night, run, {seq: text for seq, text in wanted.items() if known.get(seq) != text})

    def remove(self, night: date, run: str, seq: int) -> None:
        """Delete the rows of one text, if there are any."""
        of_line = and_(
            SIGNATURES.c.document == document_number(night, run, seq), _of_run(night, run), SIGNATURES.c.seq == seq
        )
        row = self.connection.execute(select(SIGNATURES).where(of_line)).first()
        if row is not None:
            self._delete(night, run, seq, _fingerprint(row))

    def _delete(self, night: date, run: str, seq: int, text: Fingerprint) -> None:
        document = document_number(night, run, seq)
        self.connection.execute(
            delete(BANDS).where(BANDS.c.band.in_(set(text.signature.bands)), BANDS.c.document == document)
        )
        of_line = and_(SIGNATURES.c.document == document, SIGNATURES.c.run == run, SIGNATURES.c.seq == seq)
        self.connection.execute(delete(SIGNATURES).where(of_line))

    def candidates(self, signatures: Sequence[Signature], before: date) -> list[list[StoredText]]:
        """Return for each signature the `LIKELY` likeliest texts of earlier nights that share bands with it, in no order.

        The index must hold signatures of this program's method (`check_method`).
        """
        groups = (signatures[start : start + _AT_ONCE] for start in range(0, len(signatures), _AT_ONCE))
        return [found for group in groups for found in self._candidates(group, before)]

    def _candidates(self, signatures: Sequence[Signature], before: date) -> list[list[StoredText]]:
        bands = {band for signature in signatures for band in signature.bands}
        if not bands:
            return [[] for _ in signatures]
        newest: dict[int, list[int]] = {}
        values = {"bands": json.dumps(sorted(bands)), "end": _first_number(before)}
        for band, document in self.connection.execute(_newest(self.connection.dialect.name), values):
            newest.setdefault(band, []).append(document)
        likely = [_likeliest(signature.bands, newest) for signature in signatures]
        texts: dict[int, list[StoredText]] = {}
        wanted = {document for documents in likely for document in documents}
        for text in self._stored(SIGNATURES.c.document.in_(wanted)) if wanted else ():
            number = document_number(date.fromisoformat(text.night), text.run, text.seq)
            texts.setdefault(number, []).append(text)
        return [[text for document in documents for text in texts.get(document, ())] for documents in likely]

    def of_runs(self, night: date, runs: Iterable[str]) -> list[StoredText]:
        """Return every stored text of these runs of a night."""
        of_night = between(SIGNATURES.c.document, _first_number(night), _first_number(night + timedelta(days=1)) - 1)
        return self._stored(and_(of_night, SIGNATURES.c.run.in_(list(runs))))

    def missing(self) -> set[int]:
        """Return the numbers of texts that lines name and that have no signature here."""
        query = (
            select(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq)
            .outerjoin(SIGNATURES, _OF_LINE)
            .where(SIGNATURES.c.document.is_(None), EVENTS.c.file.is_not(None), EVENTS.c.attachment_of.is_(None))
            .where(EVENTS.c.event != Event.QUARANTINED.value)
        )
        return {
            document_number(date.fromisoformat(row.night), row.run, row.seq) for row in self.connection.execute(query)
        }

    def _stored(self, which: ColumnElement[bool]) -> list[StoredText]:
        columns = (EVENTS.c.id, EVENTS.c.portal, EVENTS.c.key, EVENTS.c.content_sha256, EVENTS.c.file, EVENTS.c.sha256)
        query = select(SIGNATURES, *columns).join(EVENTS, _OF_LINE).where(which)
        return [record_of(row, StoredText, fingerprint=_fingerprint(row)) for row in self.connection.execute(query)]


def is_candidate(shared: int, weight: int) -> bool:
    """Return True for a text that shares so many bands of this weight, `BAND_ROWS` divided by the texts of each."""
    return shared >= LEAST_BANDS or weight >= BAND_ROWS // RARE


def _of_run(night: date, run: str) -> ColumnElement[bool]:
    first = document_number(night, run, 0)
    return and_(between(SIGNATURES.c.document, first, first + (1 << _SEQ_BITS) - 1), SIGNATURES.c.run == run)


def _likeliest(bands: Sequence[int], newest: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the documents that share the most with these bands; a band of n texts weighs BAND_ROWS // n."""
    shared, weights = Counter[int](), Counter[int]()
    for band in bands:
        documents = newest.get(band, ())
        shared.update(documents)
        for document in documents:
            weights[document] += BAND_ROWS // len(documents)
    found = [(weight, document) for document, weight in weights.items() if is_candidate(shared[document], weight)]
    return [document for _, document in sorted(found, reverse=True)[:LIKELY]]


def _fingerprint(row: Row[tuple[object, ...]]) -> Fingerprint:
    return Fingerprint(unpack(cast("bytes", row.signature)), row.size, row.published_raw)
