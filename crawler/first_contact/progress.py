"""Show how far an evening is, with the time that is left: a line on stderr for each host that has ended."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from crawler.first_contact.folder import HostContact


class EveningProgress:
    """Count the hosts that have ended. `done` were finished before this start, `of` is the number of all hosts."""

    def __init__(self, done: int, of: int, stream: TextIO | None = None) -> None:
        self._before, self._of, self._ended = done, of, 0
        self._stream, self._began = stream or sys.stderr, time.monotonic()

    def ended(self, result: HostContact) -> None:
        """Print a line for a host that has ended."""
        self._ended += 1
        at = self._before + self._ended
        state = "error" if result.error else result.home.state.value
        parts = [f"[{at}/{self._of}] {result.host}: {state}"]
        if result.check is not None:
            parts.append("check passed" if result.check.passed else "check failed")
        if result.probe is not None:
            parts.append(result.probe.family or "no spider")
        if result.differences:
            parts.append(f"{len(result.differences)} differences")
        left = self.seconds_left(time.monotonic() - self._began)
        parts.append(f"about {time_in_words(left)} left" if left else "all asked")
        self._stream.write(", ".join(parts) + "\n")
        self._stream.flush()

    def seconds_left(self, elapsed: float) -> float:
        """Return the seconds that the other hosts take at the pace so far."""
        return elapsed / self._ended * (self._of - self._before - self._ended) if self._ended else 0.0


def time_in_words(seconds: float) -> str:
    """Return a duration as a person says it: `40 s`, `12 min`, `1 h 5 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
