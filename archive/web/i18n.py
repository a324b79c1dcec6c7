"""The page's own words in its two languages: `words/vi.json` and `words/en.json`, the same keys in both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

__all__ = ["DEFAULT", "LANGUAGES", "MessageCatalogue", "preferred"]

LANGUAGES = ("vi", "en")
DEFAULT = "vi"
_FOLDER = Path(__file__).with_name("words")
_MOST = 16  # languages of a header that are looked at


class MessageCatalogue:
    """One language's words by key."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts = _load(language)

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key with its values; for `n=1` those of `key.one` where the language has them.

        Raises KeyError for a key that is not there: a test asks for each.
        """
        if values.get("n") == 1 and f"{key}.one" in self.texts:
            key = f"{key}.one"
        return self.texts[key].format(**values)

    def of(self, kind: str, value: str) -> str:
        """The word for one value of a closed vocabulary; a value that a later program wrote stands as it is."""
        return self.texts.get(f"{kind}.{value}") or value.replace("_", " ")


@cache
def _load(language: str) -> Mapping[str, str]:
    raw = cast("dict[str, str]", json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8")))
    return MappingProxyType(raw)


def preferred(header: str) -> str:
    """The page's language that an `Accept-Language` header likes best (RFC 9110, 12.5.4); Vietnamese when it likes none."""
    best, liked = DEFAULT, 0.0
    for part in header.split(",")[:_MOST]:
        tag, _, weight = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and quality > liked:
            best, liked = language, quality
    return best
