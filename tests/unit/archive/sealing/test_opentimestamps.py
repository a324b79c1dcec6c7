"""The format of OpenTimestamps: files of the reference library are read and written byte by byte; nothing else passes for one."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sealing.opentimestamps import Branch, Receipt, in_block, merged, pending, read_block_header, read_receipt
from testing.calendar_server import followed, mined

# Written by the reference library (`opentimestamps` 0.4.5) of the digest of "a head\n": promises of two calendars, then one
# of them with every kind of step, two blocks and an attestation of a kind that nobody knows.
_MAGIC = "004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294"
_DIGEST = sha256(b"a head\n").hexdigest()
_OURS, _OTHER = "f010" + "01" * 16 + "08", "f010" + "02" * 16 + "08"
_URL, _OTHER_URL = "https://calendar.example", "https://b.calendar.example/x"
_PROMISE = "0083dfe30d2ef90c8e1918" + _URL.encode().hex()
_OTHER_PROMISE = "0083dfe30d2ef90c8e1d1c" + _OTHER_URL.encode().hex()
PROMISED = _MAGIC + "0108" + _DIGEST + "ff" + _OURS + _PROMISE + _OTHER + _OTHER_PROMISE
IN_BLOCKS = (
    _MAGIC + "0108" + _DIGEST + "ff" + _OURS + "ff" + _PROMISE + "f1026a200808f2f3020308"
    "ff0001020304050607080378797aff000588960d73d7190102ac02000588960d73d7190103c0a233" + _OTHER + _OTHER_PROMISE
)
ROOT = "9af3d17f1e2b231d1b494777a7f666083d6d8ab898a1528197bd6cbea2735884"
GENESIS = (
    "01000000" + "00" * 32 + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)


def test_files_of_the_reference_library_are_read_and_written_as_they_are() -> None:
    for data in map(bytes.fromhex, (PROMISED, IN_BLOCKS)):
        receipt = read_receipt(data)
        assert (receipt.to_bytes(), receipt.digest.hex()) == (data, _DIGEST)
    attested = read_receipt(bytes.fromhex(IN_BLOCKS)).attested()
    assert {(each.height, message.hex()) for message, each in attested if each.height} == {(300, ROOT), (840000, ROOT)}
    assert [each.calendar for _, each in attested if each.calendar] == [_URL, _OTHER_URL]


def test_receipts_are_merged_in_the_one_order_of_the_format() -> None:
    promised, blocks = (read_receipt(bytes.fromhex(data)) for data in (PROMISED, IN_BLOCKS))
    for one, other in ((promised, blocks), (blocks, promised), (blocks, blocks)):
        assert merged(one.branch, other.branch) == blocks.branch
    assert merged(Branch((in_block(9),)), Branch((in_block(300), pending(_URL)))) == Branch(
        (in_block(9), in_block(300), pending(_URL))
    )


def test_every_cut_and_every_end_too_many_makes_it_no_receipt() -> None:
    data = bytes.fromhex(IN_BLOCKS)
    for size in range(len(data)):
        with pytest.raises(ValueError, match=r"."):
            read_receipt(data[:size])
    with pytest.raises(ValueError, match="follows its end"):
        read_receipt(data + b"\0")


@given(data=st.data())
def test_a_byte_that_changes_leads_elsewhere_or_is_refused(data: st.DataObject) -> None:
    good = bytes.fromhex(IN_BLOCKS)
    position = data.draw(st.integers(0, len(good) - 1))
    changed = good[:position] + bytes([data.draw(st.integers(0, 255))]) + good[position + 1 :]
    try:
        receipt = read_receipt(changed)
    except ValueError:
        return
    same = receipt.attested() == read_receipt(good).attested() and receipt.digest.hex() == _DIGEST
    assert same == (changed == good)


@given(st.binary(max_size=200))
def test_odd_bytes_are_refused_in_a_line(odd: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_receipt(bytes.fromhex(_MAGIC + "0108" + _DIGEST) + odd + b"\xff")


def test_a_receipt_has_bounds() -> None:
    start = bytes.fromhex(_MAGIC + "0108" + _DIGEST)
    assert read_receipt(start + b"\x08" * 256 + bytes.fromhex(_PROMISE)).attested()
    for odd, why in (
        (b"\x08" * 257 + bytes.fromhex(_PROMISE), "more than 256 steps"),
        (b"\xf3" * 8 + bytes.fromhex(_PROMISE), "more than 4096 bytes"),
        (b"\xf0\x00" + bytes.fromhex(_PROMISE), "adds nothing"),
        (b"\x67" + bytes.fromhex(_PROMISE), "not known here"),
        (bytes.fromhex(_PROMISE).replace(b"https:", b"file ?"), "otherwise than its kind"),
        (bytes.fromhex("000588960d73d71901028000"), "otherwise than its kind"),
        (b"\xf0\xff\xff\xff\xff\xff\xff", "too large"),
    ):
        with pytest.raises(ValueError, match=why):
            read_receipt(start + odd)


def test_a_block_header_is_read_with_its_hash_and_work() -> None:
    genesis = read_block_header(bytes.fromhex(GENESIS))
    assert genesis.name == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    assert (genesis.at.isoformat(), genesis.root.hex()[:8]) == ("2009-01-03T18:15:05+00:00", "3ba3edfd")
    for place in range(0, 160, 2):
        digit = "1" if GENESIS[place] == "0" else "0"
        with pytest.raises(ValueError, match="not the work"):
            read_block_header(bytes.fromhex(GENESIS[:place] + digit + GENESIS[place + 1 :]))
    assert read_block_header(mined(bytes(32), 7)).root == bytes(32)


def test_a_receipt_is_followed_step_by_step() -> None:
    branch = followed((0xF0, b"b"), (0xF1, b"c"), (0x08, b""), last=Branch((in_block(1),)))
    ((message, _),) = Receipt(b"a" * 32, branch).attested()
    assert message == sha256(b"c" + b"a" * 32 + b"b").digest()
