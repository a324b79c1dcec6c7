"""Reasons: every code has its messages and is used, parameters agree, records of both forms are read and rendered."""

from __future__ import annotations

import ast
import json
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from archive.messages.catalogue import LANGUAGES, catalogue
from archive.messages.reason import Part, Reason, Source, format_size, joined, parts

ROOT = Path(__file__).parents[4]
MESSAGES = {language: catalogue(language).texts for language in LANGUAGES}
CODES = {key.removeprefix("reason.").removesuffix(".one") for key in MESSAGES["en"] if key.startswith("reason.")}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@cache
def calls() -> list[tuple[str, str, set[str] | None]]:
    """Return every `Reason.of(…)` of the product: where, the code, the names of its parameters (None: not all are written out)."""
    found = []
    for top in ("archive", "crawler", "pipelines"):
        for path in sorted((ROOT / top).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)) if "Reason" in text else ():
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                if node.func.attr != "of" or ast.unparse(node.func) != "Reason.of":
                    continue
                codes = [one.value for one in ast.walk(_code(node.args[0])) if isinstance(one, ast.Constant)]
                names = {one.arg for one in node.keywords if one.arg}
                whole = all(one.arg for one in node.keywords)
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                assert codes, f"{where}: the code of a reason is written out"
                found += [(where, str(code), names if whole else None) for code in codes]
    return found


def _code(node: ast.expr) -> ast.expr:
    """Return the expression whose constants are the codes: not the condition between two of them."""
    return ast.List([node.body, node.orelse]) if isinstance(node, ast.IfExp) else node


def test_every_code_that_is_used_has_a_message_and_every_message_is_used() -> None:
    assert {code for _, code, _ in calls()} == CODES


def test_a_message_takes_the_parameters_that_its_code_is_made_with() -> None:
    wrong = []
    for where, code, names in calls():
        for key in (f"reason.{code}", f"reason.{code}.one"):
            for language in LANGUAGES if names is not None and key in MESSAGES["en"] else ():
                wanted = placeholders(MESSAGES[language][key]) | ({"n"} if key.endswith(".one") else set())
                if names != wanted:
                    wrong.append(f"{where} {code}: {names} and not {wanted}")
    assert not wrong


def test_no_message_takes_names_that_the_json_form_uses() -> None:
    assert not [code for code in CODES if placeholders(MESSAGES["en"][f"reason.{code}"]) & {"code", "text"}]


def test_vietnamese_messages_are_composed_and_without_stray_blanks() -> None:
    for text in MESSAGES["vi"].values():
        assert unicodedata.normalize("NFC", text) == text
        assert "  " not in text


READ = Reason.of("unread_once", percent=43, most=Reason.of("mostly", outcome="server_error", count=3))
RENDERED = [
    (
        Reason.of("first_told", reason=READ, n=1),
        "43% of the articles could not be read: mostly server_error (3); asked for again next time (first told last night)",
        "43 % số bài không đọc được: phần lớn là lỗi máy chủ (3); lần sau hỏi lại (đã báo từ đêm trước)",
    ),
    (
        Reason.of("gone_since", day=date(2025, 7, 1), sign="no_name"),
        "gone since 2025-07-01 (its host's name is not found)",
        "đã ngừng từ đêm 01/07/2025 (không tìm thấy tên máy chủ của cổng)",
    ),
    (
        Reason.of("low_disk", free=1_200_000_000, wanted=2_000_000_000),
        "low disk: 1.2 GB free, 2 GB wanted",
        "sắp đầy đĩa: còn trống 1,2 GB, cần 2 GB",
    ),
    (
        Reason.of("published_later", published="2025-03-05T08:00:00+07:00"),
        "published after the fetch: 2025-03-05T08:00:00+07:00",
        "ngày đăng sau lúc lấy về: 05/03/2025 08:00 UTC+7",
    ),
    (
        Reason.of("requests_unanswered", requests=3, detail="timeout"),
        "3 requests in a row were not answered (timeout)",
        "3 lượt gọi liên tiếp không được trả lời (quá thời gian chờ)",
    ),
    (
        Reason.of("stopped_at_deadline", minutes=1.5),
        "stopped at its deadline of 1.5 min",
        "dừng khi hết hạn 1,5 phút",
    ),
    (Reason.of("residue", n=1, portal="hue"), "residue: 1 suspect on hue; see `scrapy suspects hue`", None),
    (Reason.sentence("the moon was full"), "the moon was full", "the moon was full"),
]


@pytest.mark.parametrize(("reason", "english", "vietnamese"), RENDERED, ids=lambda value: str(value)[:40])
def test_a_reason_is_rendered_in_both_languages(reason: Reason, english: str, vietnamese: str | None) -> None:
    assert str(reason) == english
    if vietnamese is not None:
        assert "".join(part.text for part in parts(reason, catalogue("vi"))) == vietnamese


@pytest.mark.parametrize("reason", [reason for reason, _, _ in RENDERED], ids=lambda value: str(value)[:40])
def test_a_reason_survives_its_json_form(reason: Reason) -> None:
    assert Reason.parse(json.loads(json.dumps(reason.plain()))) == reason


def test_the_json_form_is_the_code_with_its_parameters() -> None:
    empty = Reason.of("lists_empty", section="tin-tuc", listed=0)
    assert empty.plain() == {"code": "lists_empty", "section": "tin-tuc", "listed": 0}
    assert READ.plain() == {
        "code": "unread_once",
        "percent": 43,
        "most": {"code": "mostly", "outcome": "server_error", "count": 3},
    }
    assert Reason.sentence("no answer").plain() == "no answer"
    assert Reason.sentence("no answer").reported() == {"text": "no answer"}
    assert empty.reported() == {**dict(empty.params), "code": "lists_empty", "text": str(empty)}


def test_what_a_stranger_wrote_is_never_ours() -> None:
    title = "no title (first told last night) {n}"
    found = list(parts(Reason.of("title_of_error", title=title), catalogue("vi")))
    assert found[-1] == Part(title, Source.QUOTED)
    assert [part.source for part in parts(Reason.sentence("x"), catalogue("vi"))] == [Source.ENGLISH]


@pytest.mark.parametrize(
    "raw",
    [None, 5, [], {}, {"code": 5}, {"code": ""}, {"code": "x", "n": []}, {"code": "x", "n": None}, {"n": 1}],
    ids=str,
)
def test_what_is_no_reason_is_refused(raw: object) -> None:
    with pytest.raises(TypeError):
        Reason.parse(raw)


def test_reasons_nested_too_deep_are_refused() -> None:
    raw: object = "x"
    for _ in range(20):
        raw = {"code": "waits", "why": raw}
    with pytest.raises(TypeError):
        Reason.parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"code": "of_a_later_program", "n": 3},
        {"code": "gone_since", "day": "never", "sign": "no_name"},
        {"code": "low_disk", "free": "much", "wanted": 3},
        {"code": "lists_empty"},
    ],
    ids=lambda raw: str(raw["code"]),
)
def test_a_reason_that_cannot_be_rendered_is_shown_as_it_is(raw: dict[str, object]) -> None:
    reason = Reason.parse(raw)
    for language in LANGUAGES:
        text = "".join(part.text for part in parts(reason, catalogue(language)))
        assert all(str(value) in text for value in raw.values())


def test_reasons_stand_on_one_line() -> None:
    assert joined([Reason.of("no_history"), Reason.sentence("odd")]) == "no history yet; odd"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (87_000_000, "87 MB"), (1_240_000_000, "1.2 GB")]
)
def test_bytes_are_written_for_people(size: int, text: str) -> None:
    assert format_size(size) == text
