"""Refuse what killed its reader twice: it is not read again before its bytes or the rules change.

Other bytes are read at once, unless two bodies of their address killed their readers before: a page that kills in every
night with other bytes, as one with a token does, is read after a pause that doubles with each such body, to a month.

Before a body is read, `open/reading/<portal>.now` names it by its digest; a mark that is left when a crawl starts names what
was read when the crawl before was killed. `open/reading/<portal>.json` counts the deaths by body and by address.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import msgspec

from archive.errors import ArchiveError
from archive.messages.reason import Reason
from archive.storage.fsync import write_durably
from archive.storage.stored_file import read_stored
from pipelines.article import Layout
from pipelines.rules_version import rules_version
from pipelines.sandbox.child_process import encode
from pipelines.sandbox.reader_process import ReadRequest

NOT_READ_AGAIN = "not read again"
"""The beginning of the detail of a line whose body is refused."""
_MOST = 2  # deaths of readers after which a body is not read again
_MOST_BYTES = 1 << 20  # of the file with the deaths
_MOST_NAMED = 1000  # bodies and addresses that are remembered: of a hostile portal the newest
_LONGEST_PAUSE = 32  # nights between two readings of an address whose bodies kill
_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = ("crawler/families", "crawler/listings", "crawler/sandbox", "crawler/spiders")


@dataclass(slots=True)
class ReaderDeaths:
    """Count the deaths of the process that read a body: `url` is its address, `since` the night of the first one."""

    url: str
    since: date
    count: int = 0


@dataclass(slots=True)
class DeadlyAddress:
    """Count the bodies of an address that killed their readers, the first `since` this night; `last` is that of the last death."""

    since: date
    last: date
    bodies: int = 0

    def read_from(self) -> date:
        """Return the night from which another body of the address is read."""
        pause = min(1 << min(self.bodies - 1, 8), _LONGEST_PAUSE) if self.bodies >= _MOST else 0
        return self.last + timedelta(days=pause)


@dataclass(slots=True)
class _Stored:
    rules: str
    deaths: dict[str, ReaderDeaths] = field(default_factory=dict)
    addresses: dict[str, DeadlyAddress] = field(default_factory=dict)


_Counted = TypeVar("_Counted", ReaderDeaths, DeadlyAddress)
_STORED = msgspec.json.Decoder(_Stored)


@dataclass(eq=False)
class DeathRegister:
    """Watch what one crawl's extraction process reads. `archive` is the archive's folder.

    `newly` are the addresses whose body is refused from tonight on, `changing` those that are read with pauses from tonight on.
    """

    archive: Path
    portal: str
    night: date
    layouts: Sequence[Layout]
    newly: list[str] = field(default_factory=list, init=False)
    changing: list[str] = field(default_factory=list, init=False)
    _deaths: dict[str, ReaderDeaths] = field(default_factory=dict, init=False)
    _addresses: dict[str, DeadlyAddress] = field(default_factory=dict, init=False)
    _mark: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        with suppress(OSError, msgspec.MsgspecError):
            stored = _STORED.decode(read_stored(self._file("json"), _MOST_BYTES))
            if stored.rules == self._rules():
                self._deaths, self._addresses = stored.deaths, stored.addresses
        with suppress(OSError, ValueError):
            digest, _, url = read_stored(self._file("now"), _MOST_BYTES).decode().partition(" ")
            self._file("now").unlink()  # counted once
            if url:
                self._count(digest, url)

    def refusal(self, request: ReadRequest) -> str | None:
        """Return why a body is not read, None for one that is."""
        if not self._deaths:
            return None
        known, address = self._deaths.get(_digest(request)), self._addresses.get(request.what)
        if known is not None and known.count >= _MOST:
            return f"{NOT_READ_AGAIN}: it killed its reader {known.count} times since {known.since}: {request.what}"
        if address is not None and self.night < address.read_from():
            kills = f"{address.bodies} bodies of this address killed their readers since {address.since}"
            return f"{NOT_READ_AGAIN} before {address.read_from()}: {kills}: {request.what}"
        return None

    def begin(self, request: ReadRequest) -> None:
        """Note on the disk that a body is being read. A disk that takes no note holds no reading up."""
        with suppress(OSError):
            if self._mark is None:
                self._file("now").parent.mkdir(exist_ok=True)
                self._mark = os.open(self._file("now"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
            line = f"{_digest(request)} {request.what}".encode("utf-8", "replace")
            os.pwrite(self._mark, line, 0)
            os.ftruncate(self._mark, len(line))

    def end(self) -> None:
        """Note that nothing is being read."""
        if self._mark is not None:
            with suppress(OSError):
                os.ftruncate(self._mark, 0)

    def killed(self, request: ReadRequest) -> None:
        """Count a death of the reader."""
        self._count(_digest(request), request.what)

    def close(self) -> None:
        """Leave no mark."""
        if self._mark is not None:
            os.close(self._mark)
            self._mark = None
            self._file("now").unlink(missing_ok=True)

    def reasons(self) -> tuple[Reason, ...]:
        """Return the reasons that name what is refused, or read with pauses, from tonight on."""
        told = []
        if self.newly:
            told.append(Reason.of("reader_killed", n=len(self.newly), url=self.newly[0]))
        if self.changing:
            told.append(Reason.of("reader_killed_changing", n=len(self.changing), url=self.changing[0]))
        return tuple(told)

    def _count(self, digest: str, url: str) -> None:
        known = self._deaths.setdefault(digest, ReaderDeaths(url, self.night))
        known.count += 1
        if known.count == _MOST:
            self.newly.append(url)
        address = self._addresses.setdefault(url, DeadlyAddress(self.night, self.night))
        address.last = self.night
        if known.count == 1:
            address.bodies += 1
            if address.bodies == _MOST:
                self.changing.append(url)
        with suppress(OSError, ArchiveError):
            self._file("json").parent.mkdir(exist_ok=True)
            stored = _Stored(self._rules(), _newest(self._deaths), _newest(self._addresses))
            write_durably(self._file("json"), encode(stored))

    def _file(self, kind: str) -> Path:
        return self.archive / "open" / "reading" / f"{self.portal}.{kind}"

    def _rules(self) -> str:
        """Return the digest of all that reads a page of the portal: asked only where a reader died."""
        found = blake2b(rules_version(self.layouts), digest_size=16)
        for path in sorted(path for name in _SOURCES for path in (_ROOT / name).rglob("*.py")):
            found.update(path.read_bytes())
        return found.hexdigest()


def _newest(counted: dict[str, _Counted]) -> dict[str, _Counted]:
    return dict(list(counted.items())[-_MOST_NAMED:])


def _digest(request: ReadRequest) -> str:
    return blake2b(request.body, digest_size=16).hexdigest()
