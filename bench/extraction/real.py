"""Real input, where LUU_TRU_DATA names its folder: six article pages and five texts of portals.

The pages are news sites' (one is the Government's newspaper), read without any layout; the samples are texts as a careless
extractor left them, cleaned. Nothing of them is part of this project.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TypedDict, cast

from bench.extraction.corpus import Sample
from bench.extraction.measure import Score, Share
from bench.extraction.readers import OURS, Reader
from pipelines.clean import clean_text
from replicas.records import TZ, ExpectedArticle
from testing.recorded import DATA
from vietnam.letters import clean_letters

_FETCHED = datetime(2026, 3, 8, 12, tzinfo=TZ)


class _Page(TypedDict):
    url: str
    title: str
    published: str
    must: list[str]
    must_not: list[str]


def real_pages(ways: Mapping[str, Reader], folder: Path = DATA) -> dict[str, Score]:
    """Score each reader on the real pages: `body` are passages of the text, `residue` passages from around it.

    Empty where the pages are not present. Our way is asked without layouts only.
    """
    listed = folder / "pages" / "expected.json"
    if not listed.is_file():
        return {}
    pages = cast("dict[str, _Page]", json.loads(listed.read_text("utf-8")))
    scores = {name: Score() for name in ways if name != OURS}
    for name, page in pages.items():
        if name.startswith("_"):
            continue
        sample = _sample(name, page, (folder / "pages" / name).read_bytes())
        for way, score in scores.items():
            score.add(_passages(sample, page, ways[way]))
    return scores


def _sample(name: str, page: _Page, body: bytes) -> Sample:
    wanted = ExpectedArticle("", page["url"], page["title"], page["published"], "", (), None, ())
    return Sample("real pages", "", "", "", name, body, wanted, _FETCHED)


def _passages(sample: Sample, page: _Page, reader: Reader) -> Score:
    read = reader(sample)
    text = clean_letters("\n".join(read.lines))
    score = Score(pages=1)
    for passage in page["must"]:
        score.count("body", Share(int(passage in text), 1))
    score.residue = sum(passage in text for passage in page["must_not"])
    if read.title is not None:
        score.count("title", Share(int(read.title == page["title"]), 1))
    if read.published is not None or read.article:
        length = 10 if read.article is None else None
        # Where only a day was checked by hand the page may still print the time.
        good = (read.published or "").startswith(page["published"][:length])
        score.count("published", Share(int(good), 1))
    return score


def samples(folder: Path = DATA) -> Score:
    """Return the samples cleaned: `body` are the lines that are text, `residue` the listed lines that stayed.

    Empty without them.
    """
    listed = folder / "samples" / "expected.json"
    score = Score()
    if not listed.is_file():
        return score
    for name, entry in cast("dict[str, dict[str, list[str]]]", json.loads(listed.read_text("utf-8"))).items():
        if not name.endswith(".txt"):
            continue
        score.pages += 1
        text = (folder / "samples" / name).read_text("utf-8")
        kept = [line.strip() for line in clean_text(text).split("\n")]
        for line in filter(None, map(str.strip, clean_letters(text).split("\n"))):
            if line in entry["residue"]:
                score.residue += line in kept
            else:
                score.count("body", Share(int(line in kept), 1))
    return score
