"""`python -m supply licences|sbom|audit`: state what the program is made of.

`licences` writes docs/reference/licences.md and ends with 1 for a licence that is not allowed. `sbom` writes a bill of
materials, `-` to stdout. `audit` ends with 0 when every package is known and clean, 1 when one is vulnerable, 3 when
nobody answered for one of them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from supply import audit, licences
from supply.lock import ROOT, installed, read_lock

LOCK = ROOT / "requirements.lock"
LICENCES = ROOT / "docs" / "reference" / "licences.md"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m supply", description="State what the program is made of.")
    parser.add_argument("what", choices=("licences", "sbom", "audit"))
    parser.add_argument("--lock", type=Path, default=LOCK, help="the lock to read (default requirements.lock)")
    parser.add_argument("--site", type=Path, help="the folder of the packages (default: of this environment)")
    parser.add_argument(
        "--to", type=Path, default=Path("-"), help="where to write the bill of materials (default: stdout)"
    )
    parser.add_argument("--source", help="another source of advisories that pip-audit knows")
    options = parser.parse_args(arguments)
    try:
        if options.what == "licences":
            return _licences(options.lock, options.site)
        if options.what == "sbom":
            return _sbom(options.lock, options.site, options.to)
        found = audit.audit(options.lock, options.source)
    except (OSError, ValueError) as error:
        print(f"supply: {error}", file=sys.stderr)
        return int(audit.AuditCode.USAGE)
    print("\n".join(found.lines()))
    return int(found.code)


def _licences(lock: Path, site: Path | None) -> int:
    packages = read_lock(lock)
    found = licences.licences(packages, installed(site))
    LICENCES.write_text(licences.table(packages, found), encoding="utf-8")
    wrong = [f"{name}: {licence or 'unknown'}" for name, licence in found.items() if not licences.is_allowed(licence)]
    print("\n".join(wrong) or f"{len(found)} licences, all allowed")
    return int(bool(wrong))


def _sbom(lock: Path, site: Path | None, to: Path) -> int:
    from supply import sbom  # needs an environment of its own

    found = installed(site)
    written = sbom.bill(lock, found)
    if str(to) == "-":
        sys.stdout.write(written)
        return 0
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(written, encoding="utf-8")
    packages = read_lock(lock)
    print(f"{to}: {sbom.summary(packages, licences.licences(packages, found))}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
