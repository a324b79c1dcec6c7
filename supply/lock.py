"""Read a lock and what the packages that are installed say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """A package of a lock: its canonical name, its version, and the SHA-256 (hex) of each file that may be installed."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(path: Path) -> list[LockedPackage]:
    """Read a lock, by name. Raises ValueError for a package without a hash."""
    found: dict[str, list[str]] = {}
    versions: dict[str, str] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if pinned := _PINNED.match(line):
            name = canonicalize_name(pinned["name"])
            versions[name], found[name] = pinned["version"], []
        if name:
            found[name] += _HASH.findall(line)
    bare = [name for name, hashes in found.items() if not hashes]
    if bare:
        raise ValueError(f"{path}: no hash for {', '.join(bare)}")
    return [LockedPackage(name, versions[name], tuple(sorted(hashes))) for name, hashes in sorted(found.items())]


def installed(site: Path | None = None) -> dict[str, Distribution]:
    """Return the packages that are installed in a folder, by canonical name; those of this environment without one."""
    found = distributions(path=[str(site)]) if site else distributions()
    return {canonicalize_name(one.metadata["Name"]): one for one in found}


def needs(package: Distribution, known: Mapping[str, object]) -> list[str]:
    """Return the names of the known packages that a package needs here, extras left aside."""
    return names(package.requires or (), known)


def names(requirements: Iterable[str], known: Mapping[str, object]) -> list[str]:
    """Return the names of the known packages that requirements ask for on this machine."""
    wanted = [Requirement(one) for one in requirements]
    here = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return sorted({canonicalize_name(one.name) for one in here} & known.keys())
