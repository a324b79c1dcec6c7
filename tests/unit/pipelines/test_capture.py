"""Hand an exchange to the archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from scrapy.http import Request, Response

from archive.ingest.run_writer import RunWriter
from archive.model.enums import ArchiveKind
from archive.store import Archive
from pipelines.capture import capture_of
from pipelines.dedup import judge
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 5, 23, 59, 59, tzinfo=TZ)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[RunWriter]:
    with Archive.create(tmp_path / "archive", ArchiveKind.REPLICA, UUID(int=7), NOW) as archive:
        night = archive.start("ba_song", date(2025, 3, 5), NOW, judge)
        yield night
        night.abandon()


def test_the_request_is_kept_without_its_secrets(night: RunWriter) -> None:
    sent = {"Cookie": "a=1", "Authorization": "Basic x", "Proxy-Authorization": "Basic y", "Accept-Language": "vi"}
    request = Request("https://www.ba-song.vn.replica.test/a", headers=sent)
    capture = capture_of(request, Response(request.url), NOW, night.via)
    assert capture.request_headers == (("Accept-Language", "vi"),)


def test_the_response_is_kept_as_served(night: RunWriter) -> None:
    request = Request("https://www.ba-song.vn.replica.test/a")
    headers = {"Set-Cookie": ["a=1", "b=2"], "Content-Encoding": "gzip"}
    response = Response(request.url, status=404, headers=headers, body=b"\x1f\x8bxyz")
    capture = capture_of(request, response, NOW, night.via)
    assert (capture.status, capture.body, capture.via) == (404, b"\x1f\x8bxyz", ArchiveKind.REPLICA)
    assert [value for name, value in capture.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert ("Content-Encoding", "gzip") in capture.headers
