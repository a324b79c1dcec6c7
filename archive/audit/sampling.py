"""Select a part of the files, for an audit that takes turns: `7/30` is the seventh of thirty disjoint parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

from archive.errors import UsageError


@dataclass(frozen=True, slots=True)
class Subset:
    """Part `number` of `parts`, from 1. A file's part follows from its path, so that it never changes."""

    number: int = 1
    parts: int = 1

    @classmethod
    def parse(cls, text: str) -> Subset:
        """Read `7/30`. Raises UsageError."""
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(f"{text!r} is no part; write 7/30 for the seventh of thirty")
        return cls(int(match[1]), int(match[2]))

    def __contains__(self, path: str) -> bool:
        """Return whether the file at this path (from the archive's root) is of this part."""
        # By a hash of the path, so that turns need no memory of what was read before.
        return self.parts == 1 or crc32(path.encode("utf-8", "surrogateescape")) % self.parts == self.number - 1


WHOLE = Subset()
