"""The messages of one language by key: `vi.json` and `en.json`, the same keys in both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

LANGUAGES = ("vi", "en")
DEFAULT = "vi"


class MessageCatalogue:
    """One language's messages by key."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts = _load(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the message of a key with its values. Raises KeyError for an unknown key."""
        return self.template(key, values).format(**values)

    def template(self, key: str, values: Mapping[str, object]) -> str:
        """Return the message of a key; for `n` = 1 that of `key.one` where the language has one. Raises KeyError."""
        return self.texts[f"{key}.one" if values.get("n") == 1 and f"{key}.one" in self.texts else key]

    def of(self, kind: str, value: str) -> str:
        """Return the word for one value of a closed vocabulary; a value that a later program wrote stands as it is."""
        return self.texts.get(f"{kind}.{value}") or value.replace("_", " ")


@cache
def catalogue(language: str) -> MessageCatalogue:
    """Return the messages of a language."""
    return MessageCatalogue(language)


@cache
def _load(language: str) -> Mapping[str, str]:
    path = Path(__file__).with_name(f"{language}.json")
    return MappingProxyType(cast("dict[str, str]", json.loads(path.read_text(encoding="utf-8"))))
