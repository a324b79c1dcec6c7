"""Load the patterns of `residue.toml`: text of a widget, its kind and the weight of a whole line of it.

There are hundreds, and most commands clean nothing: each is compiled at its first use.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, cached_property
from pathlib import Path

from vietnam.letters import fold

_NUMBER = r"(?:\d[\d., ]*(?: ?(?:lượt|lần|người|khách|nghìn|ngàn|triệu|k|m)(?!\w))?)"
_WILD = re.compile(r"\.\{|\]\{")


class Strength(IntEnum):
    """Weight of a whole line as evidence (`residue.toml` explains each)."""

    NEAR = 0
    ALONE = 1
    EDGE = 2
    SURE = 3


@dataclass(frozen=True)
class ResidueForm:
    """One pattern: kind of widget, strength of a line of this form, and the form as written."""

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
    """Prepare a pattern for folded lines: put in its words, `#` as a number, letters in the folded tone style."""
    for name, word in words.items():
        written = written.replace(f"<{name}>", word)
    return fold(re.sub(r"(?<!\\)#", lambda _: _NUMBER, written))


def _load(path: Path) -> tuple[dict[str, list[ResidueForm]], tuple[str, ...]]:
    """Return the forms by the name of their strength, and the section labels."""
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
    """Return the form as one of several in a line: it ends where a word ends."""
    return ResidueForm(form.kind, form.strength, rf"(?:{form.written})(?!\w)")


_BY_NAME, SECTION_LABELS = _load(Path(__file__).with_name("residue.toml"))
PROPER = tuple(_BY_NAME["proper"] + _BY_NAME["alone"])
# For lines in capitals throughout, which hide what is a name.
LOUD = tuple(replace(form, flags=re.IGNORECASE) for form in PROPER)
FORMS = tuple(_BY_NAME["button"] + _BY_NAME["sure"] + _BY_NAME["edge"] + _BY_NAME["near"])
BUTTONS = tuple(_in_company(form) for form in _BY_NAME["button"])
# What may stand beside buttons in their line; open-ended forms would swallow a sentence.
COMPANIONS = tuple(_in_company(form) for form in _BY_NAME["edge"] + _BY_NAME["near"] if not _WILD.search(form.written))


IN_COMPANY = BUTTONS + COMPANIONS
_GROUP = 16  # forms that one pattern leaves out at once


@cache
def in_groups(forms: tuple[ResidueForm, ...]) -> tuple[tuple[re.Pattern[str], tuple[ResidueForm, ...]], ...]:
    """Return the forms in groups, in order, each with a pattern that matches where one of them does."""
    groups = (forms[start : start + _GROUP] for start in range(0, len(forms), _GROUP))
    return tuple((re.compile("|".join(f"(?:{form.written})" for form in group)), group) for group in groups)


# Nearly all lines are text: one pattern of all decides at once.
@cache
def any_form() -> re.Pattern[str]:
    """Return all of FORMS as one pattern."""
    return re.compile("|".join(f"(?:{form.written})" for form in FORMS))


@cache
def any_token() -> re.Pattern[str]:
    """Return all of IN_COMPANY as one pattern."""
    return re.compile("|".join(f"(?:{form.written})" for form in IN_COMPANY))
