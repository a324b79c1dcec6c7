"""`scrapy probe --interactive`: each open question is asked, each answer tried, and what is not answered stays open."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from archive.errors import UsageError
from bench.probe.handmade import DRAWN, HandmadePortal
from bench.probe.walk import NOW, MemoryWire
from crawler.probe.explore import Exploration, explore
from crawler.probe.infer import infer_portal
from crawler.probe.match_structure import UserHints
from crawler.probe.questions import Questioner, ask, ask_first
from crawler.probe.result import ProbeResult
from replicas.serve import ReplicaServer
from replicas.sites.site import SiteRequest, SiteResponse, Suffixer

ROOT = Path(__file__).resolve().parents[2]
HOST = "la.mau.vn"


@cache
def brought(kind: str) -> Exploration:
    wire = MemoryWire(HandmadePortal(kind, 5, HOST))
    return asyncio.run(explore(wire.fetch, f"https://{HOST}.replica.test/", 30, NOW))


def understood(kind: str) -> ProbeResult:
    return infer_portal(brought(kind), "la", "Trang mẫu", NOW)


def answering(*answers: str) -> Questioner:
    given: Iterator[str] = iter(answers)

    def answer(question: str) -> str:
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    return Questioner(answer)


SCRIPTED = "page links that only a script knows"


def test_a_question_about_paging_is_answered_and_closed() -> None:
    found = understood(SCRIPTED)
    assert found.portal is not None
    sections = ["" for _ in found.portal.sections]
    portal = ask(found, brought(SCRIPTED), NOW, answering("Xã Mẫu", *sections, "hai ba", "trang"))
    assert portal.structure is not None
    assert (portal.title, portal.structure.counts, found.undecided) == ("Xã Mẫu", "trang", [])


def test_what_is_left_open_has_to_be_agreed_to() -> None:
    found = understood(SCRIPTED)
    assert found.portal is not None
    sections = ["" for _ in found.portal.sections]
    with pytest.raises(UsageError, match="not written: paging"):
        ask(found, brought(SCRIPTED), NOW, answering("", *sections, "", "n"))
    ask(found, brought(SCRIPTED), NOW, answering("", *sections, "", "y"))
    assert len(found.undecided) == 1


def test_a_selector_is_tried_before_it_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    kind = "dates on the list alone"
    found = understood(kind)
    assert found.portal is not None
    sections = ["" for _ in found.portal.sections]
    ask(found, brought(kind), NOW, answering("", *sections, "div..x", ".nowhere", "", "y"))
    said = capsys.readouterr().out
    assert "no CSS selector" in said
    assert "it reads a date on 0 of 6 articles" in said


def test_sections_can_be_refused_down_to_none() -> None:
    found = understood(SCRIPTED)
    assert found.portal is not None
    answers = ["", *("n" for _ in found.portal.sections), ""]
    with pytest.raises(UsageError, match="at least one section"):
        ask(found, brought(SCRIPTED), NOW, answering(*answers))


def test_the_end_of_the_input_is_an_error_and_not_a_yes() -> None:
    found = understood(SCRIPTED)
    with pytest.raises(UsageError, match="nobody answered"):
        ask(found, brought(SCRIPTED), NOW, answering(""))


def test_what_keeps_a_spider_from_being_written_is_asked_first() -> None:
    found = ProbeResult(undecided=["the list: no selector", "the article key: no part"])
    answered = ask_first(found, brought(SCRIPTED), answering("div.nowhere a", "a", "/(x", "/bai", r"/bai/(?P<key>\d+)"))
    assert answered == UserHints(links="a", key=r"/bai/(?P<key>\d+)")


def test_the_bound_is_kept_to_the_last_request() -> None:
    for most in (8, 11, 17):
        wire = MemoryWire(HandmadePortal("sections built in different ways", 5, HOST))
        seen = asyncio.run(explore(wire.fetch, f"https://{HOST}.replica.test/", most, NOW))
        assert seen.requests <= most
        assert wire.count <= most - 1  # robots.txt is one of them


def test_the_command_asks_on_a_terminal(tmp_path: Path) -> None:
    site = HandmadePortal(SCRIPTED, 5, HOST)
    where = ["--spiders", str(tmp_path), "--pages", str(tmp_path), "--name", "la", "--night", "2025-03-12"]
    with ReplicaServer([site]) as server:
        server.suffixer = Suffixer([HOST])
        command = [sys.executable, "-m", "scrapy", "probe", f"http://127.0.0.1:{server.port}/", "--loopback", HOST]
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            [*command, "--interactive", *where], cwd=ROOT, stdin=follower, stdout=subprocess.PIPE, text=True
        )
        os.write(leader, b"Xa Mau\n" + b"\n" * 4 + b"trang\n")
        said, _ = process.communicate(timeout=120)
        os.close(leader)
        os.close(follower)
        asked = len(server.log)
    assert process.returncode == 0, said
    assert "query parameter that counts the pages" in said
    assert 'counts="trang"' in (tmp_path / "la.py").read_text(encoding="utf-8")
    assert asked <= 30


class Winding:
    """A portal each of whose pages is reached by a redirect: two requests for one."""

    def __init__(self) -> None:
        self.site = HandmadePortal(SCRIPTED, 5, HOST)
        self.host = HOST

    def respond(self, request: SiteRequest) -> SiteResponse:
        if "khach=1" in request.query or request.path == "/robots.txt":
            return self.site.respond(replace(request, query=request.query.replace("khach=1", "").strip("&")))
        query = f"{request.query}&khach=1".strip("&")
        return SiteResponse(b"", 302, headers=(("Location", f"{request.path}?{query}"),))


def test_redirects_count_among_the_requests(tmp_path: Path) -> None:
    with ReplicaServer([Winding()]) as server:
        server.suffixer = Suffixer([HOST])
        command = [sys.executable, "-m", "scrapy", "probe", f"http://127.0.0.1:{server.port}/", "--loopback", HOST]
        where = ["--spiders", str(tmp_path), "--pages", str(tmp_path), "--night", "2025-03-12"]
        done = subprocess.run(
            [*command, "--max-requests", "13", *where],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        asked = len(server.log)
    assert asked == 13, done.stdout + done.stderr
    assert "requests: 13" in done.stdout


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["https://tinh.mau.vn/", "--loopback", HOST], "--loopback is for http://127.0.0.1:PORT/"),
        (["https://tinh.mau.vn/", "--max-requests", "31"], "give a number from 8 to 30"),
    ],
    ids=["loopback", "bound"],
)
def test_what_a_probe_refuses_is_one_line(options: list[str], why: str) -> None:
    command = [sys.executable, "-m", "scrapy", "probe", *options, "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_an_answer_changes_nothing_that_was_not_asked() -> None:
    found = understood(SCRIPTED)
    before = found.portal
    assert before is not None
    sections = ["" for _ in before.sections]
    portal = ask(found, brought(SCRIPTED), NOW, answering("", *sections, "", "y"))
    assert replace(portal, title=before.title) == before


class _Unsuffixed:
    """A saved copy: all links are absolute, at the original's host, and the front page redirects there too."""

    host = HOST

    def __init__(self) -> None:
        self.site = HandmadePortal(DRAWN, 3, HOST)

    def respond(self, request: SiteRequest) -> SiteResponse:
        if request.path == "/":
            return SiteResponse(b"", 302, headers=(("Location", f"https://{HOST}/trang-dau"),))
        return self.site.respond(replace(request, path="/") if request.path == "/trang-dau" else request)


def test_a_copy_with_absolute_links_is_probed_on_loopback(tmp_path: Path) -> None:
    with ReplicaServer([_Unsuffixed()]) as server:
        server.suffixer = Suffixer(["khac.mau.vn"])  # the pages are served as they are
        command = [sys.executable, "-m", "scrapy", "probe", f"http://127.0.0.1:{server.port}/", "--loopback", HOST]
        where = ["--spiders", str(tmp_path), "--pages", str(tmp_path), "--night", "2025-03-12"]
        done = subprocess.run([*command, *where], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.startswith("score unchecked (100 of 100 by its own rules)"), done.stdout + done.stderr
    assert "not answered:" not in done.stdout
