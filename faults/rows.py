"""Every row, and the choice among them: importing this enters them all in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable

from faults.access import addresses, audit_page, processes, rendering, secrets
from faults.catalogue import ROWS, Row, order
from faults.content import bodies, dates, letters, names, versions, walks
from faults.network import pages
from faults.network import servers as network
from faults.process import crashes, nights
from faults.storage import damage, databases, every_byte, power
from faults.storage import files as storage
from faults.time import clocks

MODULES = (
    addresses,
    audit_page,
    bodies,
    clocks,
    crashes,
    damage,
    databases,
    dates,
    every_byte,
    letters,
    names,
    network,
    nights,
    pages,
    power,
    processes,
    rendering,
    secrets,
    storage,
    versions,
    walks,
)


def chosen(names: Iterable[str], *, quick: bool = False) -> list[Row]:
    """Return the named rows, or all of them, in the catalogue's order.

    A letter names its section. Raises ValueError.
    """
    wanted: set[str] = set()
    for name in names:
        found = {number for number in ROWS if re.fullmatch(rf"{re.escape(name.upper())}\d*", number)}
        found = {name.upper()} if name.upper() in ROWS else found
        if not found:
            raise ValueError(f"no row {name}: `python -m faults --list` shows them")
        wanted |= found
    rows = [ROWS[number] for number in sorted(ROWS, key=order) if not wanted or number in wanted]
    return [item for item in rows if item.quick or not quick or wanted]
