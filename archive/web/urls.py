"""Build the addresses of the page's parts, in one language; the language is the first step of each path."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote, urlencode

from archive.index.rows import EventRow
from archive.web.formatting import path_part


def with_query(path: str, **values: object) -> str:
    """Return a path with those values that are not empty."""
    present = {name: str(value) for name, value in values.items() if value not in (None, "", ())}
    return f"{path}?{urlencode(present)}" if present else path


class Links:
    """Addresses seen from a page in this language."""

    def __init__(self, language: str) -> None:
        self._base = f"/{language}"

    def home(self, year: int | None = None) -> str:
        return with_query(f"{self._base}/", year=year)

    def night(self, night: date | str, **values: object) -> str:
        return with_query(f"{self._base}/nights/{night}", **values)

    def month(self, month: date) -> str:
        return f"{self._base}/coverage/{month:%Y-%m}"

    def portal(self, portal: str, **values: object) -> str:
        return with_query(f"{self._base}/portals/{quote(portal, safe='')}", **values)

    def article(self, portal: str, key: str, **values: object) -> str:
        return with_query(f"{self._base}/articles/{quote(portal, safe='')}/{path_part(key)}", **values)

    def version(self, found: EventRow) -> str:
        """Return the address of the article as one event left it."""
        return self.article(found.portal, found.key, at=f"{found.night}/{found.run}/{found.seq}")

    def changes(self, old: str, new: str) -> str:
        return with_query(f"{self._base}/changes", old=old, new=new)

    def text(self, found: EventRow) -> str:
        return f"{self._base}/texts/{found.night}/{found.run}/{found.seq}.txt"

    def proof(self, found: EventRow, **values: object) -> str:
        return with_query(f"{self._base}/proofs/{found.night}/{found.run}/{found.seq}.json", **values)

    def capture(self, found: EventRow) -> str:
        return f"{self._base}/captures/{found.night}/{found.run}/{found.seq}"

    def body(self, found: EventRow) -> str:
        return f"{self.capture(found)}.txt"

    def search(self, **values: object) -> str:
        return with_query(f"{self._base}/search", **values)

    def documents(self, **values: object) -> str:
        return with_query(f"{self._base}/documents", **values)

    def doubtful(self, **values: object) -> str:
        return with_query(f"{self._base}/doubtful", **values)

    def integrity(self, **values: object) -> str:
        return with_query(f"{self._base}/integrity", **values)
