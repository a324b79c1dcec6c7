"""What a family's pages cannot hide: the marks by which `scrapy probe` recognises the product behind a portal.

A family declares `marks = (Mark(MarkKind.ADDRESS, r"/-/asset_publisher/", 4), …)`. Only what its docstring calls seen
may weigh more than 1: a mark that nobody has met is worth a hint, never a verdict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Mark", "MarkKind"]


class MarkKind(StrEnum):
    """Where a mark is looked for."""

    ADDRESS = "address"  # pattern: a regular expression in any address the page names (links, pictures, scripts, forms)
    SELECTOR = "selector"  # pattern: a CSS selector that matches
    GENERATOR = "generator"  # pattern: a regular expression in meta[name=generator]
    SCRIPT = "script"  # pattern: a regular expression in the text of a script of the page
    TITLE = "title"  # pattern: a regular expression in the text of the title element
    HEADER = "header"  # pattern: a regular expression in a line `name: value` of the response's headers
    COOKIE = "cookie"  # pattern: a regular expression that is the whole name of a cookie the response sets


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. `weight`: 1 a hint that others share, 2 usual for the family, 4 hardly met elsewhere."""

    kind: MarkKind
    pattern: str
    weight: int = 2

    def __post_init__(self) -> None:
        if self.weight not in (1, 2, 4):
            raise ValueError(f"a mark weighs 1, 2 or 4, found {self.weight}")
        if self.kind is not MarkKind.SELECTOR:
            re.compile(self.pattern)
