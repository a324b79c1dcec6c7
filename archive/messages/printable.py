"""Show text from outside safely on one terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return the text with control characters, bidi overrides included, shown as escapes instead of obeyed."""
    return "".join(char if char.isprintable() or char in "\n\t" else f"\\u{ord(char):04x}" for char in text)
