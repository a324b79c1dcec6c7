"""The corpus of every fuzzing target is read as documented, without the fuzzer; what once failed is kept in it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from crawler.sandbox.response_question import ResponseAnswer
from fuzz.targets import CORPUS, TARGETS, load, seeds

MOST = 64 * 1024  # bytes of a target's corpus


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_of_the_corpus_is_read_as_documented(name: str) -> None:
    target, inputs = load(name), seeds(name)
    assert inputs
    for path in inputs:
        try:
            target(path.read_bytes())
        except Exception as error:
            error.add_note(f"of {path.relative_to(CORPUS)}")
            raise


def test_most_composed_lists_and_feeds_show_an_article() -> None:
    answers = [
        cast("ResponseAnswer", load(name)(path.read_bytes())) for name in ("listing", "feeds") for path in seeds(name)
    ]
    assert sum(bool(answer.listing and answer.listing.entries) for answer in answers) >= 20


def test_the_corpus_is_small_and_each_part_of_it_is_of_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} == TARGETS.keys()
    assert {path.stem for path in CORPUS.glob("*.dict")} <= TARGETS.keys()
    sizes = {name: sum(path.stat().st_size for path in seeds(name)) for name in TARGETS}
    assert {name: size for name, size in sizes.items() if size > MOST} == {}


def test_targets_are_loaded_without_the_fuzzer() -> None:
    importing = [path.name for path in Path(CORPUS.parent).glob("*.py") if "import atheris" in path.read_text("utf-8")]
    assert importing == ["engine.py"]
