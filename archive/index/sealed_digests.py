"""Look up what the manifests list: the SHA-256 that a file of a run was sealed with.

A line of `articles.jsonl` and a row of the index name a text's SHA-256 too, but both can be edited together with the
text; the manifest stands under the head.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from archive.errors import ArchiveUnusable
from archive.storage.manifest import seals_on_disk
from archive.storage.paths import Paths

_NIGHTS = 8  # whose lists are kept in memory

_Version = tuple[tuple[str, int], ...]


class SealedDigests:
    """The sealed files of an archive's nights, a few nights in memory."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._nights: dict[date, tuple[_Version, Mapping[str, Mapping[str, str]]]] = {}

    def agree(self, night: date, run: str, name: str, digest: str) -> bool:
        """Return whether a file's SHA-256 (hex) is the sealed one; true while no readable seal covers the run.

        A damaged manifest is a finding of `verify` and hides no text of its night.
        """
        listed = self._listed(night).get(run)
        return listed is None or listed.get(name) == digest

    def _listed(self, night: date) -> Mapping[str, Mapping[str, str]]:
        manifests = sorted(self._paths.night(night).glob("manifest-*.json"))
        try:
            version = tuple((path.name, path.lstat().st_mtime_ns) for path in manifests)
            known = self._nights.get(night)
            if known is not None and known[0] == version:
                return known[1]
            found: dict[str, dict[str, str]] = {}
            for seal in seals_on_disk(self._paths, night):
                for entry in seal.files:
                    run, _, name = entry.path.partition("/")
                    found.setdefault(run, {}).setdefault(name, entry.sha256)
        except (ArchiveUnusable, OSError):
            return {}
        if len(self._nights) >= _NIGHTS:
            self._nights.pop(next(iter(self._nights)))
        self._nights[night] = version, found
        return found
