"""Every row: importing this enters them all."""

from __future__ import annotations

from faults import clocks, crashes, damage, databases, network, nights, pages, power, storage
from faults.catalogue import ROWS

__all__ = ["MODULES", "ROWS"]

MODULES = (clocks, crashes, damage, databases, network, nights, pages, power, storage)
