"""Messages to send, in one file beside the reports: a message outlives the process that made it.

`told.json` holds messages by key (`digest 2026-11-22`, `silence …`, `error …`, `heartbeat …`), with the recipients that are
pending and the number of tries. A key is sent once; a failed message is tried again at later ticks, five times in all.
Addresses are secrets: the file has only the beginning of their SHA-256.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from archive.storage.fsync import write_durably
from archive.storage.locks import try_lock

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240))
"""The time from each failed try to the next one; after the last there is none."""
_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Message:
    """A message. `channel` is `alert` or `heartbeat`, `good` selects the heartbeat address, `pending` are fingerprints."""

    key: str
    channel: str
    title: str
    body: str = ""
    good: bool = True
    pending: tuple[str, ...] = ()
    tries: int = 0
    again: str = ""
    error: str = ""

    @property
    def given_up(self) -> bool:
        """Return whether it failed as often as it may be tried."""
        return bool(self.pending) and self.tries > len(PAUSES)

    def due(self, now: datetime) -> bool:
        """Return whether it is to be sent at this moment."""
        waiting = self.again and now < datetime.fromisoformat(self.again)
        return bool(self.pending) and not self.given_up and not waiting

    def with_try(self, now: datetime) -> Message:
        """Return the message with one more try, and the moment before which there is no other."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        return replace(self, tries=self.tries + 1, again=(now + pause).isoformat(timespec="seconds"))

    def with_errors(self, errors: dict[str, str]) -> Message:
        """Return the message after a try: the recipients that failed, by fingerprint, are still pending."""
        return replace(self, pending=tuple(errors), error="; ".join(dict.fromkeys(errors.values())))


def fingerprint(address: str) -> str:
    """Return the text that stands for an address in the file."""
    return sha256(address.encode()).hexdigest()[:16]


class Outbox:
    """The messages of one folder. On a disk that cannot be written they live as long as this process."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "told.json"
        self._unwritten: dict[str, Message] = {}

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Lock the file against other processes while sending. Yield False when another one is sending."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            stream = self._path.with_name("told.lock").open("w")
        except OSError:
            yield True  # no disk, no lock: a message sent twice is better than none
            return
        with stream:
            yield try_lock(stream)

    def all(self) -> list[Message]:
        """Return every message, oldest first."""
        try:
            written = json.loads(self._path.read_bytes())
            read = {str(item["key"]): Message(**{**item, "pending": tuple(item["pending"])}) for item in written}
        except (OSError, ValueError, KeyError, TypeError):
            read = {}
        return list({**read, **self._unwritten}.values())

    def get(self, key: str) -> Message | None:
        """Return the message of this key."""
        return next((message for message in self.all() if message.key == key), None)

    def put(self, message: Message) -> None:
        """Store a message, in memory where the disk refuses it."""
        # Before it is sent: a crash between the two may send it twice, but never for ever and never not at all.
        self._unwritten.pop(message.key, None)
        others = [other for other in self.all() if other.key != message.key]
        kept = [*others, message][-_LIMIT:]
        try:
            data = json.dumps([asdict(item) for item in kept], ensure_ascii=False, indent=1) + "\n"
            write_durably(self._path, data.encode())
        except OSError:
            self._unwritten[message.key] = message
