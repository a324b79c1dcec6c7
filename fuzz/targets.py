"""Name every target, and load one without importing the others."""

from __future__ import annotations

import operator
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

Target = Callable[[bytes], object]
"""Read one input. Raises BrokenPromise where a reader answers wrongly, or whatever a reader raises that it does not document."""

CORPUS = Path(__file__).with_name("corpus")

TARGETS = {
    "decode": "fuzz.texts:decode_text",
    "body": "fuzz.texts:decompress",
    "dates": "fuzz.texts:read_dates",
    "query": "fuzz.texts:parse_query",
    "addresses": "fuzz.pages:read_addresses",
    "outcome": "fuzz.pages:judge_response",
    "article": "fuzz.pages:read_article",
    "listing": "fuzz.pages:read_list",
    "feeds": "fuzz.pages:read_feeds",
    "robots": "fuzz.pages:read_robots",
    "lines": "fuzz.stored:read_line",
    "manifest": "fuzz.stored:read_manifest",
    "run_record": "fuzz.stored:read_run_record",
    "tombstone": "fuzz.stored:read_withholding",
    "head": "fuzz.stored:read_published_head",
    "warc": "fuzz.stored:read_captures",
    "proof": "fuzz.proofs:compare_checkers",
}


class BrokenPromise(Exception):
    """A reader's answer is not what its documentation says; the message names the promise."""


def load(name: str) -> Target:
    """Return the function of a target."""
    module, _, function = TARGETS[name].partition(":")
    target: Target = operator.attrgetter(function)(import_module(module))
    return target


def seeds(name: str) -> list[Path]:
    """Return the corpus of a target that is part of the repository, by name."""
    return sorted(path for path in (CORPUS / name).iterdir() if path.is_file())


def require(holds: object, promise: str) -> None:
    """Raise BrokenPromise unless the condition holds."""
    if not holds:
        raise BrokenPromise(promise)


def require_words(error: Exception) -> None:
    """Raise BrokenPromise unless a refusal says something: every command writes it on one line."""
    require(str(error).strip(), f"a refusal has words: {error!r:.200}")
