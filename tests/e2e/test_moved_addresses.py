"""Whole crawls of portals whose articles get other addresses: one article each, and `gone` only what stands nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.store import Archive
from testing.ba_song_pages import html
from testing.crawl import crawl, new_archive
from testing.http_server import HttpServer, Reply, response
from testing.moved_pages import DRUPAL, NUKEVIET, OLDER_VHV, VHV, WORDPRESS, MovingPortal, record_of
from tests.unit.archive.index.test_removals import day, intact, lines_of

SAMPLES = ("-s", "SPIDER_MODULES=testing.portals.samples,crawler.spiders")
MISSING = response(html("<h1>Không tìm thấy trang</h1>"), "404 Not Found")
EDIT = "Đợt sau dự kiến vào tháng Tư."
Place = tuple[str, int]


@dataclass(frozen=True)
class Site:
    """A portal at one night: by list the paths shown and their articles, redirects, articles no list shows, edited ones."""

    lists: tuple[tuple[Place, ...], ...]
    redirects: Mapping[str, str] = field(default_factory=dict)
    unlisted: tuple[Place, ...] = ()
    edited: frozenset[int] = frozenset()

    def pages(self, portal: MovingPortal) -> dict[str, Reply]:
        lists = [
            (*(self.lists[at] if at < len(self.lists) else ()), (portal.standing.format(at), 30 + at))
            for at in range(len(portal.lists))
        ]
        shown = {path: portal.list_page(places) for path, places in zip(portal.lists, lists, strict=True)}
        stand = [place for places in (*lists, self.unlisted) for place in places]
        articles = {path: portal.page(number, EDIT if number in self.edited else "") for path, number in stand}
        moved = {path: response(b"", "301 Moved Permanently", Location=to) for path, to in self.redirects.items()}
        return {**{path: response(page) for path, page in (shown | articles).items()}, **moved}


@dataclass(frozen=True)
class Twin:
    """A portal before and after its articles moved, and the lines of the nights after.

    `older` makes the pages before, where they were of another form.
    """

    portal: MovingPortal
    before: Site
    after: Site
    events: tuple[tuple[int, str, str, str], ...]
    older: MovingPortal | None = None


NEWS, NOTICE = "/news/tin-tuc", "/news/thong-bao"
TWINS = {
    # Filed elsewhere (1: not found, 2: redirected), shown by two lists and then by one (3), left there by a copy with another
    # number (4), the whole news module renamed (5), deleted (6), posted twice with both standing (7, 8).
    "category": Twin(
        NUKEVIET,
        Site(
            (
                tuple((f"{NEWS}/tin-{number}.html", number) for number in (1, 2, 3, 4, 5, 6, 7)),
                ((f"{NOTICE}/tin-3.html", 3),),
            )
        ),
        Site(
            (
                ((f"{NEWS}/tin-40.html", 4), (f"{NEWS}/tin-7.html", 7), (f"{NEWS}/tin-70.html", 7)),
                ((f"{NOTICE}/tin-1.html", 1), (f"{NOTICE}/tin-2.html", 2), (f"{NOTICE}/tin-3.html", 3)),
                (("/tin-tuc/tin-5.html", 5),),
            ),
            {f"{NEWS}/tin-2.html": f"{NOTICE}/tin-2.html"},
        ),
        (
            (3, "1", "moved_address", f"{NOTICE}/tin-1.html"),
            (3, "2", "moved_address", f"{NOTICE}/tin-2.html"),
            (3, "3", "moved_address", f"{NOTICE}/tin-3.html"),
            (3, "4", "moved_address", f"{NEWS}/tin-40.html"),
            (3, "40", "moved_address", f"{NEWS}/tin-40.html"),
            (3, "5", "moved_address", "/tin-tuc/tin-5.html"),
            (3, "70", "duplicate", f"{NEWS}/tin-70.html"),
            (17, "6", "gone", f"{NEWS}/tin-6.html"),
        ),
    ),
    # Renamed (1: not found, 2: redirected, 3: redirected and edited), the day put into every address (4), posted twice (5),
    # deleted with the old address leading to another article (6 to 5).
    "slug": Twin(
        WORDPRESS,
        Site((tuple((f"/bai-{number}/", number) for number in (1, 2, 3, 4, 5, 6)),)),
        Site(
            (
                (
                    ("/bai-1-sua/", 1), ("/bai-2-sua/", 2), ("/bai-3-sua/", 3), ("/2025/03/04/bai-4/", 4), ("/bai-5/", 5),
                    ("/bai-5-2/", 5),
                ),
            ),
            {"/bai-2/": "/bai-2-sua/", "/bai-3/": "/bai-3-sua/", "/bai-6/": "/bai-5/"},
            edited=frozenset({3}),
        ),
        (
            (3, "bai-1", "moved_address", "/bai-1-sua/"),
            (3, "bai-1-sua", "moved_address", "/bai-1-sua/"),
            (3, "bai-2", "moved_address", "/bai-2-sua/"),
            (3, "bai-2-sua", "moved_address", "/bai-2-sua/"),
            (3, "bai-3", "moved_address", "/bai-3-sua/"),
            (3, "bai-3", "revision", "/bai-3-sua/"),
            (3, "bai-3-sua", "moved_address", "/bai-3-sua/"),
            (3, "bai-4", "moved_address", "/2025/03/04/bai-4/"),
            (3, "bai-5-2", "duplicate", "/bai-5-2/"),
            (17, "bai-6", "gone", "/bai-6/"),
        ),
    ),
    # Every address of the site changes: from nodes to names, redirected (1, 2) and not found (3, 4); one is deleted (5); one is
    # shown by another list under its name (4).
    "permalinks": Twin(
        DRUPAL,
        Site((tuple((f"/node/{number}", number) for number in (1, 2, 3, 4, 5)),)),
        Site(
            ((("/ten-1", 1), ("/ten-2", 2), ("/ten-3", 3)), (("/ten-4", 4),)),
            {"/node/1": "/ten-1", "/node/2": "/ten-2"},
        ),
        (
            *(
                (3, key, "moved_address", f"/ten-{number}")
                for number in (1, 2, 3, 4)
                for key in (f"node/{number}", f"ten-{number}")
            ),
            (17, "node/5", "gone", "/node/5"),
        ),
    ),
    # Lists show the records' ids from now on (1), one is filed elsewhere (2), one has a slug that was cut to that of another (3).
    "records": Twin(
        VHV,
        Site((tuple((f"/tin-tuc-su-kien/{slug}.html", number) for slug, number in (("bai-1", 1), ("bai-2", 2), ("dai", 3))),)),
        Site(
            (
                (
                    ("/tin-tuc-su-kien/khac/dai.html", 4), ("/tin-tuc-su-kien/bai-1.html", 1),
                    ("/tin-tuc-su-kien/khac/bai-2.html", 2), ("/tin-tuc-su-kien/dai.html", 3),
                ),
            ),
        ),
        (
            (3, "bai-2", "moved_address", "/tin-tuc-su-kien/khac/bai-2.html"),
            (3, f"dai~{record_of(4)}", "new", "/tin-tuc-su-kien/khac/dai.html"),
        ),
        OLDER_VHV,
    ),
}  # fmt: skip


@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS)
def test_an_article_keeps_its_key_under_another_address(tmp_path: Path, twin: Twin) -> None:
    root = new_archive(tmp_path / "a")
    for number in (2, 3, 17):
        pages = twin.after.pages(twin.portal) if number > 2 else twin.before.pages(twin.older or twin.portal)
        with HttpServer(pages, otherwise=MISSING) as server:
            options = ("--archive", str(root), "--night", day(number).isoformat())
            done = crawl(*options, *SAMPLES, portal=twin.portal.name, port=server.port)
            assert (done.code, done.err) == (0, ""), number
        with Archive.open(root) as archive:
            archive.seal(day(number), {})
    with Archive.open(root) as archive:
        found = [(at, line.key, line.event.value, urlsplit(line.url).path) for at, line in lines_of(archive)]
        stored = [line for line in found if line[0] == 2]
        assert {event for _, _, event, _ in stored} == {"new"}
        assert sorted(found[len(stored) :]) == sorted(twin.events)
        assert intact(archive)
