"""Show text from outside safely on one terminal."""

from __future__ import annotations

_NAMED = {"\r": "\\r", "\n": "\\n", "\t": " "}


def printable(text: str) -> str:
    """Return the text on one line; control characters, bidi overrides included, are shown as escapes instead of obeyed.

    A line end in a name or a reason would begin a line of its own: one that looks like the program's.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    return char if char.isprintable() else _NAMED.get(char) or f"\\u{ord(char):04x}"


def printable_lines(text: str) -> str:
    """Return a text of several lines, each of them `printable`."""
    return "\n".join(map(printable, text.split("\n")))
