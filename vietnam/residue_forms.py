"""The patterns of `residue.toml`: what a widget prints, its kind and how much a whole line alone proves.

There are hundreds, and most commands clean nothing: each is compiled when a line is first held against it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, cached_property
from pathlib import Path

from vietnam.letters import fold

__all__ = [
    "BUTTONS",
    "COMPANIONS",
    "FORMS",
    "LOUD",
    "PROPER",
    "SECTION_LABELS",
    "ResidueForm",
    "Strength",
    "any_form",
    "any_token",
]

_NUMBER = r"(?:\d[\d., ]*(?: ?(?:lượt|lần|người|khách|nghìn|ngàn|triệu|k|m)(?!\w))?)"
_WILD = re.compile(r"\.\{|\]\{")


class Strength(IntEnum):
    """How much a whole line alone proves (`residue.toml` says it in words)."""

    NEAR = 0
    ALONE = 1
    EDGE = 2
    SURE = 3


@dataclass(frozen=True)
class ResidueForm:
    """One pattern: the kind of widget, what a line of this form proves, and the form itself as it is written."""

    kind: str
    strength: Strength
    written: str
    flags: re.RegexFlag = re.NOFLAG

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The form compiled."""
        return re.compile(self.written, self.flags)


_STRENGTHS = {
    "near": Strength.NEAR,
    "alone": Strength.ALONE,
    "edge": Strength.EDGE,
    "sure": Strength.SURE,
    "button": Strength.SURE,
    "proper": Strength.SURE,
}


def _folded(written: str, words: dict[str, str]) -> str:
    """A pattern that meets folded lines: its words put in, `#` a number, its letters in the folded tone style."""
    for name, word in words.items():
        written = written.replace(f"<{name}>", word)
    return fold(re.sub(r"(?<!\\)#", lambda _: _NUMBER, written))


def _load(path: Path) -> tuple[dict[str, list[ResidueForm]], tuple[str, ...]]:
    """The forms by the name of their strength, and the section labels."""
    tables = tomllib.loads(path.read_text("utf-8"))
    labels, words = tables.pop("section_labels"), tables.pop("words")
    forms: dict[str, list[ResidueForm]] = {name: [] for name in _STRENGTHS}
    for kind, by_strength in tables.items():
        for name, patterns in by_strength.items():
            for written in patterns:
                cased = name in ("alone", "proper")
                pattern = written if cased else _folded(written, words)
                forms[name].append(ResidueForm(kind, _STRENGTHS[name], pattern))
    return forms, tuple(labels)


def _in_company(form: ResidueForm) -> ResidueForm:
    """The form as one of several in a line: it ends where a word ends."""
    return ResidueForm(form.kind, form.strength, rf"(?:{form.written})(?!\w)")


_BY_NAME, SECTION_LABELS = _load(Path(__file__).with_name("residue.toml"))
PROPER = tuple(_BY_NAME["proper"] + _BY_NAME["alone"])
# For lines in capitals throughout, which hide what is a name.
LOUD = tuple(replace(form, flags=re.IGNORECASE) for form in PROPER)
FORMS = tuple(_BY_NAME["button"] + _BY_NAME["sure"] + _BY_NAME["edge"] + _BY_NAME["near"])
BUTTONS = tuple(_in_company(form) for form in _BY_NAME["button"])
# What may stand beside buttons in their line; open-ended forms would swallow a sentence.
COMPANIONS = tuple(_in_company(form) for form in _BY_NAME["edge"] + _BY_NAME["near"] if not _WILD.search(form.written))


# Nearly all lines are text: one pattern of all says so at once.
@cache
def any_form() -> re.Pattern[str]:
    """All of FORMS in one."""
    return re.compile("|".join(f"(?:{form.written})" for form in FORMS))


@cache
def any_token() -> re.Pattern[str]:
    """All of BUTTONS and COMPANIONS in one."""
    return re.compile("|".join(f"(?:{form.written})" for form in BUTTONS + COMPANIONS))
