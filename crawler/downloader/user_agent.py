"""The name under which a portal sees us: product, version, who runs it, and where the rules it keeps are written."""

from __future__ import annotations

__all__ = ["PRODUCT", "VERSION", "user_agent"]

PRODUCT = "luu-tru"
VERSION = "0.1"


def user_agent(contact: str, policy: str = "") -> str:
    """`luu-tru/0.1 (+https://archive.example/politeness; archive@example.vn)` (RFC 9110, 10.1.5).

    `contact` is an address to write to, `policy` a web address. Characters that no header may carry are left out.
    """
    told = f"+{policy}; {contact}" if policy else f"+{contact}" if contact else ""
    told = "".join(letter for letter in told if letter.isascii() and letter.isprintable() and letter not in "()\\")
    return f"{PRODUCT}/{VERSION} ({told})" if told else f"{PRODUCT}/{VERSION}"
