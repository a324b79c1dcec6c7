"""Heads that are printed, typed, wrapped and read again; each other form is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from archive.errors import UsageError
from archive.export.head_feed import atom_feed
from archive.sealing.head import Head, head_of, read_head, read_heads, read_statement, statement_of
from archive.storage.jsonl import canonical
from archive.storage.manifest import Previous, Seal
from testing.proof_script import load_script

NIGHT = date(2025, 3, 4)
BEFORE = date(2025, 3, 3)
KEY, SIGNATURE = "A" * 43 + "=", "b" * 86 + "=="


def head(form: Literal[1, 2] = 2, *, first: bool = False, key: bool = True) -> Head:
    follows = (BEFORE, 12) if form == 2 and not first else None
    signed, signature = (KEY, SIGNATURE) if key else (None, None)
    before = None if first else "c3" * 32
    return Head("a" * 32, NIGHT, 2, "1a" * 32, "b2" * 32, 40, before, follows, signed, signature, form)


FORMS = [head(form, first=first, key=key) for form in (1, 2) for first in (True, False) for key in (True, False)]


Read = Callable[[str], tuple[bytes, str | None, str | None]]


@pytest.fixture(params=["program", "script"])
def read(request: pytest.FixtureRequest) -> Read:
    """Return the reader of a published head, of the program and of docs/check_proof.py: statement, key and signature."""
    if request.param == "program":

        def by_program(text: str) -> tuple[bytes, str | None, str | None]:
            found = read_head(text)
            return found.statement, found.key, found.signature

        return by_program
    script = load_script()

    def by_script(text: str) -> tuple[bytes, str | None, str | None]:
        try:
            found = script.read_head(text)
        except Exception as error:  # `main` turns every one into a line
            raise UsageError(str(error)) from None
        return found.statement.encode(), found.key, found.signature

    return by_script


def values(made: Head) -> tuple[bytes, str | None, str | None]:
    return made.statement, made.key, made.signature


@pytest.mark.parametrize("made", FORMS)
def test_a_head_is_the_same_in_every_form(made: Head, read: Read) -> None:
    assert read("\n".join(made.lines())) == values(made)
    assert read(json.dumps(made.plain())) == values(made)
    assert read("\n " + json.dumps(made.plain(), indent=2)) == values(made)
    assert read_head("\n".join(made.lines())) == made
    assert read_head(json.dumps(made.plain())) == made
    assert read_statement(made.statement) == replace(made, key=None, signature=None)
    assert read_heads("\n".join(made.lines())) == [made]


@pytest.mark.parametrize("made", FORMS)
def test_lines_are_read_however_they_were_wrapped(made: Head, read: Read) -> None:
    lines = made.lines()
    assert read(" ".join(lines)) == values(made)
    assert read("\n".join(" ".join(lines).split(" "))) == values(made)
    assert read("Dear auditor,\n\n" + "\n".join(lines[1:])) == values(made)
    typed = [line if line.split()[0] in ("key", "signature") else line.upper() for line in lines[1:]]
    assert read("\n".join(typed)) == values(made)


@pytest.mark.parametrize("made", FORMS)
def test_each_line_is_needed_and_each_letter_counts(made: Head, read: Read) -> None:
    lines = made.lines()
    for place, line in enumerate(lines[1:], start=1):
        with pytest.raises(UsageError):
            read("\n".join(lines[:place] + lines[place + 1 :]))
        last = line[-1]
        changed = line[:-1] + ("4" if last != "4" else "5")
        with pytest.raises(UsageError):
            read("\n".join([*lines[:place], changed, *lines[place + 1 :]]))


@pytest.mark.parametrize("made", FORMS)
def test_json_is_read_whole(made: Head, read: Read) -> None:
    plain = made.plain()
    for name in plain:
        with pytest.raises(UsageError):
            read(json.dumps({key: value for key, value in plain.items() if key != name}))
    for name in (
        ("archive", "head", "root", "leaves") if made.format == 2 else ()
    ):  # else its signature alone binds them
        with pytest.raises(UsageError):
            read(json.dumps(plain | {name: "0" * 64}))
    with pytest.raises(UsageError):
        read(json.dumps(plain | {"more": 1}))
    for other in (
        "{",
        '{"statement": 7}',
        "{}",
        "[]",
        "",
        '{"key": null, "signature": null, "statement": ' + "[" * 5000,
    ):
        with pytest.raises(UsageError):
            read(other)


@pytest.mark.parametrize("made", FORMS)
def test_a_statement_has_one_form(made: Head) -> None:
    raw = json.loads(made.statement)
    whole = canonical(raw) + b"\n"
    assert whole == made.statement
    before = {"head": "c3" * 32, "night": "2025-03-03", "number": 12}
    wrong: list[dict[str, object]] = [
        {"leaves": 40.0}, {"leaves": "40"}, {"number": "2"}, {"number": True}, {"night": "20250304"}, {"root": "2" * 63}, {"root": "X" * 64},
        {"manifest" if made.format == 2 else "head": "1" * 65}, {"previous": "3" * 63 if made.format == 1 else before | {"head": "3" * 63}},
        {"previous": ""}, {"previous": 7}, {"previous": {}}, {"previous": before | {"number": 12.0}}, {"previous": before | {"more": 1}},
        {"statement": "luu-tru head 3"}, {"archive": 7}, {"more": 1},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(ValueError, match=r"statement of a head|canonical form"):
            read_statement(canonical(raw | change) + b"\n")
    for data in (whole[:-1], whole + b"\n", b" " + whole, b"", b"7", b"null", b"[" * 100_000):
        with pytest.raises(ValueError):  # noqa: PT011  JSON's own words too
            read_statement(data)
    for name in raw:
        with pytest.raises(ValueError, match="statement of a head"):
            read_statement(canonical({key: value for key, value in raw.items() if key != name}) + b"\n")


def test_heads_are_read_in_the_order_in_which_they_stand() -> None:
    older, newer = replace(head(), number=1), head()
    printed = "\n".join([*older.lines(), "", *newer.lines(), ""])
    assert read_heads(printed) == [older, newer]
    assert read_heads("\n".join(json.dumps(each.plain()) for each in (older, newer)) + "\n\n") == [older, newer]
    assert read_heads(atom_feed([older, newer])) == [older, newer]
    assert read_heads("\n" + "\n".join(json.dumps(each.plain()) for each in (older, newer))) == [older, newer]
    assert read_heads("") == []
    for wrong in ("<feed", "<feed/><feed/>"):
        with pytest.raises(UsageError, match="no feed of heads"):
            read_heads(wrong)


def test_the_head_of_a_seal_names_the_seal_before_in_format_2_alone() -> None:
    before = Previous(BEFORE, 12, "c3" * 32)
    seal = Seal("a" * 32, NIGHT, 2, (), {}, "b2" * 32, 40, before)
    found = head_of(seal, KEY, SIGNATURE)
    assert found == replace(head(), manifest=seal.digest)
    assert found.head == seal.head
    assert head_of(replace(seal, chained=None)) == replace(
        head(first=True, key=False), manifest=replace(seal, chained=None).digest
    )
    older = replace(seal, format=1)
    assert head_of(older, KEY, SIGNATURE) == replace(head(1), manifest=older.digest)
    assert head_of(older).head == older.head == older.digest


def test_the_words_of_a_head_are_those_that_others_read() -> None:
    assert head().lines()[0] == "Lưu Trữ head"
    assert 'xmlns="http://www.w3.org/2005/Atom"' in atom_feed([head()])
    seal = Seal("a" * 32, NIGHT, 2, (), {}, "b2" * 32, 40, None)
    assert statement_of(seal) == head_of(seal).statement


def test_two_heads_in_one_text_are_not_one(read: Read) -> None:
    first, second = replace(head(), number=1), head()
    with pytest.raises(UsageError):
        read("\n".join([*first.lines(), *second.lines()]))
    assert read("Of our archive:\n" + "\n".join(second.lines()[1:])) == values(second)


@pytest.mark.parametrize(
    "wrong", [{"key": "x"}, {"key": KEY[:-1]}, {"signature": "x"}, {"signature": SIGNATURE + "="}, {"signature": None}]
)
def test_json_has_a_key_and_a_signature_or_none(wrong: dict[str, str | None]) -> None:
    with pytest.raises(UsageError):
        read_head(json.dumps(head().plain() | wrong))


def test_heads_are_read_behind_blanks_and_no_entity_of_a_feed_is_followed(tmp_path: Path) -> None:
    made = head()
    for text in (atom_feed([made]), json.dumps(made.plain()), "\n".join(made.lines())):
        assert read_heads("\n  " + text) == [made]
    lines = "\n".join(made.lines())
    (tmp_path / "lines.txt").write_text(lines, encoding="utf-8")
    for entity in (f'"{lines}"', f'SYSTEM "{(tmp_path / "lines.txt").as_uri()}"'):
        feed = f'<!DOCTYPE feed [<!ENTITY head {entity}>]><feed xmlns="http://www.w3.org/2005/Atom"><content>&head;</content></feed>'
        with pytest.raises(UsageError):
            read_heads(feed)
