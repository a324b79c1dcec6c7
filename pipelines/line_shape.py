"""Compute the shape of a line: the part that stays the same when a portal prints it again with other numbers."""

from __future__ import annotations

import re

from vietnam.letters import clean_letters, fold, fold_spaces

_NUMBER = re.compile(r"\d+(?:[.,:/ ]?\d+)*")
_AROUND = re.compile(r"^[^\w#]+|[^\w#]+$")


def shape_of(line: str) -> str:
    """Fold the line (case, Unicode form, tone style, blanks), replace each number by `#`, strip the signs around.

    A shape is its own shape, so a written shape can be compared with a line: `Lượt đọc: 1.204` and `lượt đọc: #`.
    """
    return _AROUND.sub("", _NUMBER.sub("#", fold(fold_spaces(clean_letters(line)))))
