"""The sections of a portal as its spider declares them: what each of them is called and where it stands is said once."""

from __future__ import annotations

from importlib import import_module

from replicas.records import ReplicaSection

__all__ = ["sections_of"]

_SHARE = 4


def sections_of(portal: str, codes: int = 0) -> tuple[ReplicaSection, ...]:
    """The sections of the spider `crawler.spiders.<portal>`; `codes` is the CMS's number of the first, counted up by three.

    The first two hold the portal's articles, the others show some of them too.
    """
    camel = "".join(part.capitalize() for part in portal.split("_"))
    declared = getattr(import_module(f"crawler.spiders.{portal}"), camel).sections
    return tuple(
        ReplicaSection(
            section.name,
            section.path,
            section.title,
            str(codes + 3 * number) if codes else "",
            0 if number < 2 else _SHARE,
        )
        for number, section in enumerate(declared)
    )
