"""Read every version of the articles of an archive with its text, in the order of the files, as records for export.

Versions of closed runs are read: `new`, `near_duplicate`, `duplicate`, `revision`, `redated`, `reread`. A duplicate has
the text that it repeats. Quarantined articles, attachments and removals are no versions. Withheld versions are left
out; a duplicate of one has no text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import cast

from archive.errors import DamagedFile
from archive.export.formats import Record
from archive.index.queries.clusters import Article, Cluster, one_per_cluster
from archive.index.sealed_digests import SealedDigests
from archive.model.enums import VERSIONS, WITHHELD
from archive.storage.jsonl import ArticleLine, decode_article
from archive.storage.paths import run_folder
from archive.storage.run_record import RUN_FILE, read_lines, read_run
from archive.storage.stored_file import read_stored
from archive.storage.tombstones import Tombstones, withheld_in
from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected versions: of a portal, of the nights from `since` to `until`, and of those only one for each cluster.

    With `provinces` (slugs) only those of nights in which the portal belonged to one of them. The one of a cluster is
    the last version of the article that comes first in canonical order within the selection.
    """

    portal: str | None = None
    since: date | None = None
    until: date | None = None
    one_per_cluster: bool = False
    provinces: frozenset[str] = frozenset()


@dataclass(slots=True)
class VersionReader:
    """Records of a selection. `unread` names the texts that could not be read: their records have no text.

    `unsealed` are the runs that no readable seal covers; their texts were compared with their lines alone.
    """

    archive: Archive
    selection: Selection
    unread: list[str] = field(default_factory=list)
    unsealed: set[str] = field(default_factory=set)
    withheld: Tombstones = field(init=False)
    _sealed: SealedDigests = field(init=False)

    def __post_init__(self) -> None:
        """Read the tombstones."""
        self._sealed = SealedDigests(self.archive.paths)
        self.withheld = withheld_in(self.archive.paths, strictly=True)

    def by_night(self) -> Iterator[tuple[date, Iterator[Record]]]:
        """Yield the nights of the selection and the records of each, in the order of runs and lines."""
        clusters, chosen = self._clusters()
        for night in self.archive.paths.nights():
            if (self.selection.since or date.min) <= night <= (self.selection.until or date.max):
                yield night, self._of_night(night, clusters, chosen)

    def _clusters(self) -> tuple[dict[Article, Cluster], set[tuple[str, str, int]] | None]:
        with self.archive.index.reading() as queries:
            clusters = queries.clusters.all()
            if not self.selection.one_per_cluster:
                return clusters, None
            places = queries.events.versions(self.selection.portal, self.selection.since, self.selection.until)
        if self.selection.provinces:
            runs = {
                (one.night, one.run): run_folder(self.archive.paths, date.fromisoformat(one.night), one.run)
                for one in places
            }
            belong = {run for run, folder in runs.items() if self._belongs(folder)}
            places = [one for one in places if (one.night, one.run) in belong]
        return clusters, {(one.night, one.run, one.seq) for one in one_per_cluster(places, clusters)}

    def _belongs(self, folder: Path) -> bool:
        if not self.selection.provinces:
            return True
        try:
            return read_run(folder).province in self.selection.provinces
        except FileNotFoundError:
            return False
        except (OSError, DamagedFile) as error:
            unread = f"{self._name(folder / RUN_FILE)}: {error}"
            self.unread.extend([unread] if unread not in self.unread else [])
            return False

    def _of_night(
        self, night: date, clusters: Mapping[Article, Cluster], chosen: set[tuple[str, str, int]] | None
    ) -> Iterator[Record]:
        for folder in self.archive.paths.closed_runs(night):
            if not self._belongs(folder):
                continue
            for raw in read_lines(folder / "articles.jsonl"):
                try:
                    line, record = decode_article(raw), cast("Record", json.loads(raw))
                except ValueError as error:
                    self.unread.append(f"{self._name(folder / 'articles.jsonl')}: {error}")
                    continue
                wanted = chosen is None or (night.isoformat(), folder.name, line.seq) in chosen
                if (night, folder.name, line.seq) in self.withheld.lines:
                    continue
                if line.event in VERSIONS and self.selection.portal in (None, line.portal) and wanted:
                    article = (line.portal, line.key)
                    record |= {"night": night.isoformat(), "run": folder.name, "text": self._text(folder, night, line)}
                    yield record | {"cluster": "/".join(clusters.get(article, (article,))[0])}

    def _text(self, folder: Path, night: date, line: ArticleLine) -> str | None:
        if line.file is not None:
            return self._read(folder / line.file, night, line.sha256)
        with self.archive.index.reading() as queries:
            versions = queries.events.find(article=line.duplicate_of) if line.duplicate_of else []
        if any(WITHHELD in version.flags for version in versions):
            return None
        holder = next((version for version in versions if version.file), None)
        if holder is None:
            self.unread.append(f"{line.id}: the text that it repeats ({line.duplicate_of}) is not in the index")
            return None
        other = date.fromisoformat(holder.night)
        there = run_folder(self.archive.paths, other, holder.run)
        return self._read(there / str(holder.file), other, holder.sha256)

    def _read(self, path: Path, night: date, digest: str | None) -> str | None:
        try:
            data = read_stored(path)
        except OSError as error:
            self.unread.append(f"{self._name(path)}: {error.strerror}")
            return None
        found = sha256(data).hexdigest()
        if found != digest or not self._sealed.agree(night, path.parent.name, path.name, found):
            self.unread.append(f"{self._name(path)}: it is not the text that its line names")
            return None
        if not self._sealed.covers(night, path.parent.name):
            self.unsealed.add(f"{night}/{path.parent.name}")
        return data.decode("utf-8")

    def _name(self, path: Path) -> str:
        return path.relative_to(self.archive.paths.root).as_posix()
