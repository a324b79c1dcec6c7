"""Define the findings of an audit: one code per kind of damage. Codes are final; scripts and fixtures name them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from archive.messages.reason import Reason
from archive.storage.manifest import Previous


class Code(StrEnum):
    """Kind of damage. A row of docs/operations.md for each names the remedy."""

    MISSING = "MISSING"  # a sealed or recorded file is not there
    EXTRA = "EXTRA"  # a file stands in a sealed night that no manifest lists
    TWIN = "TWIN"  # two names of one folder differ only in case or in how Unicode composes them
    MISMATCH = "MISMATCH"  # a file's size or SHA-256 is not the sealed one
    SYMLINK = "SYMLINK"  # a symbolic link stands in the archive
    MANIFEST = "MANIFEST"  # a manifest cannot be read or is not in canonical form
    WRONG_NIGHT = "WRONG_NIGHT"  # a manifest stands in the folder of another night or number
    WRONG_ARCHIVE = "WRONG_ARCHIVE"  # a manifest belongs to another archive
    RELISTED = "RELISTED"  # a file, a run or a tombstone is listed that an earlier entry or seal lists
    ROOT = "ROOT"  # the Merkle root does not follow from the lines and files
    CHAIN = "CHAIN"  # the seal before is not there, or has another head
    FORK = "FORK"  # two seals name the same seal before, or two have none
    DOWNGRADED = "DOWNGRADED"  # a seal after one of format 2 is of format 1, whose proofs bind less
    BACKDATED = "BACKDATED"  # a live seal follows one of a later night: what it covers was not sealed in its own
    ROLLED_BACK = "ROLLED_BACK"  # a seal that was published is not there: the archive is an older copy
    RESEALED = "RESEALED"  # a seal that was published is there with another head: it was sealed again
    WRONG_KEY = "WRONG_KEY"  # a seal was signed by another key than the one named, or by none
    SIGNER = "SIGNER"  # a seal after a signed one is unsigned, or signed by another key without a recorded change
    SIGNATURE = "SIGNATURE"  # a signature is missing or does not fit the manifest
    UNSEALED_SIGNATURE = "UNSEALED_SIGNATURE"  # a signature without its manifest
    TIMESTAMP = (
        "TIMESTAMP"  # a timestamp is not of its seal's head, no authority vouches for it, or its seal is not there
    )
    RECEIPT = "RECEIPT"  # a receipt of OpenTimestamps is not of its seal's head, or not in the block that was named
    LINE = "LINE"  # a line of articles.jsonl or pages.jsonl cannot be read
    LINE_TWICE = "LINE_TWICE"  # the same number stands on two lines
    TEXT_MISSING = "TEXT_MISSING"  # a line names a text that is not there
    TEXT_EXTRA = "TEXT_EXTRA"  # a text stands there that no line names
    TEXT_MISMATCH = "TEXT_MISMATCH"  # a text is not the one its line or its name tells
    CONTENT_MISMATCH = "CONTENT_MISMATCH"  # content_sha256 does not follow from the text
    READING = "READING"  # by the same rules, a text or its line does not follow from the capture that it was read from
    WITHHELD_BACK = "WITHHELD_BACK"  # a text or capture that was withheld is there again, or never went
    TOMBSTONE = "TOMBSTONE"  # what says that something was withheld is missing, changed, or cannot be read
    CAPTURE = "CAPTURE"  # a WARC record is missing, cut or changed at its offset
    CAPTURE_TAIL = "CAPTURE_TAIL"  # a WARC file does not end with a whole record
    RUN_RECORD = "RUN_RECORD"  # run.json is missing, cannot be read, or counts other events than the lines
    WRONG_KIND = "WRONG_KIND"  # a line was captured via the other kind
    ROW_MISSING = "ROW_MISSING"  # a line without its row in the index
    ROW_EXTRA = "ROW_EXTRA"  # a row without its line in the files
    INDEX = "INDEX"  # the index is missing or cannot be read
    # search.db was filled from another seal, has other counts than the files, or cannot be read
    WORDS_DIFFER = "WORDS_DIFFER"


_MOST = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One damaged thing: its code, its path from the archive's root, and the damage in words."""

    code: Code
    path: str
    detail: Reason


@dataclass(frozen=True, slots=True)
class Notice:
    """A lawful withholding, which is no damage. `articles` as `portal/key`, `when` ISO 8601, `path` the tombstone's.

    `sealed`: a seal lists the tombstone, so that it was not slipped in since.
    """

    path: str
    articles: tuple[str, ...]
    reason: str
    who: str
    when: str
    texts: int
    captures: int
    sealed: bool


@dataclass(slots=True)
class Audit:
    """Result of an audit: findings, withheld articles, notes that are no damage, and the amount read.

    `archive` is the id, `tip` the last seal of the chain as read. `signers`: how many seals each public key (base64)
    signed, and how many are `unsigned`. `counted`: how many findings each code has in a folder, or in a file of lines.
    """

    findings: list[Finding] = field(default_factory=list)
    withheld: list[Notice] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    archive: str = ""
    tip: Previous | None = None
    signers: dict[str, int] = field(default_factory=dict)
    counted: Counter[tuple[Code, str]] = field(default_factory=Counter)
    nights: int = 0
    runs: int = 0
    texts: int = 0
    captures: int = 0
    files: int = 0
    bytes: int = 0

    def found(self, code: Code, path: str, detail: Reason) -> None:
        """Record one damaged thing; of one kind in one folder or file the first thousand, the rest as a count."""
        place = code, path if path.endswith(".jsonl") else path.rpartition("/")[0]
        self.counted[place] += 1
        if self.counted[place] <= _MOST:
            self.findings.append(Finding(code, path, detail))

    def add_rest(self) -> None:
        """Add a finding for each kind and place that has more than were recorded; to be called once, at the end."""
        for (code, place), count in self.counted.items():
            if count > _MOST:
                self.findings.append(Finding(code, place, Reason.of("and_more", n=count - _MOST)))

    def join(self, other: Audit) -> None:
        """Add the result of a part to this one."""
        if other.findings:
            self.findings += other.findings
            self.counted.update(other.counted)
        self.notes += other.notes
        self.nights += other.nights
        self.runs += other.runs
        self.texts += other.texts
        self.captures += other.captures
        self.files += other.files
        self.bytes += other.bytes
