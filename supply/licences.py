"""Find the licence of each locked package, and hold it to those that this program may be distributed beside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import Distribution, PackageMetadata

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from supply.lock import LockedPackage

ALLOWED = {
    "Apache-2.0": "the program's own",
    "MIT": "asks for its notice",
    "MIT-0": "asks for nothing",
    "ISC": "asks for its notice",
    "BSD-2-Clause": "asks for its notice",
    "BSD-3-Clause": "asks for its notice",
    "PSF-2.0": "asks for its notice",
    "CNRI-Python": "asks for its notice",
    "ZPL-2.1": "asks for its notice",
    "MPL-1.1": "its own files stay under it; they are used as they are",
    "MPL-2.0": "its own files stay under it; they are used as they are",
    "LGPL-3.0-only": "a library that may be exchanged: installed beside the program, not part of it",
}
"""SPDX names, each with what it asks of a program that installs the package unchanged."""

_SPELLINGS = {
    "apache 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the bsd 2-clause license": "BSD-2-Clause",
}
"""Names that packages use beside those of SPDX, in small letters."""

READ = {
    "jinja2": "BSD-3-Clause",
    "pydispatcher": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
}
"""Licences read in the packages' own files: their metadata only say BSD, of which there are several."""


def licence_of(name: str, metadata: PackageMetadata) -> str | None:
    """Return the SPDX expression of a package's licence; None where its metadata name none that is known."""
    expression, words = ((metadata.get_all(field) or [""])[0] for field in ("License-Expression", "License"))
    said = [expression, READ.get(name, ""), words]
    kinds = [kind.rpartition(" :: ")[2] for kind in metadata.get_all("Classifier") or () if kind.startswith("License")]
    for each in (*said, *([kinds[0]] if len(kinds) == 1 else [])):
        try:
            return str(canonicalize_license_expression(_SPELLINGS.get(each.strip().lower(), each.strip())))
        except InvalidLicenseExpression:
            continue
    return None


def licences(packages: Sequence[LockedPackage], found: Mapping[str, Distribution]) -> dict[str, str | None]:
    """Return the licence of each package by its name; None for one that is unknown or not installed."""
    return {one.name: licence_of(one.name, found[one.name].metadata) if one.name in found else None for one in packages}


def is_allowed(licence: str | None) -> bool:
    """Return whether a licence, or one of those to choose from, is allowed; all of those that hold together have to be."""
    if licence is None:
        return False
    if not re.search(r" (?:AND|OR) |[()]", licence):
        return licence in ALLOWED
    words = re.sub(r"[^\s()]+", lambda word: {"AND": "and", "OR": "or"}.get(word[0], str(word[0] in ALLOWED)), licence)
    return _holds(words.replace("(", " ( ").replace(")", " ) ").split())


def _holds(words: list[str]) -> bool:
    """Evaluate a list of True, False, `and`, `or` and parentheses; `and` binds closer (SPDX 2.3, annex D.4.5)."""

    def either() -> bool:
        found = both()
        while words and words[0] == "or":
            words.pop(0)
            found = both() or found
        return found

    def both() -> bool:
        found = single()
        while words and words[0] == "and":
            words.pop(0)
            found = single() and found
        return found

    def single() -> bool:
        word = words.pop(0)
        if word != "(":
            return word == "True"
        found = either()
        words.pop(0)
        return found

    return either()


def table(packages: Sequence[LockedPackage], found: Mapping[str, str | None]) -> str:
    """Return docs/reference/licences.md."""
    lines = [
        "# Licences",
        "",
        "    make licences",
        "",
        "writes this page from the metadata of the packages that `requirements.lock` names. `tests/repo/test_licences.py` holds it to",
        "them, and each licence to the list below: a package under another one, or under one that nobody can read from it, fails the",
        "tests. Of several licences to choose from one is enough; of those that hold together all have to be on the list.",
        "",
        "| licence | what it asks |",
        "|---|---|",
        *(f"| {name} | {asks} |" for name, asks in sorted(ALLOWED.items())),
        "",
        "| package | version | licence |",
        "|---|---|---|",
        *(f"| {one.name} | {one.version} | {found[one.name] or 'unknown'} |" for one in packages),
    ]
    return "\n".join(lines) + "\n"
