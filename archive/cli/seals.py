"""Find the seal that a command names by its night, for the commands that date one."""

from __future__ import annotations

from datetime import date

from archive.cli.articles import NotFound
from archive.storage.manifest import Seal, seals_on_disk
from archive.store import Archive


def find_seal(archive: Archive, night: date | None) -> Seal:
    """Return the last seal of a night, or of the archive. Raises NotFound where there is none."""
    seals = seals_on_disk(archive.paths, night) if night else []
    seal = (seals[-1] if seals else None) if night else archive.last_seal()
    if seal is None:
        raise NotFound(f"{night or 'no night'} is sealed; `scheduler.py status` shows the last sealed night")
    return seal


def seal_name(seal: Seal) -> str:
    """Return a seal in words."""
    return f"the seal of {seal.night} number {seal.number}"
