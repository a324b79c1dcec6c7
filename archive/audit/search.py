"""Compare `search.db` (or its schema in PostgreSQL) with the sealed files by seal heads and counts; never make or change it.

Each seal that is filled in has to be one of the archive's. Each night has to have as many places as its sealed runs have
versions and attachments, the list as many texts as these runs stored, and places and words as many texts as the list. Rows and
words are not compared one by one: `show`, `prove` and every text on a page read the sealed file and check its SHA-256, so
search.db is never evidence. A seal that is not filled in yet is a note, since the next search fills it in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import and_, func, or_, select

from archive.audit.findings import Audit, Code
from archive.audit.sampling import Subset
from archive.errors import ArchiveError, ArchiveUnusable
from archive.index.column_types import place
from archive.index.connect import database_of
from archive.messages.reason import Reason
from archive.search.documents import sealed_lines
from archive.search.engine import SearchIndex
from archive.search.schema import CONTENTS, FILLED, NO_CONTENT, PLACES
from archive.storage.manifest import Seal, seals_on_disk
from archive.storage.paths import Identity, Paths, run_order
from archive.storage.stored_file import read_text_file
from archive.storage.tombstones import Tombstones

_AT_ONCE = 200  # lines in one statement
_WITH_PLACES = select(func.count(PLACES.c.document.distinct())).where(PLACES.c.document != NO_CONTENT)


def compare_search(identity: Identity, paths: Paths, withheld: Tombstones, subset: Subset) -> Audit:
    """Report where search.db is not what the sealed files give, in the one part of a `subset` that it belongs to."""
    audit = Audit()
    if "search.db" not in subset:
        return audit
    try:
        database = database_of(paths, identity.id)
    except ArchiveError:
        return audit  # the comparison of the index comes first and records this
    with SearchIndex.beside(database, identity.id, paths) as search:
        label = search.store.database.label
        try:
            if not search.exists():
                audit.notes.append(Reason.of("search_empty", database=label))
            elif (damage := search.store.database.damage()) is not None:
                audit.found(Code.WORDS_DIFFER, label, Reason.of("search_damaged", error=damage))
            else:
                _Comparison(search, paths, withheld, audit).compare()
        except ArchiveError as error:
            audit.found(Code.WORDS_DIFFER, label, Reason.of("search_unusable", error=Reason.of_error(error)))
    return audit


@dataclass(frozen=True, slots=True)
class _SearchCounts:
    """One state of search.db: the heads of its seals, its places by night, and how many texts its tables have."""

    heads: dict[tuple[str, int], str]
    places: dict[str, int]
    listed: int
    with_places: int
    with_words: int


@dataclass(slots=True)
class _Comparison:
    """One comparison. `skipped` are nights that cannot be read whole: that is a finding of another code."""

    search: SearchIndex
    paths: Paths
    withheld: Tombstones
    audit: Audit
    skipped: set[str] = field(default_factory=set)
    places: Counter[str] = field(default_factory=Counter)
    texts: dict[int, tuple[Path, str | None]] = field(default_factory=dict)

    def compare(self) -> None:
        self._find_withheld()
        found = self._counts()  # before anything else: another process may fill in meanwhile
        if not self.search.filled_seals(len(self.withheld.lines)):
            self.audit.notes.append(Reason.of("search_no_seal", database=self._label))
            return
        seals = self._seals()
        here = {key: head for key, head in found.heads.items() if key[0] not in self.skipped}
        foreign = {key[0] for key, head in here.items() if key not in seals or seals[key].head != head}
        if behind := len(seals.keys() - here.keys()):
            self.audit.notes.append(Reason.of("search_behind", database=self._label, seals=behind))
        for night in sorted(foreign):
            self._found("filled", Reason.of("search_foreign", night=night))
        if not foreign:  # their counts would say the same again
            for key in here:
                self._count(seals[key])
            self._compare_counts(found)

    @property
    def _label(self) -> str:
        return self.search.store.database.label

    def _found(self, table: str, difference: Reason) -> None:
        self.audit.found(Code.WORDS_DIFFER, f"{self._label}/{table}", Reason.of("search_again", difference=difference))

    def _counts(self) -> _SearchCounts:
        by_night = select(PLACES.c.night, func.count().label("places")).group_by(PLACES.c.night)
        with self.search.reading() as connection:
            return _SearchCounts(
                {(row.night, row.number): row.head for row in connection.execute(select(FILLED))},
                {row.night: row.places for row in connection.execute(by_night)},
                connection.execute(select(func.count()).select_from(CONTENTS)).scalar_one(),
                connection.execute(_WITH_PLACES).scalar_one(),
                self.search.store.counted(connection),
            )

    def _seals(self) -> dict[tuple[str, int], Seal]:
        found = []
        for night in self.paths.nights():
            try:
                found += seals_on_disk(self.paths, night)
            except ArchiveUnusable:
                self.skipped.add(night.isoformat())
        return {(seal.night.isoformat(), seal.number): seal for seal in found}

    def _count(self, seal: Seal) -> None:
        night = seal.night.isoformat()
        for one in sealed_lines(self.paths, seal.night, seal, lambda path, why: self.skipped.add(night)):
            line = one.line
            if (seal.night, one.folder.name, line.seq) not in self.withheld.lines:
                self.places[night] += 1
                if line.file is not None:
                    self.texts.setdefault(hash(line.content_sha256), (one.folder / line.file, line.sha256))

    def _compare_counts(self, found: _SearchCounts) -> None:
        for night in sorted((found.places.keys() | self.places.keys()) - self.skipped):
            if (count := found.places.get(night, 0)) != self.places[night]:
                self._found("places", Reason.of("search_places", night=night, count=count, sealed=self.places[night]))
        if not self.skipped and not self._fits(found.listed):
            self._found("contents", Reason.of("search_texts", count=found.listed, sealed=len(self.texts)))
        if found.with_places != found.listed:
            self._found("contents", Reason.of("search_placed", count=found.listed, placed=found.with_places))
        if found.with_words != found.listed:
            self._found("words", Reason.of("search_words", count=found.with_words, listed=found.listed))

    def _fits(self, texts: int) -> bool:
        """Return True if so many texts are listed: all, or without some that cannot be read now."""
        if texts >= len(self.texts):
            return texts == len(self.texts)
        return texts >= sum(read_text_file(path, digest) is not None for path, digest in self.texts.values())

    def _find_withheld(self) -> None:
        lines = iter(self.withheld.lines)
        while some := list(islice(lines, _AT_ONCE)):
            at = [
                and_(
                    PLACES.c.portal == run_order(run)[0],
                    PLACES.c.night == night.isoformat(),
                    PLACES.c.at == place(night, run, seq),
                )
                for night, run, seq in some
            ]
            with self.search.reading() as connection:
                articles = list(connection.execute(select(PLACES.c.article).distinct().where(or_(*at))).scalars())
            for article in articles:
                detail = Reason.of("search_withheld", article=article)
                self.audit.found(Code.WITHHELD_BACK, f"{self._label}/words", detail)
