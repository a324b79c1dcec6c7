"""The one clock of the auditor's commands: what an edge reads once and hands on."""

from __future__ import annotations

from datetime import datetime

from vietnam.dates import TZ

__all__ = ["clock"]


def clock() -> datetime:
    """The moment now, aware, in Asia/Ho_Chi_Minh."""
    return datetime.now(TZ)
