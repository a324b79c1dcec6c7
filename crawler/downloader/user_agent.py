"""Compose the User-Agent: product, version, operator, and where the rules it keeps are written."""

from __future__ import annotations

PRODUCT = "luu-tru"
VERSION = "0.1"


def user_agent(contact: str, policy: str = "") -> str:
    """Return `luu-tru/0.1 (+https://archive.example/politeness; archive@example.vn)` (RFC 9110, 10.1.5).

    `contact` is an address to write to, `policy` a web address. Characters that no header may carry are left out.
    """
    comment = f"+{policy}; {contact}" if policy else f"+{contact}" if contact else ""
    comment = "".join(
        letter for letter in comment if letter.isascii() and letter.isprintable() and letter not in "()\\"
    )
    return f"{PRODUCT}/{VERSION} ({comment})" if comment else f"{PRODUCT}/{VERSION}"
