"""Every row: importing this enters them all."""

from __future__ import annotations

from faults.network import pages
from faults.network import servers as network
from faults.process import crashes, nights
from faults.storage import damage, databases, power
from faults.storage import files as storage
from faults.time import clocks

MODULES = (clocks, crashes, damage, databases, network, nights, pages, power, storage)
