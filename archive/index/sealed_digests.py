"""Look up what the manifests list: the SHA-256 that a file of a run was sealed with.

A line of `articles.jsonl` and a row of the index name a text's SHA-256 too, but both can be edited together with the
text; the manifest stands under the head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from archive.errors import ArchiveUnusable
from archive.storage.manifest import FileList, seals_on_disk
from archive.storage.paths import Paths

_NIGHTS = 8  # whose lists are kept in memory

_Version = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _SealedNight:
    """The lists of a night's seals, and of runs that were asked for the digests by name; None for one that none covers."""

    version: _Version
    lists: tuple[FileList, ...]
    runs: dict[str, dict[str, str] | None] = field(default_factory=dict)

    def of(self, run: str) -> Mapping[str, str] | None:
        if run not in self.runs:
            found: dict[str, str] = {}
            for files in self.lists:
                for each in files.runs:
                    for entry in files.between(each.first, each.stop) if each.run == run else ():
                        found.setdefault(entry.path[len(run) + 1 :], entry.sha256)
            self.runs[run] = found or None
        return self.runs[run]


class SealedDigests:
    """The sealed files of an archive's nights, a few nights in memory."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._nights: dict[date, _SealedNight] = {}

    def agree(self, night: date, run: str, name: str, digest: str) -> bool:
        """Return whether a file's SHA-256 (hex) is the sealed one; true while no readable seal covers the run.

        A damaged manifest is a finding of `verify` and hides no text of its night.
        """
        sealed = self._sealed(night)
        listed = sealed.of(run) if sealed is not None else None
        return listed is None or listed.get(name) == digest

    def covers(self, night: date, run: str) -> bool:
        """Return whether a readable seal covers a run, so that more than its own line speaks for a text of it."""
        sealed = self._sealed(night)
        return sealed is not None and sealed.of(run) is not None

    def _sealed(self, night: date) -> _SealedNight | None:
        manifests = sorted(self._paths.night(night).glob("manifest-*.json"))
        try:
            version = tuple((path.name, path.lstat().st_mtime_ns) for path in manifests)
            known = self._nights.get(night)
            if known is not None and known.version == version:
                return known
            found = _SealedNight(version, tuple(seal.entries for seal in seals_on_disk(self._paths, night)))
        except (ArchiveUnusable, OSError):
            return None
        if len(self._nights) >= _NIGHTS:
            self._nights.pop(next(iter(self._nights)))
        self._nights[night] = found
        return found
