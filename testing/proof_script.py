"""Load docs/check_proof.py, the auditors' script, as a module: it is one file that imports nothing of the archive."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parents[1] / "docs" / "check_proof.py"


def load_script() -> ModuleType:
    """Return the script as a new module."""
    spec = spec_from_file_location("check_proof", SCRIPT)
    if spec is None or spec.loader is None:
        raise ImportError(str(SCRIPT))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
