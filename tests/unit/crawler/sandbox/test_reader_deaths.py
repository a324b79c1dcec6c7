"""A body that killed its reader twice is not read again before its bytes or the rules change, also where the whole crawl was killed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from crawler.sandbox import reader_deaths
from crawler.sandbox.reader_deaths import DeathRegister
from pipelines.sandbox.extraction_worker import ExtractionWorker, ExtractTimeout
from pipelines.sandbox.reader_process import ReadFailed, ReadRequest
from testing.article_pages import PLAIN

NIGHT = date(2026, 3, 17)
HOSTILE = ReadRequest(b"?", b"<p>" * 9, "https://www.ba-song.vn/tin-tuc")
OTHER = replace(HOSTILE, body=b"<p>" * 8)
LIST = replace(HOSTILE, what="https://www.ba-song.vn/kinh-te")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "open").mkdir()
    return tmp_path


def watch(root: Path, night: date = NIGHT, portal: str = "ba_song") -> DeathRegister:
    return DeathRegister(root, portal, night, (PLAIN,))


def test_the_second_death_ends_its_reading_and_is_told_once(root: Path) -> None:
    first = watch(root)
    first.killed(HOSTILE)
    assert first.refusal(HOSTILE) is None
    assert first.reasons() == ()

    second = watch(root, date(2026, 3, 18))
    second.killed(LIST)
    assert "killed its reader 2 times since 2026-03-17" in (second.refusal(HOSTILE) or "")
    (reason,) = second.reasons()
    assert "1 page" in str(reason)

    third = watch(root, date(2026, 3, 19))
    assert third.refusal(HOSTILE) is not None
    assert third.reasons() == ()
    assert third.refusal(OTHER) is None
    assert watch(root, portal="hue").refusal(HOSTILE) is None


def test_an_address_that_kills_with_other_bytes_each_time_is_read_after_a_growing_pause(root: Path) -> None:
    read, told = [], []
    for day in range(100):
        register, page = watch(root, NIGHT + timedelta(days=day)), replace(HOSTILE, body=b"<p>%d" % day)
        if register.refusal(page) is None:
            register.killed(page)
            read.append(day)
        told += [(day, reason.code) for reason in register.reasons()]
    assert read == [0, 1, 3, 7, 15, 31, 63, 95]
    assert told == [(1, "reader_killed_changing")]

    refused = watch(root, NIGHT + timedelta(days=100))
    kept = refused.refusal(replace(HOSTILE, body=b"<p>100")) or ""
    assert kept.startswith(
        "not read again before 2026-07-22: 8 bodies of this address killed their readers since 2026-03-17"
    )
    assert refused.refusal(replace(LIST, body=b"<p>100")) is None


def test_a_body_that_changed_is_read_at_once_where_only_one_killed_before(root: Path) -> None:
    for day in range(2):
        watch(root, NIGHT + timedelta(days=day)).killed(HOSTILE)
    assert watch(root, NIGHT + timedelta(days=1)).refusal(OTHER) is None


def test_a_crawl_that_was_killed_leaves_the_mark_of_what_it_read(root: Path) -> None:
    for _ in range(2):
        killed = watch(root)
        killed.begin(OTHER)
        killed.begin(HOSTILE)
    after = watch(root)
    assert after.refusal(HOSTILE) is not None
    assert after.refusal(OTHER) is None
    assert watch(root).newly == []


def test_a_crawl_that_ends_leaves_no_mark(root: Path) -> None:
    for _ in range(3):
        ended = watch(root)
        ended.begin(HOSTILE)
        ended.end()
        ended.close()
    assert watch(root).refusal(HOSTILE) is None
    assert list((root / "open" / "reading").iterdir()) == []


def test_other_rules_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        watch(root).killed(HOSTILE)
    assert watch(root).refusal(HOSTILE) is not None
    monkeypatch.setattr(reader_deaths, "rules_version", lambda layouts: b"others")
    assert watch(root).refusal(HOSTILE) is None


@pytest.mark.parametrize("stored", ["", "[]", "{}", '{"rules": 1}', "\0", '{"rules": "x", "deaths": {"a": 1}}'])
def test_a_damaged_file_refuses_nothing(root: Path, stored: str) -> None:
    (root / "open" / "reading").mkdir()
    for kind in ("json", "now"):
        (root / "open" / "reading" / f"ba_song.{kind}").write_text(stored)
    assert watch(root).refusal(HOSTILE) is None


def test_the_process_that_reads_notes_its_deaths_and_is_spared_the_third(root: Path) -> None:
    body = b"<html><body>" + b"<p>a</p>" * 99_000
    request = ReadRequest(
        b'{"url": "https://a.vn/", "now": "2026-03-17T20:00:00+07:00"}', body, "https://a.vn/", context=b"[]"
    )

    async def death(worker: ExtractionWorker) -> str:
        (part,) = worker.ask(request)
        with pytest.raises((ExtractTimeout, ReadFailed)) as caught:
            await part
        return str(caught.value)

    async def run() -> list[str]:
        with ExtractionWorker(deadline=0.2) as worker:
            worker.watch = watch(root)
            return [await death(worker) for _ in range(3)]

    first, second, third = asyncio.run(run())
    assert first == second == "not read within 0.2 s: https://a.vn/"
    assert third.startswith("not read again: it killed its reader 2 times")
