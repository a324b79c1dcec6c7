"""Timestamps of an authority beside the seals, rehearsed offline with `openssl ts`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.audit.findings import Code
from archive.audit.seals import Expectations
from archive.audit.verify import verify
from archive.errors import ArchiveError, UsageError
from archive.sealing.timestamps import ask_authority, keep_timestamp, load_authorities, stamped_at, timestamp_request
from archive.storage.manifest import Format, Seal, seals_on_disk
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, make
from testing.damage_steps import KEY
from testing.timestamp_authority import TimestampAuthority

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is the rehearsed authority")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with make(tmp_path / "a") as made:
        for number in range(3):
            composed.run_night(made, number)
            made.seal(night_of(number), {}, KEY)
        yield made


def night_of(number: int) -> date:
    return FIRST + timedelta(days=number)


def seal_of(archive: Archive, number: int) -> Seal:
    return seals_on_disk(archive.paths, night_of(number))[0]


@pytest.mark.parametrize("format", [1, 2])
def test_what_is_stamped_is_the_head(
    tmp_path: Path, authority: TimestampAuthority, format: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.sealing.seal.Seal", partial(Seal, format=format))
    with make(tmp_path / "a") as archive:
        composed.run_night(archive, 0)
        seal = archive.seal(FIRST, {})
    answer = authority.answer(timestamp_request(seal))
    roots = load_authorities(authority.root)
    assert datetime.now(UTC) - stamped_at(answer, seal.head, roots) < timedelta(minutes=5)
    (tmp_path / "a.tsr").write_bytes(answer)
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-digest", seal.head, "-in", str(tmp_path / "a.tsr"), "-CAfile", str(authority.root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verification: OK" in done.stdout + done.stderr


def test_a_timestamp_dates_its_seal_and_those_before(
    archive: Archive, authority: TimestampAuthority, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    own = ["--archive", str(archive.paths.root)]
    with authority.serve() as url:
        assert main(["timestamp", *own, "--night", "2025-03-04", "--url", url, "--authority", str(authority.root)]) == 0
        assert main(["timestamp", *own, "--night", "2025-03-04", "--url", url]) == 0
    assert "has its timestamp already" in capsys.readouterr().out
    assert main(["verify", *own]) == 0
    said = capsys.readouterr().out
    assert "1 of 3 seals have a timestamp; that of 2025-03-04 number 1 says" in said
    assert "whose it is was not checked" in said
    request, answer = tmp_path / "last.tsq", tmp_path / "last.tsr"
    assert main(["timestamp", *own, "--request", str(request)]) == 0
    answer.write_bytes(authority.answer(request.read_bytes()))
    assert main(["timestamp", *own, "--answer", str(answer)]) == 0
    capsys.readouterr()
    assert main(["verify", *own, "--authority", str(authority.root)]) == 0
    assert "2 of 3 seals have a timestamp; every seal up to 2025-03-05 number 1 was there on" in capsys.readouterr().out


def test_a_timestamp_that_is_not_of_its_seal_is_found(
    archive: Archive, authority: TimestampAuthority, tmp_path: Path
) -> None:
    answer = authority.answer(timestamp_request(seal_of(archive, 0)))
    with pytest.raises(ArchiveError, match="not of this seal's head"):
        keep_timestamp(archive.paths, seal_of(archive, 1), answer)
    keep_timestamp(archive.paths, seal_of(archive, 0), answer)
    with pytest.raises(UsageError, match="never replaced"):
        keep_timestamp(archive.paths, seal_of(archive, 0), answer)
    stranger = load_authorities(TimestampAuthority(tmp_path / "stranger").root)
    night = archive.paths.night(night_of(0))

    def found(authorities: bool = False) -> list[tuple[Code, str]]:
        expected = Expectations(authorities=stranger if authorities else ())
        audit = verify(archive.identity, archive.paths, expected=expected)
        return [(finding.code, finding.path) for finding in audit.findings]

    assert found() == []
    assert found(True) == [(Code.TIMESTAMP, "2025/03/03/manifest-1.tsr")]
    (night / "manifest-1.tsr").rename(archive.paths.night(night_of(1)) / "manifest-1.tsr")
    assert found() == [(Code.TIMESTAMP, "2025/03/04/manifest-1.tsr")]


def test_no_byte_of_an_answer_can_be_changed(archive: Archive, authority: TimestampAuthority) -> None:
    seal = seal_of(archive, 0)
    answer, roots = authority.answer(timestamp_request(seal)), load_authorities(authority.root)
    at = stamped_at(answer, seal.head, roots)
    for position in range(0, len(answer), 7):
        changed = bytearray(answer)
        changed[position] ^= 1
        try:
            assert stamped_at(bytes(changed), seal.head, roots) == at, position
        except ValueError:
            continue


def test_an_authority_that_says_nothing_or_something_else_is_reported(
    archive: Archive, authority: TimestampAuthority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with authority.serve() as url:
        pass
    with pytest.raises(ArchiveError, match="did not answer"):
        ask_authority(url, b"")
    own = ["timestamp", "--archive", str(archive.paths.root)]
    assert main([*own, "--url", "file:///etc/hostname"]) == 2
    (tmp_path / "odd").write_bytes(b"\x30\x03\x02\x01\x07")
    assert main([*own, "--answer", str(tmp_path / "odd")]) == 1
    assert main([*own, "--answer", str(tmp_path / "none")]) == 2
    assert main([*own, "--request", str(tmp_path / "r"), "--authority", str(tmp_path / "odd")]) == 2
    assert main([*own, "--night", "2020-01-01", "--request", str(tmp_path / "r")]) == 1
    assert capsys.readouterr().out == ""
