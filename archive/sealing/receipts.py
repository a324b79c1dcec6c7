"""Date a seal by a receipt of OpenTimestamps: calendars put its head, among many others, into a block of Bitcoin.

`manifest-1.ots` beside the manifest is a detached timestamp file whose digest is the head, so that other programs read it:
`ots verify -d HEAD manifest-1.ots`. A calendar answers with a promise at once, and some hours later with the steps to the
block. No signature and no authority stands behind a receipt, only the chain of blocks; which block header is the true one
this program cannot know, so an auditor names it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import ArchiveError, UsageError
from archive.messages.reason import Reason
from archive.sealing.answers import NoAnswer, ask
from archive.sealing.opentimestamps import (
    LARGEST,
    Attestation,
    BlockHeader,
    Branch,
    Receipt,
    extended,
    merged,
    read_block_header,
    read_branch,
    read_receipt,
)
from archive.storage.fsync import disk_errors, write_durably
from archive.storage.manifest import Seal, manifest_path
from archive.storage.paths import Paths
from archive.storage.stored_file import read_stored

_HEADERS = {"Accept": "application/vnd.opentimestamps.v1", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """Result of a receipt: the first block that dates it, with its height, where the header was named.

    `unnamed` are the heights of blocks whose header was not named, `pending` the calendars that have only promised one.
    """

    block: tuple[int, BlockHeader] | None
    unnamed: tuple[int, ...]
    pending: tuple[str, ...]


def check_receipt(data: bytes, head: str, blocks: Mapping[int, BlockHeader]) -> ReceiptCheck:
    """Compare a receipt with a head (hex), and its blocks with the headers that an auditor names, by height.

    Raises ValueError with a reason.
    """
    try:
        receipt = read_receipt(data)
    except ValueError as error:
        raise ValueError(Reason.of("receipt_unreadable", error=str(error))) from None
    if receipt.digest.hex() != head:
        raise ValueError(Reason.of("timestamp_other_head"))
    attested = receipt.attested()
    found = sorted({(each.height, message) for message, each in attested if each.height is not None})
    for height, message in found:
        if height in blocks and blocks[height].root != message:
            raise ValueError(Reason.of("receipt_other_block", height=height, block=blocks[height].name))
    named = [(height, blocks[height]) for height, _ in found if height in blocks]
    unnamed = tuple(height for height, _ in found if height not in blocks)
    promised = () if found else tuple(sorted({each.calendar for _, each in attested if each.calendar is not None}))
    return ReceiptCheck(min(named, key=lambda each: each[1].at, default=None), unnamed, promised)


def read_blocks(path: Path) -> dict[int, BlockHeader]:
    """Read a file with the height of a block and its header in hex on each line, by height. Raises UsageError."""
    blocks: dict[int, BlockHeader] = {}
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                height, header = line.split()
                blocks[int(height)] = read_block_header(bytes.fromhex(header))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} has not a height and a block header in hex on each line: {error}") from None
    return blocks


def receipt_path(paths: Paths, seal: Seal) -> Path:
    """Return the path of a seal's receipt."""
    return manifest_path(paths, seal.night, seal.number).with_suffix(".ots")


def kept_receipt(path: Path) -> Receipt | None:
    """Return the receipt in a file, None where there is none. Raises UsageError for a damaged one."""
    try:
        return read_receipt(read_stored(path, LARGEST))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path} is no receipt ({why}): move it away, and ask again") from None


def keep_receipt(paths: Paths, seal: Seal, receipt: Receipt) -> Receipt:
    """Write a receipt beside its seal, with what an earlier one has; returns what is kept.

    Raises ArchiveError when it is not of this seal's head.
    """
    path = receipt_path(paths, seal)
    if receipt.digest.hex() != seal.head:
        raise ArchiveError(
            f"this is no receipt of the seal of {seal.night} number {seal.number}: it is of another head"
        )
    earlier = kept_receipt(path)
    if earlier is not None and earlier.digest != receipt.digest:
        raise UsageError(f"{path} is of another head: move it away, and ask again")
    both = replace(receipt, branch=merged(earlier.branch if earlier else Branch(), receipt.branch))
    if both != earlier:
        with disk_errors(f"cannot write {path}"):
            write_durably(path, both.to_bytes())
    return both


def ask_calendars(urls: Iterable[str], head: str) -> tuple[Receipt | None, list[str]]:
    """Ask calendars to attest a head (hex): the receipt, None when none of them answered, and what went wrong."""
    digest, branch, troubles = bytes.fromhex(head), Branch(), list[str]()
    for url in urls:
        try:
            branch = merged(branch, _answer(f"{url.rstrip('/')}/digest", digest, digest))
        except NoAnswer as error:
            troubles.append(str(error))
    return (Receipt(digest, branch) if branch != Branch() else None), troubles


def complete(receipt: Receipt, urls: Collection[str], silent: dict[str, str]) -> Receipt:
    """Ask the calendars that have only promised a block for the steps to it; returns the receipt with what they have.

    Only calendars of the domain of one of `urls` are asked: a file in the archive decides about no request elsewhere.
    `silent` has what went wrong by calendar, and none of these is asked again.
    """
    if receipt.blocks:
        return receipt
    domains = {_domain(url) for url in urls}

    def steps(message: bytes, attestation: Attestation) -> Branch:
        url = attestation.calendar
        if url is None or url in silent:
            return Branch()
        if _domain(url) not in domains:
            silent[url] = f"{url} is of no calendar that was named: name it with --calendar"
            return Branch()
        try:
            return _answer(f"{url.rstrip('/')}/timestamp/{message.hex()}", None, message)
        except NoAnswer as error:
            if error.status != HTTPStatus.NOT_FOUND:  # that is: it has reached no block yet
                silent[url] = str(error)
            return Branch()

    return replace(receipt, branch=extended(receipt.branch, receipt.digest, steps))


def _answer(url: str, body: bytes | None, message: bytes) -> Branch:
    data = ask("calendar", url, body, _HEADERS, LARGEST)
    try:
        branch = read_branch(data)
        Receipt(message, branch).attested()
    except ValueError as error:
        raise NoAnswer(f"the calendar {url} answered with no timestamp: {error}") from None
    return branch


def _domain(url: str) -> str:
    """Return the last two labels of the host; the host and port where it is an address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    numeric = host.replace(".", "").isdigit() or ":" in host
    return parts.netloc if numeric else ".".join(host.split(".")[-2:])
