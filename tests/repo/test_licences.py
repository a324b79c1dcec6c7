"""Every locked package has a licence that is known and allowed; the page names them all."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from supply.__main__ import LICENCES, LOCK
from supply.audit import AuditCode, audited
from supply.licences import READ, is_allowed, licence_of, licences, table
from supply.lock import LockedPackage, installed, names, needs, read_lock


@pytest.fixture(scope="module")
def packages() -> list[LockedPackage]:
    return read_lock(LOCK)


@pytest.fixture(scope="module")
def found() -> dict[str, Distribution]:
    return installed()


def test_every_locked_package_has_a_licence_that_is_allowed(
    packages: list[LockedPackage], found: dict[str, Distribution]
) -> None:
    said = licences(packages, found)
    assert {name: licence for name, licence in said.items() if not is_allowed(licence)} == {}


def test_the_page_names_what_is_locked(packages: list[LockedPackage], found: dict[str, Distribution]) -> None:
    assert LICENCES.read_text("utf-8") == table(packages, licences(packages, found)), "run `make licences`"


def test_a_licence_is_read_in_our_list_only_where_the_metadata_do_not_say_it(found: dict[str, Distribution]) -> None:
    assert [name for name in READ if found[name].metadata.get_all("License-Expression")] == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        (None, False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-2.0-only OR MIT AND GPL-3.0-only", False),
        ("(GPL-2.0-only OR MIT) AND Apache-2.0", True),
        ("GPL-2.0-only OR (MIT AND (GPL-3.0-only OR ISC))", True),
    ],
)
def test_an_expression_is_allowed_by_its_parts(licence: str | None, allowed: bool) -> None:
    assert is_allowed(licence) is allowed


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT or Apache-2.0")], "MIT OR Apache-2.0"),
        ([("License", "Apache 2.0")], "Apache-2.0"),
        ([("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        ([("License", "a whole\ntext"), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: BSD License")], None),
        ([("Classifier", "License :: OSI Approved :: MIT License"), ("Classifier", "License :: OSI Approved :: Apache Software License")], None),
        ([("License", "do what you like")], None),
        ([], None),
    ],
)  # fmt: skip
def test_what_metadata_say_is_an_expression_or_nothing(fields: list[tuple[str, str]], licence: str | None) -> None:
    metadata = Message()
    for name, value in fields:
        metadata[name] = value
    assert licence_of("some-package", metadata) == licence  # type: ignore[arg-type]  # as importlib.metadata has it


def test_each_package_of_every_lock_is_pinned_by_hash(tmp_path: Path) -> None:
    locks = sorted(
        path
        for folder in ("", "fuzz", "supply", "bench/mutation")
        for path in (LOCK.parent / folder).glob("requirements*.lock")
    )
    assert len(locks) == 4
    assert all(len(digest) == 64 for lock in locks for one in read_lock(lock) for digest in one.hashes)
    (tmp_path / "bare.lock").write_text("attrs==1.0\n")
    with pytest.raises(ValueError, match="no hash for attrs"):
        read_lock(tmp_path / "bare.lock")


def test_what_a_package_needs_here_is_found(found: dict[str, Distribution]) -> None:
    assert {"lxml", "parsel", "twisted"} <= set(needs(found["scrapy"], found))
    assert names(["attrs; python_version < '3'", "Jinja2>=3", "nothing-known"], found) == ["jinja2"]


PACKAGES = [LockedPackage("attrs", "1.0", ("a" * 64,)), LockedPackage("six", "2.0", ("b" * 64,))]
CLEAN = '{"name": "attrs", "version": "1.0", "vulns": []}'


def report(*rows: str) -> str:
    return f'{{"dependencies": [{", ".join(rows)}], "fixes": []}}'


def cases() -> Iterator[tuple[str, str, AuditCode, str]]:
    six = '"name": "six", "version": "2.0"'
    yield report(CLEAN, f'{{{six}, "vulns": []}}'), "", AuditCode.CLEAN, "clean: "
    yield (
        report(CLEAN, f'{{{six}, "vulns": [{{"id": "CVE-1"}}]}}'),
        "",
        AuditCode.VULNERABLE,
        "1 vulnerable: no answer for 0",
    )
    yield (
        report(CLEAN, '{"name": "six", "skip_reason": "not found"}'),
        "",
        AuditCode.UNKNOWN,
        "unknown: no answer for 1",
    )
    yield report(CLEAN), "", AuditCode.UNKNOWN, "unknown: no answer for 1"
    yield (
        report(CLEAN, '{"name": "six", "version": "2.1", "vulns": []}'),
        "",
        AuditCode.UNKNOWN,
        "unknown: no answer for 1",
    )
    yield "", "Traceback\nConnectionError: x\n", AuditCode.UNKNOWN, "was not reached: ConnectionError: x"
    yield "[]", "", AuditCode.UNKNOWN, "unknown: no answer for 2"


@pytest.mark.parametrize(("report", "words", "code", "said"), list(cases()))
def test_only_an_answer_for_every_package_is_clean(report: str, words: str, code: AuditCode, said: str) -> None:
    found = audited(PACKAGES, report, words)
    assert found.code is code
    assert said in found.lines()[-1]
