"""The open questions of a probe, put to a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from archive.errors import UsageError
from crawler.probe.portal import Portal

__all__ = ["ask"]


def ask(portal: Portal, undecided: Sequence[str], answer: Callable[[str], str] = input) -> Portal:
    """The portal as the person wants it. Raises UsageError when nothing of it is left or wanted."""
    title = answer(f"title [{portal.title}]: ").strip() or portal.title
    kept = []
    for section in portal.sections:
        said = answer(f"section {section.title} ({section.path})? [Y/n]: ").strip().lower()
        if said not in ("n", "no", "k", "không"):
            kept.append(section)
    for line in undecided:
        sys.stdout.write(f"open: {line}\n")
        if answer("write the spider all the same? [y/N]: ").strip().lower() not in ("y", "yes", "c", "có"):
            raise UsageError(f"not written: {line}")
    if not kept:
        raise UsageError("not written: a portal needs at least one section")
    return replace(portal, title=title, sections=tuple(kept))
