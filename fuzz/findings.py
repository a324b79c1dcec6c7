"""Keep one small input for each way in which a target fails, and the slowest input; shrink them."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from fuzz.targets import BrokenPromise, Target

_VALUES = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|[0-9a-f]{8,}|\d+")  # what differs from input to input
_ROOT = Path(__file__).parents[1]


def failure(error: Exception) -> str:
    """Return the place and kind of an error: the same for every input that fails in the same way."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(_ROOT)) and "/.venv" not in frame.filename
    ]
    last = frames[-1] if frames else None
    at = f"{Path(last.filename).relative_to(_ROOT)}:{last.lineno}" if last else "?"
    words = _VALUES.sub("…", str(error))[:160] if isinstance(error, BrokenPromise) else ""
    return f"{type(error).__name__} at {at} {words}".strip()


@dataclass(slots=True)
class Findings:
    """Keep the findings of a folder: `found/NAME` is the smallest input of a failure, `found/NAME.txt` says what it is."""

    folder: Path
    sizes: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0

    def add(self, data: bytes, error: Exception) -> None:
        """Keep an input that fails, if no smaller one fails in the same way."""
        self._keep(data, failure(error), "".join(traceback.format_exception(error)))

    def note_time(self, data: bytes, seconds: float, slow: float) -> None:
        """Keep an input that takes long, and how long the slowest took."""
        if seconds > self.slowest * 1.2:
            self.slowest = seconds
            (self.folder / "slowest.json").write_text(json.dumps({"seconds": seconds, "bytes": len(data)}))
            (self.folder / "slowest").write_bytes(data)
        if seconds > slow:
            self._keep(data, "slow", f"{seconds:.1f} s of processor time for {len(data)} bytes\n")

    def _keep(self, data: bytes, name: str, words: str) -> None:
        if len(data) >= self.sizes.get(name, len(data) + 1):
            return
        self.sizes[name] = len(data)
        found = self.folder / "found"
        found.mkdir(exist_ok=True)
        path = found / sha256(name.encode()).hexdigest()[:12]
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(f"{name}\n\n{words}", encoding="utf-8", errors="backslashreplace")


def shrink(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Return a part of an input that still fails: pieces are left out, halves first, single bytes last."""
    size = max(1, len(data) // 2)
    while True:
        at, smaller = 0, False
        while at < len(data):
            rest = data[:at] + data[at + size :]
            if fails(rest):
                data, smaller = rest, True
            else:
                at += size
        if size == 1 and not smaller:
            return data
        size = size if smaller and size == 1 else max(1, size // 2)


def fails_as(target: Target, name: str) -> Callable[[bytes], bool]:
    """Return the predicate of inputs on which a target fails in this way."""

    def fails(data: bytes) -> bool:
        try:
            target(data)
        except Exception as error:  # of whatever kind
            return failure(error) == name
        return False

    return fails
