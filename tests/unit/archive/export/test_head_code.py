"""A head as a QR code: what a reader of codes shows is a head for every command that takes one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import segno

from archive.__main__ import main
from archive.export.head_code import code_text, write_code
from archive.export.proofs import published_head
from archive.sealing.head import Head, read_head
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, make
from testing.damage_steps import KEY


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with make(tmp_path_factory.mktemp("code") / "a") as made:
        composed.run_night(made, 0)
        made.seal(FIRST, {}, KEY)
        yield made


@pytest.fixture
def head(archive: Archive) -> Head:
    seal = archive.last_seal()
    assert seal is not None
    return published_head(archive, seal)


def test_the_words_in_a_code_are_a_head(head: Head) -> None:
    words = code_text(head)
    assert words.isascii()
    assert read_head(words) == head


def test_a_code_is_drawn_and_written_as_svg_and_png(
    archive: Archive, head: Head, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["head", "--archive", str(archive.paths.root)]
    for name, begins in (("head.svg", b"<?xml"), ("head.png", b"\x89PNG")):
        assert main([*own, "--qr", str(tmp_path / name)]) == 0
        written = (tmp_path / name).read_bytes()
        assert written.startswith(begins)
        write_code(head, tmp_path / name)
        assert (tmp_path / name).read_bytes() == written
    capsys.readouterr()
    assert main([*own, "--qr", "-"]) == 0
    drawn, _, lines = capsys.readouterr().out.partition("\n\n")
    rows, modules = drawn.splitlines(), segno.make_qr(code_text(head), error="m").matrix
    assert len(rows[0]) == len(modules) + 8
    for number, row in enumerate(modules):
        light = "█▀" if number % 2 == 0 else "█▄"
        assert [char in light for char in rows[(number + 4) // 2][4:-4]] == [not dark for dark in row]
    assert read_head(lines) == head


def test_a_code_is_of_one_head_and_a_known_kind(archive: Archive, tmp_path: Path) -> None:
    own = ["head", "--archive", str(archive.paths.root)]
    assert main([*own, "--qr", str(tmp_path / "head.pdf")]) == 2
    assert main([*own, "--qr", "-", "--since", str(FIRST)]) == 2
    assert main([*own, "--qr", str(tmp_path / "none/head.svg")]) != 0
    assert list(tmp_path.iterdir()) == []
