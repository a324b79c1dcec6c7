"""What search is asked of (`search.db`, or its schema in PostgreSQL), held against the sealed files: only read, never made.

For each seal that is filled in, its lines demand a place each and a content for each text, and no others may be there; what was
withheld may not. Then each content's words are asked for (archive/audit/search_terms.py). A night is a transaction of its own, so
that whoever fills in goes on meanwhile. What is not filled in yet is a note: the next search does it, and says so until then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Row, and_, case, exists, func, or_, select

from archive.audit.findings import Audit, Code
from archive.audit.sampling import Subset
from archive.audit.search_terms import SearchContent, unfound
from archive.errors import ArchiveError, ArchiveUnusable
from archive.index.connect import database_of
from archive.index.transaction import place
from archive.search.documents import SealedLine, place_row, run_lines, sealed_lines
from archive.search.engine import SearchIndex
from archive.search.indexer import chain_order
from archive.search.schema import CONTENTS, FILLED, NO_CONTENT, PLACES
from archive.storage.jsonl import ArticleLine
from archive.storage.manifest import Seal, sealed_runs, seals_on_disk
from archive.storage.paths import Identity, Paths, run_order
from archive.storage.tombstones import Tombstones

__all__ = ["compare_search"]

_AGAIN = "`python -m archive rebuild --only-search` makes it again"
_SAID = ("portal", "at", "article", "province", "event", "said", "published", "night")
_AT_ONCE = 4_000
_RUNS = 200  # whose lines are kept at hand
_Row = Row[*tuple[object, ...]]
_ROWS = select(
    *(PLACES.c[name] for name in _SAID),
    PLACES.c.document,
    CONTENTS.c.content_sha256.label("content"),
    CONTENTS.c.night.label("first_night"),
    CONTENTS.c.run,
    CONTENTS.c.file,
    CONTENTS.c.sha256,
    CONTENTS.c.published_raw,
).select_from(PLACES.outerjoin(CONTENTS, PLACES.c.document == CONTENTS.c.document))


def compare_search(identity: Identity, paths: Paths, withheld: Tombstones, subset: Subset, audit: Audit) -> None:
    """Name what a search would pass over or invent. `subset`: only these nights; what is of no night with `search.db`."""
    try:
        database = database_of(paths, identity.id)
    except ArchiveError:
        return  # the index is asked first, and names it
    with SearchIndex.beside(database, identity.id, paths) as search:
        label = search.store.database.label
        try:
            if not search.exists():
                audit.notes.append(f"{label}: no words to search in yet; the next search fills them in")
            elif "search.db" in subset and (said := search.store.database.damage()) is not None:
                audit.found(Code.WORDS_DIFFER, label, f"{said}: {_AGAIN}")
            else:
                _Comparison(search, paths, withheld, subset, audit).compare()
        except ArchiveError as error:
            audit.found(Code.WORDS_DIFFER, label, f"{error}; {_AGAIN}")


@dataclass(slots=True)
class _Comparison:
    """One pass over the nights; `wrong` counts what is wrong by table, night and portal, and keeps the first in words."""

    search: SearchIndex
    paths: Paths
    withheld: Tombstones
    subset: Subset
    audit: Audit
    wrong: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)
    kept: list[SearchContent] = field(default_factory=list)
    files: dict[tuple[str, str], dict[str, ArticleLine]] = field(default_factory=dict)
    order: dict[tuple[str, str], int] = field(default_factory=dict)

    def compare(self) -> None:
        known = self.search.filled_seals(len(self.withheld.lines))
        if not known:
            self._withheld_back()
            self.audit.notes.append(f"{self._label}: it holds no seal of this archive; the next search fills it in")
            return
        portals = self.search.portals()
        nights = self.paths.nights()
        behind, odd = 0, len({night for night, _ in known} - {night.isoformat() for night in nights})
        for night in nights:
            if f"{night:%Y/%m/%d}" not in self.subset:
                continue
            seals = _seals(self.paths, night)
            heads = {seal.number: seal.head for seal in seals}
            here = {number: head for (when, number), head in known.items() if when == night.isoformat()}
            behind += len(heads.keys() - here.keys())
            odd += any(heads.get(number) != head for number, head in here.items())
            self._compare_night(night, seals, portals)
        self._ask()
        if "search.db" in self.subset:
            with self.search.reading() as connection:
                self._compare_whole(connection)
        self._tell(behind, odd)

    @property
    def _label(self) -> str:
        return self.search.store.database.label

    def _tell(self, behind: int, odd: int) -> None:
        for (table, night, portal), (count, first) in sorted(self.wrong.items()):
            detail = f"{night} {portal}: {count} wrong, the first {first}: {_AGAIN}"
            self.audit.found(Code.WORDS_DIFFER, f"{self._label}/{table}", detail)
        if behind:
            self.audit.notes.append(
                f"{self._label}: seals that are not filled in yet: {behind}; the next search does it"
            )
        if odd:
            nights = f"nights whose seals are others now: {odd}"
            self.audit.notes.append(f"{self._label}: {nights}; the next search makes all of it anew")

    def _found(self, table: str, night: date | str, portal: str, what: str) -> None:
        count, first = self.wrong.get((table, str(night), portal), (0, what))
        self.wrong[table, str(night), portal] = count + 1, first

    def _compare_night(self, night: date, seals: list[Seal], portals: list[str]) -> None:
        with self.search.reading() as connection:
            filled = select(FILLED.c.number, FILLED.c.head).where(FILLED.c.night == night.isoformat())
            here = {row.number: row.head for row in connection.execute(filled)}
            where = PLACES.c.portal.in_(portals), PLACES.c.night == night.isoformat()
            rows = connection.execute(_ROWS.where(*where)).all() if here else []
        heads = {seal.number: seal.head for seal in seals}
        if not here or any(heads.get(number) != head for number, head in here.items()):
            return
        unread: set[str] = set()
        wanted: dict[tuple[str, str], SealedLine] = {}
        for seal in (seal for seal in seals if seal.number in here):
            for one in sealed_lines(self.paths, night, seal, lambda path, why: unread.add(_run_of(path))):
                if (night, one.folder.name, one.line.seq) not in self.withheld.lines:
                    wanted[one.line.portal, place(night, one.folder.name, one.line.seq)] = one
        lost = {(run_order(run)[0], place(night, run, 0)[:-7]) for run in unread}
        for row in rows:
            its = wanted.pop((row.portal, row.at), None)
            if its is not None:
                self._compare_row(night, its, row)
            elif (row.portal, row.at[:-7]) not in lost:  # what its run says cannot be read: that is the finding
                self._found("places", night, row.portal, f"{row.article} has a place at {row.at} and no line")
        for one in wanted.values():
            self._found("places", night, one.line.portal, f"{one.line.id} has no place")
        if len(self.kept) >= _AT_ONCE:
            self._ask()

    def _compare_row(self, night: date, one: SealedLine, row: _Row) -> None:
        line = one.line
        wanted = place_row(night, one, NO_CONTENT)
        if any(wanted[name] != value for name, value in zip(_SAID, row[: len(_SAID)], strict=True)):
            self._found("places", night, line.portal, f"{line.id} has a place that its line does not give")
        if row.content == line.content_sha256:
            if line.file is not None:
                self._compare_content(night, one, row)
        elif row.document != NO_CONTENT or self._should_have(night, one):
            self._found("places", night, line.portal, f"{line.id} is not found by its text")

    def _compare_content(self, night: date, one: SealedLine, row: _Row) -> None:
        line = one.line
        said = (row.sha256, row.published_raw)
        if (row.first_night, row.run, row.file) == (night.isoformat(), one.folder.name, line.file):
            self.kept.append(SearchContent(int(row.document), one))
            good = said == (line.sha256, line.published_raw)
        else:
            first = self._line_of(row.first_night, row.run, row.file)
            good = first is not None and (first.content_sha256, first.sha256, first.published_raw) == (
                row.content,
                *said,
            )
        if not good:
            self._found("contents", night, line.portal, f"{line.id} is shown from a file that is not its text's")

    def _line_of(self, night: str, run: str, file: str) -> ArticleLine | None:
        """The sealed line that names a file as its text; versions that only differ in their published line share one."""
        if (night, run) not in self.files:
            if len(self.files) >= _RUNS:
                self.files.clear()
            found = {}
            if (night, run) in self._fill_order():
                lines = run_lines(self.paths.night(date.fromisoformat(night)) / run, lambda path, why: None)
                found = {one.line.file: one.line for one in lines if one.line.file}
            self.files[night, run] = found
        return self.files[night, run].get(file)

    def _fill_order(self) -> dict[tuple[str, str], int]:
        """When the runs were filled in: night and run to the place of their seal in the chain."""
        if not self.order:
            seals = [seal for night in self.paths.nights() for seal in _seals(self.paths, night)]
            rows = ((seal.night.isoformat(), seal.number, seal.head, seal.previous) for seal in seals)
            places = {head: number for number, (_, _, head) in enumerate(chain_order(rows))}
            self.order = {
                (seal.night.isoformat(), run): places[seal.head] for seal in seals for run in sealed_runs([seal])
            }
        return self.order

    def _should_have(self, night: date, one: SealedLine) -> bool:
        """Whether a line without a content should have one: its text can be read, or was filled in before it or with it."""
        line = one.line
        if line.file is not None:
            return _readable(one.folder / line.file, line.sha256)
        with self.search.reading() as connection:
            first = select(CONTENTS.c.night, CONTENTS.c.run).where(CONTENTS.c.content_sha256 == line.content_sha256)
            found = connection.execute(first).first()
        order = self._fill_order()
        own = order[night.isoformat(), one.folder.name]
        return found is not None and order.get((found.night, found.run), own) <= own

    def _ask(self) -> None:
        for start in range(0, len(self.kept), _AT_ONCE):
            for kept in unfound(self.search, self.kept[start : start + _AT_ONCE]):
                night = date.fromisoformat("-".join(kept.one.folder.parts[-4:-1]))
                self._found("words", night, kept.one.line.portal, f"{kept.one.line.id} is not found by its words")
        self.kept.clear()

    def _compare_whole(self, connection: Connection) -> None:
        """What is of no night: rows of nights that are not filled in, contents of no place, words of no content."""
        unfilled = PLACES.c.night.not_in(select(FILLED.c.night))
        for night, portal, article in connection.execute(
            select(PLACES.c.night, PLACES.c.portal, PLACES.c.article).where(unfilled)
        ):
            self._found("places", night, portal, f"{article} has a place in a night that is not filled in")
        placeless = ~exists().where(PLACES.c.document == CONTENTS.c.document)
        for night, run in connection.execute(select(CONTENTS.c.night, CONTENTS.c.run).where(placeless)):
            self._found("contents", night, run_order(run)[0], "a text that stands nowhere")
        newest = func.max(case((PLACES.c.newest == 1, PLACES.c.at)))
        odd = or_(func.sum(PLACES.c.newest) != 1, newest.is_(None), newest != func.max(PLACES.c.at))
        places = select(PLACES.c.article, func.max(PLACES.c.at).label("at"), func.max(PLACES.c.portal).label("portal"))
        for article, at, portal in connection.execute(places.group_by(PLACES.c.article).having(odd)):
            self._found("places", at[:10], portal, f"{article} has another version as its newest")
        listed = int(connection.execute(select(func.count()).select_from(CONTENTS)).scalar_one())
        if (more := self.search.store.counted(connection) - listed) > 0:
            detail = f"words of {more} texts that it does not list: {_AGAIN}"
            self.audit.found(Code.WORDS_DIFFER, f"{self._label}/words", detail)

    def _withheld_back(self) -> None:
        """Words made before a text was withheld; what is filled in for other reasons is of no concern."""
        lines = iter(self.withheld.lines.items())
        while some := dict(islice(lines, 200)):
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
                detail = f"the words of {article} were withheld: `python -m archive withhold --repeat`"
                self.audit.found(Code.WITHHELD_BACK, f"{self._label}/words", detail)


def _seals(paths: Paths, night: date) -> list[Seal]:
    try:
        return seals_on_disk(paths, night)
    except ArchiveUnusable:
        return []  # the manifest is the finding


def _run_of(path: Path) -> str:
    """The run that a problem is told of: its folder, or a file of it."""
    return path.parent.name if path.suffix == ".jsonl" else path.name


def _readable(path: Path, digest: str | None) -> bool:
    try:
        return sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False
