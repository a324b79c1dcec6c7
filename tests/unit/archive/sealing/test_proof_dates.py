"""Timestamps and receipts in proofs: both checkers compare them with their heads, and date nothing by what they could not check."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.__main__ import main
from archive.errors import ArchiveError
from archive.export.proofs import heads_after, prove, published_head
from archive.sealing.opentimestamps import Receipt, read_block_header
from archive.sealing.proof import check_proof
from archive.sealing.proof_dates import Dating
from archive.sealing.receipts import ask_calendars, check_receipt, complete, keep_receipt
from archive.sealing.timestamps import keep_timestamp, load_authorities, timestamp_request
from archive.storage.jsonl import canonical
from archive.storage.manifest import Seal, seals_on_disk
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, make
from testing.calendar_server import Calendar, mined
from testing.damage_steps import KEY
from testing.proof_script import load_script
from testing.timestamp_authority import TimestampAuthority
from tests.unit.archive.sealing.test_opentimestamps import GENESIS

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is the rehearsed authority")

MOMENT = 1_760_000_000  # 2025-10-09T08:53:20Z


@dataclass(frozen=True)
class Dated:
    """An archive whose second seal has a timestamp and a receipt, the authority's certificate, and the block."""

    archive: Archive
    authority: Path
    block: bytes
    pending: Receipt

    def seal(self, number: int) -> Seal:
        return seals_on_disk(self.archive.paths, FIRST + timedelta(days=number))[0]

    def proof(self) -> bytes:
        with self.archive.index.reading() as queries:
            version = queries.events.find(article="da_nang/thong-bao")[0]
        return prove(self.archive, version, until_now=True).to_bytes()


def sealed(folder: Path) -> Archive:
    archive = make(folder)
    for number in range(3):
        composed.run_night(archive, number)
        archive.seal(FIRST + timedelta(days=number), {}, KEY)
    return archive


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Dated:
    folder = tmp_path_factory.mktemp("dated")
    archive, authority, calendar = sealed(folder / "a"), TimestampAuthority(folder / "tsa"), Calendar()
    second = seals_on_disk(archive.paths, date(2025, 3, 4))[0]
    keep_timestamp(archive.paths, second, authority.answer(timestamp_request(second)))
    with calendar.serve() as url:
        pending, _ = ask_calendars([url], second.head)
        assert pending is not None
        block = calendar.confirm(840_000, MOMENT)
        keep_receipt(archive.paths, second, complete(pending, [url], {}))
    return Dated(archive, authority.root, block, pending)


@pytest.fixture
def script() -> ModuleType:
    return load_script()


@pytest.fixture(params=["check-proof", "check_proof.py"])
def check(
    request: pytest.FixtureRequest, tmp_path: Path, script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Check a proof by the program and by the script, which have to agree."""

    def checked(data: bytes, *options: object) -> tuple[int, str]:
        (tmp_path / "proof.json").write_bytes(data)
        words = [str(tmp_path / "proof.json"), *map(str, options)]
        capsys.readouterr()
        code = main(["check-proof", *words]) if request.param == "check-proof" else script.main(words)
        said = capsys.readouterr()
        return code, said.out + said.err

    return checked


def changed(data: bytes, **values: object) -> bytes:
    proof = json.loads(data)
    proof["dates"][0] |= values
    return canonical(proof) + b"\n"


def test_what_was_not_checked_dates_nothing(dated: Dated, check: Callable[..., tuple[int, str]]) -> None:
    code, said = check(dated.proof())
    assert (code, said.count("not checked"), "not proved: the days" in said) == (0, 2, True)
    assert "--authority" in said
    assert "--blocks" in said


def test_an_authority_and_a_block_date_the_text(
    dated: Dated, check: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    blocks = tmp_path / "blocks"
    blocks.write_text(f"840000 {dated.block.hex()}\n", encoding="utf-8")
    code, said = check(dated.proof(), "--authority", dated.authority, "--blocks", blocks)
    assert (code, "not checked" in said, "not proved: the days" in said) == (0, False, False), said
    assert "for which a named authority vouches" in said
    assert read_block_header(dated.block).name in said
    assert "2025-10-09" in said
    code, said = check(dated.proof(), "--blocks", blocks)
    assert (code, said.count("not checked"), "not proved: the days" in said) == (0, 1, False)


def test_strangers_and_other_blocks_are_refused(
    dated: Dated, check: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    stranger, blocks = TimestampAuthority(tmp_path / "stranger").root, tmp_path / "blocks"
    code, said = check(dated.proof(), "--authority", stranger)
    assert (code, "vouches for" in said) == (1, True), said
    blocks.write_text(f"840000 {mined(bytes(32), MOMENT).hex()}\n", encoding="utf-8")
    code, said = check(dated.proof(), "--blocks", blocks)
    assert (code, "not lead to block 840000" in said) == (1, True), said
    blocks.write_text(f"7 {dated.block.hex()}\n", encoding="utf-8")
    code, said = check(dated.proof(), "--blocks", blocks)
    assert (code, "block that was named" in said) == (1, True), said
    for odd in ("840000", f"840000 {dated.block.hex()[2:]}", f"x {dated.block.hex()}"):
        blocks.write_text(odd, encoding="utf-8")
        assert check(dated.proof(), "--blocks", blocks)[0] == 2
        assert check(dated.proof(), "--authority", blocks)[0] == 2


def test_a_date_of_another_head_makes_it_no_proof(dated: Dated, check: Callable[..., tuple[int, str]]) -> None:
    data = dated.proof()
    for place in (0, 2, 3, -1, 1.0, True, None):
        assert check(changed(data, place=place))[0] == 1, place
    assert check(changed(data, timestamp=None, receipt=None))[0] == 1
    assert check(changed(data, timestamp="AAAA"))[0] == 1
    assert check(changed(data, receipt="AAAA"))[0] == 1
    assert check(changed(data, further=1))[0] == 1
    assert check(canonical(json.loads(data) | {"dates": []}) + b"\n")[0] == 1
    assert check(canonical(json.loads(data) | {"dates": None}) + b"\n")[0] == 1
    assert check(canonical(json.loads(data) | {"dates": json.loads(data)["dates"] * 2}) + b"\n")[0] == 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_both_checkers_refuse_the_same_odd_receipts(dated: Dated, script: ModuleType, data: st.DataObject) -> None:
    head = dated.seal(1).head
    good = (dated.archive.paths.night(date(2025, 3, 4)) / "manifest-1.ots").read_bytes()
    start = data.draw(st.integers(65, len(good) - 1))
    end = data.draw(st.integers(start, min(start + 3, len(good))))
    odd = good[:start] + data.draw(st.binary(max_size=4)) + good[end:]

    def blocks(read: Callable[[], object]) -> object:
        try:
            return read()
        except Exception:
            return None

    ours = blocks(lambda: sorted(set(check_receipt(odd, head, {}).unnamed)))
    assert ours == blocks(lambda: sorted({height for height, _ in script.Receipt(odd, head).blocks()}))


def test_a_proof_without_a_timestamp_is_not_passed_where_one_was_asked_for(
    dated: Dated, check: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    blocks = tmp_path / "blocks"
    blocks.write_text(f"840000 {dated.block.hex()}\n", encoding="utf-8")
    plain = json.loads(dated.proof())
    del plain["dates"]
    data = canonical(plain) + b"\n"
    assert check(data)[0] == 0
    assert check(data, "--authority", dated.authority)[0] == 1
    assert check(data, "--blocks", blocks)[0] == 1


def test_where_openssl_is_missing_the_script_checks_no_timestamp(
    dated: Dated,
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "proof.json").write_bytes(dated.proof())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert script.main([str(tmp_path / "proof.json")]) == 0
    assert script.main([str(tmp_path / "proof.json"), "--authority", str(dated.authority)]) == 1
    assert "the timestamp was not checked" in capsys.readouterr().err


def test_a_byte_of_a_dated_proof_that_changes_is_noticed_or_changes_no_date(dated: Dated, script: ModuleType) -> None:
    """Some bytes of an answer are bound by nothing, such as the words beside its status; none of them says when."""
    data = dated.proof()
    dating = Dating(load_authorities(dated.authority), {840_000: read_block_header(dated.block)})
    good = check_proof(data, dating=dating).dates
    assert all(each.at is not None for each in good)
    start, end = data.index(b'"dates"'), data.index(b'"index"')
    for position in range(start, end, 7):
        other = bytearray(data)
        other[position] ^= 1
        try:
            assert check_proof(bytes(other), dating=dating).dates == good
        except ArchiveError:
            continue
    blocks = script.read_blocks(f"840000 {dated.block.hex()}")
    said = script.check(data, None, None, None, blocks)[0]
    for position in range(start, data.index(b'"timestamp"'), 3):
        other = bytearray(data)
        other[position] ^= 1
        found = None
        with suppress(Exception):
            found = script.check(bytes(other), None, None, None, blocks)[0]
        assert found in (None, said)


def test_a_damaged_timestamp_keeps_no_text_from_being_proved(dated: Dated, tmp_path: Path) -> None:
    shutil.copytree(dated.archive.paths.root, tmp_path / "a")
    for name in ("manifest-1.tsr", "manifest-1.ots"):
        (tmp_path / "a/2025/03/04" / name).write_bytes(b"none")
    with Archive.open(tmp_path / "a", read_only=True) as archive:
        data = Dated(archive, dated.authority, b"", dated.pending).proof()
    assert b'"dates"' not in data
    assert check_proof(data).dates == ()


def test_a_pending_receipt_dates_nothing(dated: Dated, tmp_path: Path, check: Callable[..., tuple[int, str]]) -> None:
    archive = sealed(tmp_path / "a")
    first = seals_on_disk(archive.paths, FIRST)[0]
    digest = bytes.fromhex(first.head)
    keep_receipt(archive.paths, first, Receipt(digest, Calendar(url="https://calendar.example").promise(digest)))
    data = Dated(archive, dated.authority, b"", dated.pending).proof()
    code, said = check(data)
    assert (code, "leads to no block of Bitcoin yet" in said, "not proved" in said) == (0, True, True)


def test_no_timestamp_dates_a_seal_over_one_of_format_1(
    dated: Dated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Callable[..., tuple[int, str]]
) -> None:
    """The statement of such a head says itself what it follows, and the key that signs it is the insider's."""
    monkeypatch.setattr("archive.sealing.seal.Seal", partial(Seal, format=1))
    archive, authority = sealed(tmp_path / "a"), TimestampAuthority(tmp_path / "tsa")
    second = seals_on_disk(archive.paths, date(2025, 3, 4))[0]
    answer = authority.answer(timestamp_request(second))
    keep_timestamp(archive.paths, second, answer)
    data = Dated(archive, authority.root, b"", dated.pending).proof()
    assert b'"dates"' not in data
    own = json.loads(dated.proof())["dates"][0] | {"receipt": None}
    stamp = own | {"timestamp": base64.b64encode(answer).decode()}
    code, said = check(canonical(json.loads(data) | {"dates": [stamp]}) + b"\n", "--authority", authority.root)
    assert code == 1
    assert "leads to the seal" in said


def test_the_script_checks_that_one_head_grew_into_another(
    dated: Dated, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = published_head(dated.archive, dated.seal(0))
    heads = [first, *heads_after(dated.archive, first)]
    files = []
    for number, head in enumerate(heads):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text("\n".join(head.lines()), encoding="utf-8")

    def grown(text: str, old: int, new: int) -> int:
        (tmp_path / "heads").write_text(text, encoding="utf-8")
        return int(script.main([str(tmp_path / "heads"), "--from", str(files[old]), "--head", str(files[new])]))

    printed = "\n\n".join("\n".join(head.lines()) for head in heads)
    assert grown(printed, 0, 2) == 0
    assert "goes on to that of 2025-03-05, number 1 by 2 seals" in capsys.readouterr().out
    assert grown("\n".join(json.dumps(head.plain()) for head in heads), 0, 2) == 0
    assert grown(printed, 1, 2) == 0
    assert grown(printed, 2, 0) == 1
    without = "\n\n".join("\n".join(head.lines()) for head in (heads[0], heads[2]))
    assert grown(without, 0, 2) == 1
    assert "does not follow" in capsys.readouterr().err
    stranger = replace(heads[0], manifest="0" * 64, key=None, signature=None)
    files[0].write_text("\n".join(stranger.lines()), encoding="utf-8")
    assert grown(printed, 0, 2) == 1
    assert "do not have both" in capsys.readouterr().err


def test_the_script_reads_a_block_by_its_hash_and_work(script: ModuleType) -> None:
    root, at, name = script.read_blocks(f"0 {GENESIS}\n\n")[0]
    genesis = read_block_header(bytes.fromhex(GENESIS))
    assert (root, at, name) == (genesis.root, "2009-01-03 18:15:05 UTC", genesis.name)
    for place in range(0, 160, 2):
        digit = "1" if GENESIS[place] == "0" else "0"
        with pytest.raises(script.NoProof, match="block 0 was changed"):
            script.read_blocks(f"0 {GENESIS[:place]}{digit}{GENESIS[place + 1 :]}")


@pytest.mark.parametrize("digits", [GENESIS + "00", GENESIS[:-2], GENESIS[:20], ""])
def test_the_script_takes_no_block_of_another_length(script: ModuleType, digits: str) -> None:
    with pytest.raises((script.NoProof, ValueError, IndexError)):
        script.read_blocks(f"0 {digits}")
