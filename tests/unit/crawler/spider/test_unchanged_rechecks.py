"""A look is settled only where the same rules read the same from the same, and a sample of them is read all the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from archive.ingest.run_writer import RunWriter
from archive.model.enums import ArchiveKind, Outcome
from archive.model.records import Document, PageRecord, Reading
from archive.store import Archive
from crawler.requests import Expect
from crawler.responses.outcome import ResponseFacts
from crawler.spider.recorder import RunRecorder
from crawler.spider.stop_rule import is_sampled_recheck
from crawler.spider.unchanged_rechecks import UnchangedRechecks
from pipelines.article import Layout
from pipelines.dedup import judge
from pipelines.sandbox.extraction_worker import ExtractTimeout
from pipelines.sandbox.page_question import PageQuestion
from pipelines.sandbox.page_reader import PageReader
from testing.archives import FIRST, SHORT, at, finish, keep, make

PORTAL, KEY = "da_nang", SHORT.key
URL = f"https://danang.gov.vn.replica.test/{KEY}"
LAYOUT = Layout("bai", fits="h1", title=("h1",), published=(), body=("div",))
NEXT = next(night for day in range(1, 99) if not is_sampled_recheck(KEY, night := FIRST + timedelta(days=day)))
SAMPLED = next(night for day in range(1, 999) if is_sampled_recheck(KEY, night := FIRST + timedelta(days=day)))
BODY = b"<h1>Tin</h1>"


class Recheck:
    """The recheck of one night at one article whose page's region has a given digest."""

    def __init__(self, writer: RunWriter, layout: Layout = LAYOUT, region: bytes | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.region, self.crosschecked = region, False
        recorder = SimpleNamespace(
            writer=writer,
            count=lambda name, number=1: self.counts.update({name: number}),
            modified=SimpleNamespace(stated=lambda key: None),
        )
        pages = SimpleNamespace(region=self._region, is_sampled_page=lambda page: self.crosschecked)
        self.unchanged = UnchangedRechecks(cast(RunRecorder, recorder), cast(PageReader, pages), (layout,))
        self.unchanged.load([KEY])
        self.night = writer.night

    async def _region(self, question: PageQuestion, body: bytes, layouts: object) -> bytes | None:
        if self.region == b"late":
            raise ExtractTimeout("not read within 5 s")
        return self.region

    def question(self, url: str = URL, status: int = 200) -> PageQuestion:
        own = frozenset({"danang.gov.vn.replica.test"})
        head = ResponseFacts(status, {"content-type": "text/html"}, BODY, True, url, url, Expect.ARTICLE, url, own)
        question = PageQuestion(url, at(self.night), interface=False)
        return replace(question, given=self.unchanged.given(question, head))

    def reading(self, body: bytes = BODY, url: str = URL, status: int = 200) -> Reading:
        return self.unchanged.reading(KEY, self.question(url, status), body)

    def settled(self, body: bytes = BODY, url: str = URL, status: int = 200) -> Reading | None:
        page = PageRecord(url, Outcome.ARTICLE, at(self.night), 200, key=KEY, section="tin")
        asked = self.unchanged.settled(page, self.question(url, status), body, self.reading(body, url, status))
        return asyncio.run(asked)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[ReadArticle]:
    with make(tmp_path / "archive") as archive:
        article = ReadArticle(archive)
        yield article
        article.writer.abandon()


class ReadArticle:
    """An archive with one article that was read in its first night."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def stored(self, region: bytes | None = b"g" * 16, until: datetime | None = None) -> None:
        writer = self._start(FIRST)
        reading = replace(Recheck(writer).reading(), region=region, until=until)
        keep(writer, SHORT, at(FIRST), reading=replace(reading, counts={"layout bai": 1}, detail="no </html>"))
        finish(writer, at(FIRST))

    def recheck(self, night: date = NEXT, layout: Layout = LAYOUT, region: bytes | None = None) -> Recheck:
        return Recheck(self._start(night), layout, region)

    def _start(self, night: date) -> RunWriter:
        self.writer = self.archive.start(PORTAL, night, at(night), judge)
        return self.writer


def test_the_same_bytes_are_settled_with_what_the_reading_counted(run: ReadArticle) -> None:
    run.stored()
    recheck = run.recheck()
    settled = recheck.settled()
    assert settled is not None
    assert (settled.detail, settled.read_at, settled.region) == ("no </html>", at(NEXT), b"g" * 16)
    assert recheck.counts == {"rechecks with the same bytes": 1, "layout bai": 1}


def test_the_same_region_is_settled_and_its_new_bytes_are_known_then(run: ReadArticle) -> None:
    run.stored()
    recheck = run.recheck(region=b"g" * 16)
    settled = recheck.settled(BODY + b"<p>Truy cap: 2</p>")
    assert settled is not None
    assert settled.whole == recheck.reading(BODY + b"<p>Truy cap: 2</p>").whole
    assert recheck.counts == {"rechecks with the same region": 1, "layout bai": 1}


@pytest.mark.parametrize("region", [b"x" * 16, None, b"late"], ids=["another", "none", "a page that takes too long"])
def test_another_region_is_read(run: ReadArticle, region: bytes | None) -> None:
    run.stored()
    recheck = run.recheck(region=region)
    assert recheck.settled(BODY + b"<p>2</p>") is None
    assert not recheck.counts


def test_a_changed_page_that_the_cross_check_samples_is_read(run: ReadArticle) -> None:
    run.stored()
    recheck = run.recheck(region=b"g" * 16)
    recheck.crosschecked = True
    assert recheck.settled(BODY + b"<p>2</p>") is None
    assert recheck.settled() is not None  # the same bytes say what they said


def test_a_sampled_look_at_a_changed_page_proves_the_regions_digest(run: ReadArticle) -> None:
    run.stored()
    recheck = run.recheck(SAMPLED, region=b"g" * 16)
    recheck.crosschecked = True
    assert recheck.settled(BODY + b"<p>2</p>") is None
    recheck.unchanged.compare(KEY, None)
    assert recheck.counts == {"rechecks sampled": 1, "rechecks differing": 1}


def test_a_page_that_no_digest_covers_is_read_when_a_byte_changes(run: ReadArticle) -> None:
    run.stored(region=None)
    assert run.recheck().settled(BODY + b"<p>2</p>") is None


def test_what_other_rules_read_is_read_again(run: ReadArticle) -> None:
    run.stored()
    recheck = run.recheck(layout=replace(LAYOUT, drop=(".qc",)))
    assert recheck.settled() is None
    assert not recheck.unchanged.knows(KEY)


def test_another_address_and_another_status_are_read(run: ReadArticle) -> None:
    run.stored()
    recheck = run.recheck()
    assert recheck.settled(url=f"{URL}-khac") is None
    assert recheck.settled(status=203) is None
    assert recheck.settled() is not None


def test_a_moment_that_the_page_states_and_that_came_since_is_read(run: ReadArticle) -> None:
    run.stored(until=at(NEXT) + timedelta(seconds=1))
    assert run.recheck().settled() is not None


def test_a_page_is_read_from_the_moment_on_that_it_states(run: ReadArticle) -> None:
    run.stored(until=at(NEXT))
    assert run.recheck().settled() is None


def test_a_sampled_look_is_read_and_compared(run: ReadArticle) -> None:
    run.stored()
    recheck = run.recheck(SAMPLED)
    assert recheck.settled() is None
    said = Document(
        PORTAL, "tin", URL, KEY, SHORT.title, "", "\n".join([SHORT.title, *SHORT.paragraphs]), at(SAMPLED),
        ArchiveKind.REPLICA, None, published=SHORT.published,
    )  # fmt: skip
    recheck.unchanged.compare(KEY, said)
    assert recheck.counts == {"rechecks sampled": 1}
    assert recheck.settled() is None
    recheck.unchanged.compare(KEY, replace(said, content=said.content + "!"))
    assert recheck.settled() is None
    recheck.unchanged.compare(KEY, None)
    assert recheck.counts == {"rechecks sampled": 3, "rechecks differing": 2}
