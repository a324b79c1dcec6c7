"""What has still to be told: one file beside the reports, so that a message outlives the process that wanted to send it.

`told.json` maps a key (`digest 2026-11-22`, `silence …`, `error …`, `heartbeat …`) to the message, to whom it has not gone yet,
and how often that was tried. A key is told once; what could not be sent is tried again at later bells, five times in all.
Addresses are secrets: only the beginning of their SHA-256 stands here.
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

__all__ = ["PAUSES", "Message", "Outbox", "fingerprint"]

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240))
"""How long after each failed try the next one comes; after the last there is none."""
_KEPT = 120


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell. `channel` is `alert` or `heartbeat`; `good` is what the heartbeat says; `pending` fingerprints."""

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
        """Whether it was tried as often as it may be."""
        return bool(self.pending) and self.tries > len(PAUSES)

    def due(self, now: datetime) -> bool:
        """Whether it should be tried at this moment."""
        waiting = self.again and now < datetime.fromisoformat(self.again)
        return bool(self.pending) and not self.given_up and not waiting

    def tried(self, now: datetime) -> Message:
        """The same with one more try, and the moment before which there is no other."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        return replace(self, tries=self.tries + 1, again=(now + pause).isoformat(timespec="seconds"))

    def left(self, errors: dict[str, str]) -> Message:
        """The same after a try: what failed, by fingerprint, is still pending."""
        return replace(self, pending=tuple(errors), error="; ".join(dict.fromkeys(errors.values())))


def fingerprint(address: str) -> str:
    """What stands for an address in the file."""
    return sha256(address.encode()).hexdigest()[:16]


class Outbox:
    """The messages of one folder. A disk that cannot be written makes it forget what this process does not remember."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "told.json"
        self._here: dict[str, Message] = {}

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Hold it against other processes while sending; False when another one is just sending."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            stream = self._path.with_name("told.lock").open("w")
        except OSError:
            yield True  # no disk, no lock: what must be told is told
            return
        with stream:
            yield try_lock(stream)

    def all(self) -> list[Message]:
        """Every message, oldest first."""
        try:
            said = json.loads(self._path.read_bytes())
            read = {str(item["key"]): Message(**{**item, "pending": tuple(item["pending"])}) for item in said}
        except (OSError, ValueError, KeyError, TypeError):
            read = {}
        return list({**read, **self._here}.values())

    def get(self, key: str) -> Message | None:
        """The message of this key."""
        return next((message for message in self.all() if message.key == key), None)

    def put(self, message: Message) -> None:
        """Keep a message, in memory where the disk refuses it."""
        # Noted before it is sent: a crash between the two may send it twice, never for ever and never not at all.
        self._here.pop(message.key, None)
        others = [other for other in self.all() if other.key != message.key]
        kept = [*others, message][-_KEPT:]
        try:
            data = json.dumps([asdict(item) for item in kept], ensure_ascii=False, indent=1) + "\n"
            write_durably(self._path, data.encode())
        except OSError:
            self._here[message.key] = message
