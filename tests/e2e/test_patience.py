"""A portal that asks us to wait: what a real crawl does, seen from the server that it asks."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from archive.model.enums import Outcome, Verdict
from testing.ba_song_pages import HOST, article, html, listing
from testing.crawl import NIGHT, crawl, new_archive, the_night
from testing.http_server import HttpServer, Misbehaviour, Reply, response

ARGUMENTS = ("--night", NIGHT.isoformat())
TEXT = "text/plain"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return new_archive(tmp_path / "archive")


def portal(**others: Reply) -> dict[str, Reply]:
    """Two articles on one list; `robots` and `list` replace those."""
    pages: dict[str, Reply] = {"/tin-tuc": response(listing(["a", "b"]))}
    pages |= {f"/tin/{key}.html": response(article(number)) for number, key in enumerate("ab")}
    names = {"robots": "/robots.txt", "list": "/tin-tuc"}
    return pages | {names[name]: said for name, said in others.items()}


class Clocked:
    """Notes when each path of a portal is asked."""

    def __init__(self, pages: dict[str, Reply]) -> None:
        self.times: list[tuple[float, str]] = []
        self._lock = threading.Lock()
        self.pages = {path: self._noting(path, said) for path, said in pages.items()}

    def _noting(self, path: str, said: Reply) -> Reply:
        def answer(before: int) -> bytes:
            with self._lock:
                self.times.append((time.monotonic(), path))
            assert not isinstance(said, Misbehaviour)
            return said(before) if callable(said) else said

        return answer

    @property
    def gaps(self) -> list[float]:
        return [later[0] - earlier[0] for earlier, later in pairwise(self.times)]


def test_a_crawl_delay_is_kept_up_to_its_limit_and_recorded(archive: Path) -> None:
    robots = response(b"User-agent: *\nDisallow: /x\n\nUser-agent: luu-tru\nCrawl-delay: 10\n", kind=TEXT)
    asked = Clocked(portal(robots=robots))
    with HttpServer(asked.pages) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, "-s", "CRAWL_DELAY_LIMIT=0.5", port=server.port)
    assert done.code == 0, done.err
    assert len(asked.times) == 4
    assert min(asked.gaps) >= 0.5
    run, pages, _ = the_night(archive)
    visit = run.hosts[HOST]
    assert (visit.requests, visit.crawl_delay) == (4, 0.5)
    assert visit.robots == "rules are kept; crawl-delay 10 s, kept as 0.5 s"
    assert visit.spacing_p50 is not None
    assert visit.spacing_p50 >= 0.5
    assert [page.crawl_delay for page in pages if page.outcome is Outcome.ROBOTS] == [0.5]
    assert (archive / "open" / "turns" / HOST).exists()


FORMS = {
    "a web page": (response(html("<h1>Trang ch\u1ee7</h1>")), 2, "no rules: a web page in its place"),
    "404": (response(b"", "404 Not Found"), 2, "no rules: it was answered with 404"),
    "rules behind a mark": (
        response(b"\xef\xbb\xbfUser-agent: *\nDisallow: /tin/a\n", kind=TEXT),
        1,
        "rules are kept",
    ),
    "sent round in circles": (response(b"", "302 Found", Location="/robots.txt"), 2, None),
    "sent to another host": (response(b"", "302 Found", Location="https://sso.example/robots.txt"), 2, None),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_was_made_of_robots_txt_is_recorded(name: str, archive: Path) -> None:
    robots, kept, words = FORMS[name]
    with HttpServer(portal(robots=robots)) as server:
        crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
        assert server.asked["/robots.txt"] <= 6
    run, pages, articles = the_night(archive)
    assert len(articles) == kept
    assert run.hosts[HOST].robots == words
    assert sum(run.outcomes.values()) == len(pages)


@pytest.mark.parametrize("status", ["503 Service Unavailable", "500 Internal Server Error", "429 Too Many Requests"])
def test_a_robots_txt_that_cannot_be_had_forbids_everything_for_now(status: str, archive: Path) -> None:
    pages = portal(robots=response(b"", status))
    with HttpServer(pages) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, port=server.port, STAY_OPEN="1")
        assert (done.code, "could not be had" in done.err) == (11, True)  # the scheduler asks again later tonight
        done = crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
        assert done.code == 1
        assert set(server.asked) == {"/robots.txt"}
        server.pages["/robots.txt"] = response(b"", "404 Not Found")
        assert crawl("--archive", str(archive), "--night", "2025-03-06", port=server.port).code == 0
    run, _, _ = the_night(archive)
    assert (run.verdict, run.finish_reason) == (Verdict.UNREACHABLE, "unreachable")
    visit = run.hosts[HOST]
    assert visit.requests == 6
    assert (visit.unavailable, visit.too_many) == (6 * status.startswith("503"), 6 * status.startswith("429"))


def test_a_wait_that_is_asked_for_holds_for_the_whole_host(archive: Path) -> None:
    busy = response(b"", "503 Service Unavailable", Retry_After="1")
    pages = portal()
    good = pages["/tin/a.html"]
    pages["/tin/a.html"] = lambda before: good if before else busy  # type: ignore[assignment,return-value]  # bytes
    asked = Clocked(pages)
    with HttpServer(asked.pages) as server:
        assert crawl("--archive", str(archive), *ARGUMENTS, port=server.port).code == 0
    after = [path for _, path in asked.times].index("/tin/a.html")
    assert asked.gaps[after] >= 1
    assert sorted(path for _, path in asked.times[after + 1 :]) == ["/tin/a.html", "/tin/b.html"]
    assert the_night(archive)[0].hosts[HOST].unavailable == 1


@pytest.mark.parametrize(
    ("status", "finish", "code"),
    [("429 Too Many Requests", "blocked", 1), ("503 Service Unavailable", "unreachable", 11)],
    ids=["429: left for the night", "503: asked again later tonight"],
)
def test_a_portal_that_asks_for_hours_is_left_alone(status: str, finish: str, code: int, archive: Path) -> None:
    pages = portal(list=response(listing(["a", "b"])))
    pages["/tin/a.html"] = response(b"", status, Retry_After="7200")
    with HttpServer(pages) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, port=server.port, STAY_OPEN="1")
        assert done.code == code
        assert server.asked["/tin/a.html"] == 1
        assert server.asked["/tin/b.html"] == 0
        if code == 11:
            assert "left alone for 7200 s (503, Retry-After)" in done.err
            crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
    run, _, _ = the_night(archive)
    assert run.finish_reason == finish


def test_a_retry_after_is_reckoned_by_the_clock_of_the_server(archive: Path) -> None:
    there, soon = "Fri, 01 Jan 2099 00:00:00 GMT", "Fri, 01 Jan 2099 00:00:01 GMT"
    busy = response(b"", "429 Too Many Requests", Date=there, Retry_After=soon)
    pages = portal(list=lambda before: response(listing(["a"])) if before else busy)
    with HttpServer(pages) as server:
        assert crawl("--archive", str(archive), *ARGUMENTS, port=server.port).code == 0
        assert server.asked["/tin-tuc"] == 2


def test_heads_without_end_are_hung_up_on(archive: Path) -> None:
    bomb = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (number, b"a" * 8000) for number in range(2500))
    pages = portal()
    pages["/tin/a.html"] = bomb + b"\r\n" + article(0)
    with HttpServer(pages) as server:
        crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
        assert server.asked["/tin/a.html"] == 3
    run, lines, articles = the_night(archive)
    (page,) = (page for page in lines if page.key == "a")
    assert (page.outcome, page.detail, page.unanswered) == (Outcome.TOO_LARGE, "headers larger than the limit", 3)
    assert [line.key for line in articles] == ["b"]
    assert (run.hosts[HOST].requests, run.hosts[HOST].unanswered) == (6, 3)


def test_lists_that_never_end_are_left(archive: Path) -> None:
    """A list whose every page names a next one: the same entries, then none, whatever the page's number."""
    pages = portal(list=response(listing(["a", "b"], "/tin-tuc?trang=2")))
    for number in range(2, 30):
        pages[f"/tin-tuc?trang={number}"] = response(listing([], f"/tin-tuc?trang={number + 1}"))
    with HttpServer(pages) as server:
        crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
        assert sum(count for path, count in server.asked.items() if path.startswith("/tin-tuc")) == 2
    assert {line.key for line in the_night(archive)[2]} == {"a", "b"}
