"""One small input is kept for each way to fail, and is shrunk."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.findings import Findings, fails_as, failure, shrink
from fuzz.targets import BrokenPromise, require, require_words


def failing(data: bytes) -> None:
    require(b"<" not in data or b">" not in data, f"no brackets, not {data!r}")
    if b"%" in data:
        int(data)


def error_of(data: bytes) -> Exception:
    try:
        failing(data)
    except (BrokenPromise, ValueError) as error:
        return error
    raise AssertionError(data)


def test_each_way_to_fail_has_a_name_of_its_own() -> None:
    assert failure(error_of(b"<1>")) == failure(error_of(b"<22>")) != failure(error_of(b"%"))
    assert failure(error_of(b"%")).startswith("ValueError at tests/unit/fuzz/test_findings.py:")


def test_the_smallest_input_of_each_way_is_kept(tmp_path: Path) -> None:
    findings = Findings(tmp_path)
    for data in (b"<123>", b"<1>", b"<12>", b"% %"):
        findings.add(data, error_of(data))
    kept = {path.read_bytes() for path in (tmp_path / "found").iterdir() if not path.suffix}
    assert kept == {b"<1>", b"% %"}
    assert len(list((tmp_path / "found").glob("*.txt"))) == 2


def test_a_slow_input_is_a_finding(tmp_path: Path) -> None:
    findings = Findings(tmp_path)
    findings.note_time(b"fast", 0.01, slow=5)
    assert not (tmp_path / "found").exists()
    findings.note_time(b"slow", 6.0, slow=5)
    assert [path.read_bytes() for path in (tmp_path / "found").iterdir() if not path.suffix] == [b"slow"]
    assert (tmp_path / "slowest").read_bytes() == b"slow"


def test_what_fails_is_shrunk_to_what_fails() -> None:
    data = b"some words < and others > and some more"
    assert shrink(data, fails_as(failing, failure(error_of(data)))) == b"<>"


def test_a_refusal_says_something() -> None:
    require_words(ValueError("one line"))
    with pytest.raises(BrokenPromise):
        require_words(ValueError())
