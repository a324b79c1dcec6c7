"""A calendar of OpenTimestamps of our own on loopback, and the blocks of a chain of our own that it writes into."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from archive.sealing.opentimestamps import Branch, branch_bytes, in_block, pending
from testing.loopback import SilentHandler, served

_EASY = 0x207FFFFF  # the work of a block of a test network: every second hash has it
_APPEND, _PREPEND, _SHA256 = 0xF0, 0xF1, 0x08


def mined(root: bytes, moment: int) -> bytes:
    """Return the header of a block with a Merkle root, of a moment (seconds since 1970)."""
    for nonce in range(1 << 16):
        header = struct.pack("<I32s32sIII", 4, bytes(32), root, moment, _EASY, nonce)
        if sha256(sha256(header).digest()).digest()[31] < 0x7F:
            return header
    raise ValueError("no block has this root")


def followed(*steps: tuple[int, bytes], last: Branch) -> Branch:
    """Return the branch that leads by steps to another one."""
    for code, added in reversed(steps):
        last = Branch((), ((code, added, last),))
    return last


@dataclass(slots=True)
class Calendar:
    """A calendar: it promises to attest what it is sent, and does when `confirm` puts all of that into a block."""

    url: str = ""
    promised: list[bytes] = field(default_factory=list)
    confirmed: dict[bytes, Branch] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def promise(self, digest: bytes) -> Branch:
        """Return the answer to a digest: the commitment that is kept, and where to ask for it."""
        nonce = sha256(digest + b"nonce").digest()[:16]
        self.promised.append(sha256(digest + nonce).digest())
        return followed((_APPEND, nonce), (_SHA256, b""), last=Branch((pending(self.url),)))

    def confirm(self, height: int, moment: int) -> bytes:
        """Put every promised commitment into a block; returns its header."""
        steps: dict[bytes, list[tuple[int, bytes]]] = {commitment: [] for commitment in self.promised}
        level = [(commitment, [commitment]) for commitment in steps]
        while len(level) > 1:
            above = []
            for (left, below), (right, others) in zip(level[::2], level[1::2], strict=False):
                for commitment in below:
                    steps[commitment] += [(_APPEND, right), (_SHA256, b"")]
                for commitment in others:
                    steps[commitment] += [(_PREPEND, left), (_SHA256, b"")]
                above.append((sha256(left + right).digest(), below + others))
            level = above + level[len(above) * 2 :]
        output = bytes.fromhex("6a20")
        twice = [(_SHA256, b""), (_SHA256, b"")]
        for commitment, own in steps.items():
            last = Branch((in_block(height),))
            self.confirmed[commitment] = followed(*own, (_PREPEND, output), *twice, last=last)
        self.promised.clear()
        return mined(sha256(sha256(output + level[0][0]).digest()).digest(), moment)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Yield the calendar's address while the block runs."""
        calendar = self

        class Handler(SilentHandler):
            def do_POST(self) -> None:
                calendar.asked.append(self.path)
                digest = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer(calendar.promise(digest) if self.path == "/digest" and len(digest) == 32 else None)

            def do_GET(self) -> None:
                calendar.asked.append(self.path)
                commitment = bytes.fromhex(self.path.removeprefix("/timestamp/"))
                self._answer(calendar.confirmed.get(commitment))

            def _answer(self, branch: Branch | None) -> None:
                data = b"Pending confirmation in Bitcoin blockchain" if branch is None else branch_bytes(branch)
                self.send_response(404 if branch is None else 200)
                self.end_headers()
                self.wfile.write(data)

        with served(Handler) as self.url:
            yield self.url
