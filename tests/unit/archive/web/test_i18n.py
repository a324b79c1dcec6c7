"""The page's words: both languages have them all, templates have none of their own, and every word of the enums has one."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest

from archive.coverage.calendar import DayState
from archive.diff.classify import Change
from archive.messages.catalogue import LANGUAGES, MessageCatalogue
from archive.model.decommission import DecommissionSign
from archive.model.enums import ArchiveKind, Event, Outcome, Verdict, WalkEnd
from archive.search.engine import Order
from archive.web.app import ROUTES
from archive.web.views.calendar import KINDS, WORST_FIRST

WEB = Path(__file__).parents[4] / "archive/web"
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
WORDS: dict[str, dict[str, str]] = {
    language: json.loads((WEB.parent / f"messages/{language}.json").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
OF_REASONS = ("reason.", "sign.", "blocking.", "detail.", "record.")  # tests/unit/archive/messages has their tests
# Names, commands and signs that are the same in every language.
OURS = {
    "scrapy",
    "suspects",
    "python",
    "archive",
    "verify",
    "json",
    "serve",
    "report",
    "txt",
    "articles",
    "jsonl",
    "B",
    "M",
    "F",
    "robots",
}


def test_both_languages_have_the_same_words() -> None:
    assert set(WORDS["vi"]) == set(WORDS["en"])
    assert not [key for key, text in [*WORDS["vi"].items(), *WORDS["en"].items()] if not text.strip()]


def test_a_word_takes_the_same_values_in_both_languages() -> None:
    def values(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert not [key for key in WORDS["vi"] if values(WORDS["vi"][key]) != values(WORDS["en"][key])]


def test_the_files_are_in_order_so_that_they_can_be_compared() -> None:
    for language in LANGUAGES:
        assert list(WORDS[language]) == sorted(WORDS[language])


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("verdict", Verdict),
        ("event", Event),
        ("outcome", Outcome),
        ("walk", WalkEnd),
        ("change", Change),
        ("via", ArchiveKind),
        ("sort", Order),
        ("sign", DecommissionSign),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_word_of_the_records_has_one_on_the_page(prefix: str, words: type[StrEnum]) -> None:
    assert not [word.value for word in words if f"{prefix}.{word.value}" not in WORDS["vi"]]


def test_every_state_kind_and_verdict_is_known_to_the_page() -> None:
    assert not [state for state in DayState if f"state.{state.name.lower()}" not in WORDS["vi"]]
    assert not [kind for kind in KINDS if f"kind.{kind}" not in WORDS["vi"]]
    assert set(WORST_FIRST) == set(Verdict)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.S)
    for attribute in re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', text):
        assert not attribute.strip(), attribute
    left = set(re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>|&\w+;", " ", text)))
    assert left <= OURS, left - OURS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_a_template_asks_for_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    asked = set(re.findall(r'\bt\("([^"]+)"[,)]', text))
    assert not asked - set(WORDS["vi"]), asked - set(WORDS["vi"])
    begun = set(re.findall(r'\bt\("([^"]+\.)" ~', text))
    assert not [start for start in begun if not any(key.startswith(start) for key in WORDS["vi"])]


def test_no_word_is_left_over() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', text)) | set(re.findall(r'else t\("([^"]+)"', text))
    begun = tuple(start for start in asked if start.endswith("."))
    begun += tuple(f"{kind}." for kind in set(re.findall(r'\bt\.of\("([a-z]+)"', text)))
    begun += OF_REASONS
    left = [key for key in WORDS["vi"] if key.removesuffix(".one") not in asked and not key.startswith(begun)]
    assert not left, left


def test_one_of_a_thing_has_words_of_its_own() -> None:
    words = MessageCatalogue("en")
    assert (words("gaps.title", n=1), words("gaps.title", n=2)) == ("1 gap", "2 gaps")
    assert words.of("outcome", "a_later_word") == "a later word"
    with pytest.raises(KeyError):
        words("nothing")


def test_every_page_is_a_route_that_reads() -> None:
    assert {"/", "/search", "/integrity", "/doubtful"} <= set(ROUTES)
