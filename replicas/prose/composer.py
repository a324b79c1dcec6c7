"""Draw text from a stock of fragments; the same stock and seed give the same text."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast


@cache
def read_stock(corpus: str) -> dict[str, Any]:
    """Return the stock of a corpus, `<corpus>.toml` beside this module: lists of fragments by name."""
    return tomllib.loads(Path(__file__).with_name(f"{corpus}.toml").read_text("utf-8"))


class Composer:
    """Draw fragments of one corpus, and fill their slots. No text comes twice from `once`."""

    def __init__(self, corpus: str, seed: int | str | Random) -> None:
        self.rng = seed if isinstance(seed, Random) else Random(seed)
        self._stock = read_stock(corpus)
        self._used: set[str] = set()

    def fragments(self, name: str) -> list[str]:
        """Return all fragments of this name."""
        return cast("list[str]", self._stock[name])

    def pick(self, name: str) -> str:
        """Draw a fragment of this name."""
        return self.rng.choice(self.fragments(name))

    def person(self) -> str:
        """Compose the name of an invented person."""
        return f"{self.pick('family')} {self.pick('middle')} {self.pick('given')}"

    def slots(self) -> dict[str, object]:
        """Draw a value for every slot of a form."""
        return {}

    def once(self, form: str) -> str:
        """Fill a form, again until the text is a new one; a form without slots gets a number behind it."""
        while True:
            text = form.format(**self.slots())
            if text not in self._used:
                self._used.add(text)
                return text
            if "{" not in form:
                form += " lần {n}"


def upper_first(text: str) -> str:
    """Return the text with its first letter as a capital."""
    return text[:1].upper() + text[1:]
