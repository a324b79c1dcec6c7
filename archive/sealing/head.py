"""Write and read the head of an archive: a few lines published elsewhere, so that a seal cannot be taken back.

A chain and its signatures only prove that an archive agrees with itself: the owner of the key can seal it again, and a
copy of last year agrees with itself as well. A head that was mailed, printed or stored on another host shows both.

The statement is canonical JSON with one final newline. It is the header of the manifest (archive/storage/manifest.py),
and the head is its SHA-256: root, night and the seal before cannot be exchanged under a head.

    {"archive": "<id>", "leaves": 12, "manifest": "<hex>", "night": "2026-11-22", "number": 1,
     "previous": {"head", "night", "number"} | null, "root": "<hex>", "statement": "luu-tru head 2"}

That of a manifest of format 1 has the SHA-256 of the manifest as `head` and only the head of the seal before; nothing but
a signature, or the manifest itself, binds it to the root:

    {"archive": "<id>", "head": "<hex>", "leaves": 12, "night": "2026-11-22", "number": 1, "previous": "<hex>" | null,
     "root": "<hex>", "statement": "luu-tru head 1"}

The printed form has the same values in lines that survive paper: hex in groups of four, and at the end eight check
digits against typing errors. Blanks, line breaks within a value and letter case do not matter when it is read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal, TypedDict, cast

import msgspec

from archive.errors import UsageError
from archive.messages.reason import Reason
from archive.model.run_metrics import Count
from archive.storage.jsonl import canonical, decode, decoder
from archive.storage.manifest import HEADER, Format, Seal

TITLE = "Lưu Trữ head"
ATOM = "http://www.w3.org/2005/Atom"
_FIRST_FORM = "luu-tru head 1"
_KEY, _SIGNATURE = re.compile("[A-Za-z0-9+/]{43}="), re.compile("[A-Za-z0-9+/]{86}==")
_BEGINS = re.compile(r"(?=archive)", re.IGNORECASE)
_FIELDS = ("archive", "seal", "manifest", "head", "root", "leaves", "follows", "previous", "key", "signature", "check")


Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""A SHA-256 in small hex."""


class _AnyStatement(TypedDict):
    statement: Literal["luu-tru head 1", "luu-tru head 2"]


class _Stated(_AnyStatement):
    archive: str
    leaves: Count
    night: date
    number: Count
    root: Hash


class _First(_Stated):
    head: Hash
    previous: Hash | None


class _Before(TypedDict):
    head: Hash
    night: date
    number: Count


class _Second(_Stated):
    manifest: Hash
    previous: _Before | None


class _Signed(TypedDict):
    key: str | None
    signature: str | None


_STATEMENT, _FIRST, _SECOND, _SIGNED = decoder(_AnyStatement), decoder(_First), decoder(_Second), decoder(_Signed)


@dataclass(frozen=True, slots=True)
class Head:
    """Published values of a seal; `key` and `signature` (of the statement, base64) are None when it is unsigned.

    `manifest` is the SHA-256 of the manifest's bytes, `previous` the head of the seal before. `follows` is the night and
    number of that seal, None in the statement of a manifest of format 1 (`format`).
    """

    archive: str
    night: date
    number: int
    manifest: str
    root: str
    leaves: int
    previous: str | None
    follows: tuple[date, int] | None = None
    key: str | None = None
    signature: str | None = None
    format: Format = 2

    @property
    def statement(self) -> bytes:
        """Signed bytes."""
        names = ("archive", "leaves", "night", "number", "root")
        value: dict[str, object] = {name: getattr(self, name) for name in names}
        if self.format == 1:
            value |= {"head": self.manifest, "previous": self.previous, "statement": _FIRST_FORM}
        else:
            before = None
            if self.follows is not None:
                before = {"head": self.previous, "night": self.follows[0], "number": self.follows[1]}
            value |= {"manifest": self.manifest, "previous": before, "statement": HEADER}
        return canonical(value) + b"\n"

    @property
    def head(self) -> str:
        """SHA-256 of the statement, in hex; of the manifest in format 1."""
        return self.manifest if self.format == 1 else sha256(self.statement).hexdigest()

    @property
    def check(self) -> str:
        """Eight hex digits over everything that is printed above them."""
        return sha256(self.statement + f"{self.key} {self.signature}".encode()).hexdigest()[:8]

    def plain(self) -> dict[str, object]:
        """Return the statement's fields, the head, the key and the signature, for programs."""
        own = {"head": self.head, "key": self.key, "signature": self.signature}
        return cast(dict[str, object], json.loads(self.statement)) | own

    def lines(self) -> list[str]:
        """Return the printed form."""
        printed = [TITLE, f"archive    {self.archive}", f"seal       {self.night} number {self.number}"]
        if self.format > 1:
            printed.append(f"manifest   {_grouped(self.manifest)}")
        printed += [
            f"head       {_grouped(self.head)}",
            f"root       {_grouped(self.root)}",
            f"leaves     {self.leaves}",
        ]
        if self.follows is not None:
            printed.append(f"follows    {self.follows[0]} number {self.follows[1]}")
        printed += [
            f"previous   {_grouped(self.previous) if self.previous else 'none'}",
            f"key        {self.key or 'unsigned'}",
        ]
        if self.signature:
            printed.append(f"signature  {self.signature}")
        return [*printed, f"check      {self.check}"]


def _grouped(digits: str) -> str:
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def head_of(seal: Seal, key: str | None = None, signature: str | None = None) -> Head:
    """Return the head of a seal, with the key and the statement's signature where it is signed."""
    before = seal.chained
    follows = (before.night, before.number) if before and seal.format > 1 else None
    own = (seal.archive, seal.night, seal.number, seal.digest, seal.root, seal.leaves, seal.previous)
    return Head(*own, follows, key, signature, seal.format)


def statement_of(seal: Seal) -> bytes:
    """Return the bytes that are signed beside the manifest."""
    return head_of(seal).statement


def read_statement(data: bytes) -> Head:
    """Read a statement's bytes. Raises ValueError when they are not a statement in its one form."""
    if decode(_STATEMENT, data, "a statement")["statement"] == _FIRST_FORM:
        first = decode(_FIRST, data, "a statement")
        own = (first["archive"], first["night"], first["number"], first["head"], first["root"], first["leaves"])
        found = Head(*own, first["previous"], format=1)
    else:
        raw = decode(_SECOND, data, "a statement")
        before = raw["previous"]
        own = (raw["archive"], raw["night"], raw["number"], raw["manifest"], raw["root"], raw["leaves"])
        found = Head(*own, *((before["head"], (before["night"], before["number"])) if before else (None,)))
    if found.statement != data:
        raise ValueError(Reason.of("not_canonical"))
    return found


def read_head(text: str) -> Head:
    """Read the output of `archive head`, as lines or as JSON, however it was wrapped since.

    Raises UsageError with the line that is wrong, or when the check does not fit.
    """
    found = _from_json(text) if text.lstrip().startswith("{") else _from_lines(text)
    signed = None if found.key is None else (found.key, found.signature)
    if signed is not None and not (_KEY.fullmatch(signed[0]) and _SIGNATURE.fullmatch(signed[1] or "")):
        raise UsageError("the head has a key or a signature that is none of Ed25519 in base64; copy all its lines")
    return found


def _from_lines(text: str) -> Head:
    values: dict[str, str] = {}
    name = None
    for word in _BEGINS.split(text, maxsplit=1)[-1].split():
        if word.lower() in _FIELDS and word.lower() not in values:
            name = word.lower()
            values[name] = ""
        elif name is not None:
            values[name] += f" {word}" if name in ("seal", "follows") else word
    try:
        night, number = _place(values["seal"])
        first = "manifest" not in values
        unsigned = values["key"] == "unsigned"
        previous = values["previous"].lower()
        found = Head(
            values["archive"].lower(),
            night,
            number,
            values["head" if first else "manifest"].lower(),
            values["root"].lower(),
            int(values["leaves"]),
            None if previous == "none" else previous,
            _place(values["follows"]) if "follows" in values else None,
            None if unsigned else values["key"],
            values.get("signature"),
            1 if first else 2,
        )
        if read_statement(found.statement) != replace(found, key=None, signature=None):
            raise ValueError("the seal before it is named in part")
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"this is no head as `python -m archive head` prints it ({error}); copy all its lines"
        ) from None
    if values.get("check", "").lower() != found.check or values.get("head", "").lower() != found.head:
        raise UsageError(
            f"the head has a typing error: its check should be {found.check}; compare it with the original"
        )
    return found


def read_heads(text: str) -> list[Head]:
    """Read several heads in the order in which they stand: printed one after another, as JSON lines, or as an Atom feed.

    Raises UsageError with what is wrong.
    """
    if text.lstrip().startswith("<"):
        return [head for entry in _feed_entries(text) for head in read_heads(entry)]
    if text.lstrip().startswith("{"):
        return [read_head(line) for line in text.splitlines() if line.strip()]
    blocks = [block for block in text.split(TITLE) if block.strip()]
    return [read_head(block) for block in blocks]


def _feed_entries(text: str) -> list[str]:
    from lxml import etree  # which nothing else here needs

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        feed = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UsageError(f"this is no feed of heads: {error}") from None
    return [str(content.text) for content in feed.iter(f"{{{ATOM}}}content")][::-1]


def _place(words: str) -> tuple[date, int]:
    night, _, number = words.split()
    return date.fromisoformat(night), int(number)


def _from_json(text: str) -> Head:
    try:
        signed = decode(_SIGNED, text, "a statement")
        raw = {name: value for name, value in json.loads(text).items() if name not in signed}
        head = raw["head"] if raw["statement"] == _FIRST_FORM else raw.pop("head")
        found = read_statement(canonical(raw) + b"\n")
        if found.head != head:
            raise ValueError("its head is not the SHA-256 of its statement")
    except (KeyError, ValueError, RecursionError) as error:
        raise UsageError(f"this is no head as `python -m archive head --json` prints it: {error}") from None
    return replace(found, key=signed["key"], signature=signed["signature"])
