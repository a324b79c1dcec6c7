"""Receipts of OpenTimestamps beside the seals, rehearsed with a calendar and blocks of our own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.sealing.opentimestamps import Branch, Receipt, pending, read_receipt
from archive.sealing.receipts import ask_calendars, complete, keep_receipt
from archive.storage.manifest import Seal, seals_on_disk
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, make
from testing.calendar_server import Calendar, mined
from testing.damage_steps import KEY

MOMENT = 1_760_000_000  # 2025-10-09T08:53:20Z


def night_of(number: int) -> date:
    return FIRST + timedelta(days=number)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with make(tmp_path / "a") as made:
        for number in range(2):
            composed.run_night(made, number)
            made.seal(night_of(number), {}, KEY)
        yield made


def seal_of(archive: Archive, number: int) -> Seal:
    return seals_on_disk(archive.paths, night_of(number))[0]


def test_a_receipt_is_promised_completed_and_checked_by_its_block(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--archive", str(archive.paths.root)]
    calendar, blocks = Calendar(), tmp_path / "blocks"

    def said(*command: str, code: int = 0) -> str:
        assert main([command[0], *own, *command[1:]]) == code
        return capsys.readouterr().out

    with calendar.serve() as url:
        for number in range(2):
            assert "only promised a block" in said("receipt", "--calendar", url, "--night", str(night_of(number)))
        assert "2 of 2 seals have a receipt that calendars have only promised" in said("verify")
        assert said("receipt", "--calendar", url, "--complete").count("only promised") == 2
        header = calendar.confirm(840_000, MOMENT)
        assert said("receipt", "--calendar", url, "--complete").count("leads to block 840000") == 2
        asked = len(calendar.asked)
        assert said("receipt", "--calendar", url, "--complete") == ""
        assert len(calendar.asked) == asked
    assert "to block 840000; not checked here: it needs the block's header" in (unchecked := said("verify"))
    assert "was there on" not in unchecked
    blocks.write_text(f"840000 {header.hex()}\n", encoding="utf-8")
    checked = said("verify", "--blocks", str(blocks))
    assert "every seal up to 2025-03-04 number 1 was there on 2025-10-09" in checked
    assert "block 840000 of Bitcoin, hash" in checked
    blocks.write_text(f"840000 {mined(bytes(32), MOMENT).hex()}\n", encoding="utf-8")
    assert said("verify", "--blocks", str(blocks), code=1).count("RECEIPT  2025/03/0") == 2
    damaged = archive.paths.night(night_of(0)) / "manifest-1.ots"
    damaged.write_bytes(b"none")
    assert said("receipt", "--calendar", "http://127.0.0.1:9", "--complete", code=1) == ""
    damaged.unlink()
    blocks.write_text(f"7 {header.hex()}\n", encoding="utf-8")
    assert "not checked here" in said("verify", "--blocks", str(blocks))
    blocks.write_text(f"840000 {header.hex()[:-1]}\n", encoding="utf-8")
    assert said("verify", "--blocks", str(blocks), code=2) == ""


def test_a_receipt_of_another_seal_is_found(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    calendar = Calendar(url="https://calendar.example")
    digest = bytes.fromhex(seal_of(archive, 0).head)
    data = Receipt(digest, calendar.promise(digest)).to_bytes()
    folder = archive.paths.night(night_of(1))
    (folder / "manifest-1.ots").write_bytes(data)
    (folder / "manifest-2.ots").write_bytes(data)
    assert main(["verify", "--archive", str(archive.paths.root)]) == 1
    said = capsys.readouterr().out
    assert "RECEIPT  2025/03/04/manifest-1.ots: it is not of this seal's head" in said
    assert "RECEIPT  2025/03/04/manifest-2.ots: its manifest is missing" in said


def test_receipts_are_carried_where_the_machine_has_no_way_out(archive: Archive, tmp_path: Path) -> None:
    own = ["receipt", "--archive", str(archive.paths.root)]
    stamped, answer = tmp_path / "head.json", tmp_path / "head.json.ots"
    assert main([*own, "--request", str(stamped)]) == 0
    seal = seal_of(archive, 1)
    assert stamped.read_bytes() == seal.header(seal.digest)
    digest = bytes.fromhex(seal.head)
    for url in ("https://one.example", "https://two.example"):
        answer.write_bytes(Receipt(digest, Calendar(url=url).promise(digest)).to_bytes())
        assert main([*own, "--answer", str(answer)]) == 0
    kept = read_receipt((archive.paths.night(night_of(1)) / "manifest-1.ots").read_bytes())
    assert [each.calendar for _, each in kept.attested()] == ["https://one.example", "https://two.example"]
    assert main([*own, "--answer", str(answer), "--night", str(night_of(0))]) == 1
    assert main([*own, "--answer", str(stamped)]) == 2
    assert main(own) == 2


def test_calendars_that_fail_are_named_and_the_others_kept(archive: Archive) -> None:
    calendar = Calendar()
    with Calendar().serve() as silent:
        pass
    with calendar.serve() as url:
        receipt, troubles = ask_calendars([silent, url, f"{url}/none"], seal_of(archive, 0).head)
        assert receipt is not None
        assert [f"{silent}/digest did not answer" in troubles[0], "404" in troubles[1], len(troubles)] == [
            True,
            True,
            2,
        ]
        keep_receipt(archive.paths, seal_of(archive, 0), receipt)
    found: dict[str, str] = {}
    assert complete(receipt, [url], found) == receipt
    assert "did not answer" in found[url]


def test_only_calendars_of_a_named_domain_are_asked(archive: Archive) -> None:
    """A receipt may have been put there by anyone: the address in it decides about no request."""
    calendar = Calendar()
    with calendar.serve() as url:
        digest = bytes.fromhex(seal_of(archive, 0).head)
        receipt = Receipt(digest, Branch((pending(url),)))
        silent: dict[str, str] = {}
        for named in (["https://calendar.example"], [url.replace("127.0.0.1", "127.0.0.2")], [url[:-1]], []):
            silent.clear()
            assert complete(receipt, named, silent) == receipt
            assert "of no calendar that was named" in silent[url]
        assert calendar.asked == []
        complete(receipt, [url], {})
        assert calendar.asked == [f"/timestamp/{digest.hex()}"]
