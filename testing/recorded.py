"""Recorded pages and texts of real portals, which are no part of the repository.

Their folder is named by `pytest --data=DIR` or the variable LUU_TRU_DATA; what needs them is skipped without it. The tables
of the field guide lie in its sibling `field-guide`.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "LUU_TRU_DATA"
ABSENT = f"no recorded pages here: name their folder with --data=DIR or {VARIABLE}"
DATA = Path(os.environ.get(VARIABLE) or "/nonexistent").resolve()
GUIDE = DATA.parent / "field-guide"
