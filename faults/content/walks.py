"""Lists without an end and addresses of many forms: calendars, pagers, sessions, postbacks, thousands of links."""

from __future__ import annotations

import json
from collections import Counter

from archive.errors import ExitCode
from archive.model.enums import ArchiveKind, Event, WalkEnd
from crawler.spider.stop_rule import LATER_PAGES
from faults import checks
from faults.catalogue import Place, require, row
from faults.network.crawl import KEYS, CrawlResult, crawl_failing, crawl_later, peak_memory, portal
from testing.ba_song_pages import article, html, listing
from testing.crawl import NIGHT, crawl, new_archive, the_night
from testing.http_server import HttpServer, Reply, response
from testing.run_lines import ReadLines


def _ends(night: CrawlResult) -> list[WalkEnd]:
    return [page.walk_end for page in night.pages if page.walk_end is not None]


def _lists(night: CrawlResult) -> int:
    return sum(times for path, times in night.asked.items() if path.startswith("/tin-tuc"))


@row("C23", "a calendar: every list page names a next one, with articles of its own, without end", weight=25)
def _c23(place: Place) -> str:
    pages: dict[str, Reply] = portal(list=response(listing(["n0"], "/tin-tuc?thang=1")))
    for month in range(1, LATER_PAGES + 20):
        pages[f"/tin-tuc?thang={month}"] = response(listing([f"n{month}"], f"/tin-tuc?thang={month + 1}"))
    fresh = crawl_failing(place.below("fresh"), pages)
    require(_lists(fresh) == LATER_PAGES and _ends(fresh) == [WalkEnd.PAGE_LIMIT], f"{_lists(fresh)}: {_ends(fresh)}")
    empty = portal(list=response(listing(KEYS, "/tin-tuc?thang=1")))
    empty |= {f"/tin-tuc?thang={month}": response(listing([], f"/tin-tuc?thang={month + 1}")) for month in range(1, 99)}
    blank = crawl_failing(place.below("blank"), empty, code=0)
    require(_lists(blank) == 2 and _ends(blank) == [WalkEnd.REPEATED], f"{_lists(blank)}: {_ends(blank)}")
    loop = portal(list=response(listing(KEYS, "/tin-tuc/tin-tuc/")))
    loop |= {
        "/tin-tuc" * level + "/": response(listing(KEYS, "/tin-tuc" * (level + 1) + "/")) for level in range(2, 99)
    }
    path = crawl_failing(place.below("path"), loop)
    require(_lists(path) == 2 and _ends(path) == [WalkEnd.FIRST_AGAIN], f"{_lists(path)}: {_ends(path)}")
    return f"fresh articles on every page: stopped after {LATER_PAGES} pages, incomplete; empty months and a growing path: at the first"


@row("C24", "a pager without an end: behind the last page comes the last, or the first, again", weight=12)
def _c24(place: Place) -> str:
    again = portal(list=response(listing(KEYS, "/tin-tuc?page=2")))
    again |= {
        f"/tin-tuc?page={number}": response(listing(KEYS, f"/tin-tuc?page={number + 1}")) for number in range(2, 99)
    }
    first = crawl_failing(place.below("first"), again)
    require(_lists(first) == 2 and _ends(first) == [WalkEnd.FIRST_AGAIN], f"{_lists(first)}: {_ends(first)}")
    require(first.kept == set(KEYS), f"kept are {sorted(first.kept)}")
    last = portal(list=response(listing(KEYS[:2], "/tin-tuc?page=2")))
    last |= {
        f"/tin-tuc?page={number}": response(listing(KEYS[2:], f"/tin-tuc?page={number + 1}")) for number in range(2, 99)
    }
    behind = crawl_failing(place.below("last"), last, code=0)
    require(_lists(behind) == 3 and _ends(behind) == [WalkEnd.REPEATED], f"{_lists(behind)}: {_ends(behind)}")
    return "page 1 again: stopped at page 2 and the walk is incomplete; the last page again: stopped there, complete; every article kept"


@row("C25", "session ids, tracking parameters, parameters in another order, on every visit others", weight=10)
def _c25(place: Place) -> str:
    def named(visit: int) -> list[str]:
        forms = (
            f"/tin/a.html?PHPSESSID={visit}abc", f"/tin/a.html?utm_source=x{visit}&fbclid={visit}", "a",
            f"/tin/b.html?x=1&y=2&sid={visit}", f"/tin/b.html?sid={visit}&y=2&x=1",
        )  # fmt: skip
        return [*forms, "c", "d"]

    def pages(visit: int) -> dict[str, Reply]:
        own = {key: response(article(number)) for number, key in enumerate(KEYS)}
        return portal(list=response(listing(named(visit)))) | {
            path: own[path.partition("?")[0][-6]] for path in (*named(1), *named(2)) if path.startswith("/")
        }

    first = crawl_failing(place, pages(1), code=0)
    later = crawl_later(first, pages(2))
    asked = Counter(path.partition("?")[0] for path in first.asked.elements())
    require(max(asked.values()) == 1, f"asked were {asked}")
    require([line.event for line in first.articles] == [Event.NEW] * 4, f"{first.run.events}")
    require(not later.articles, f"the next night: {[(line.key, line.event.value) for line in later.articles]}")
    return "each article asked for once, one document each; with other sessions the next night nothing is new"


def _postback_page(section: str, keys: list[str], visit: int, last: int | None = None) -> bytes:
    fields = ("__VIEWSTATE", "__EVENTVALIDATION")
    state = "".join(f"<input type=hidden name='{name}' value='{name}{visit}'>" for name in fields)
    links = "".join(f"<li><h3><a href='/vi/{section}/{key}'>Tin {key} của tỉnh</a></h3></li>" for key in keys)
    numbers = range(1, (last or 50) + 1)
    pager = "".join(f"<a href=\"javascript:__doPostBack('pager','{number}')\">{number}</a> " for number in numbers)
    return response(html(f"<form method=post action=''>{state}<ul>{links}</ul>{pager}</form>"))


def _posted_article(visit: int) -> bytes:
    state = f"<input type=hidden name='__VIEWSTATE' value='{visit}'>"
    text = "".join(f"<p>Xã An Bình mở lớp học bơi thứ {part} cho trẻ em trong thôn.</p>" for part in range(6))
    head = "<h1 class='title-article'>Lớp học bơi</h1><span id='datearticle'>04/03/2025 08:00</span>"
    return response(html(f"<form>{state}{head}<div class='chitietbaiviet'>{text}</div></form>"))


@row(
    "C26",
    "ASP.NET: further pages by postback, every answer with another view state, page 1 for every number",
    weight=14,
)
def _c26(place: Place) -> str:
    root = new_archive(place.folder / "archive", ArchiveKind.REPLICA)
    same, ending = "tin-hoat-dong-cua-lanh-dao-tinh", "chinh-sach-va-cuoc-song"
    pages: dict[str, Reply] = {
        f"/vi/{same}": lambda before: _postback_page(same, ["mot", "hai"], before),
        f"/vi/{ending}": lambda before: _postback_page(ending, [["ba"], ["bon"]][min(before, 1)], before, 3),
        f"/vi/{same}/mot": _posted_article,
    }
    ends, events, forms = list[dict[str | None, str]](), list[list[tuple[str, str]]](), 0
    for days in (0, 1):
        night = NIGHT.replace(day=NIGHT.day + days)
        with HttpServer(pages) as server:
            did = crawl(
                "--archive", str(root), "--night", night.isoformat(), "-s", "SPIDER_MODULES=crawler.spiders",
                portal="khanh_hoa", port=server.port,
            )  # fmt: skip
            posted = [request for request in server.requests if request.method == "POST"]
        forms += len(posted)
        require("Traceback" not in did.err and did.code in (0, 1), did.err[-400:])
        _, lines, articles = the_night(root, "khanh_hoa", night)
        ends.append({line.section: line.walk_end.value for line in lines if line.walk_end})
        events.append([(line.key, line.event.value) for line in articles])
        require(len(posted) <= 4, f"{len(posted)} forms were posted")
        require("__VIEWSTATE" not in json.dumps([str(line.request) for line in lines]), "a view state is in the lines")
    checks.whole(root)
    require(ends[0][same] == "first_again" and ends[0][ending] == "repeated", f"the walks ended so: {ends[0]}")
    require(events[0] == [(f"{same}/mot", "new")] and not events[1], f"the articles: {events}")
    return f"{forms} forms posted in two nights, no loop; another view state is no new version and stands in no line"


@row("C32", "5,000 links on one page, in a list and in an article", weight=45)
def _c32(place: Place) -> str:
    links = "".join(f"<a href='/tin/m{number}.html'>Tin {number}</a> " for number in range(5000))
    page = article(1).replace(b"</div></article>", f"<p>{links}</p></div></article>".encode())
    night = crawl_failing(place.below("article"), portal(b=response(page)), code=0)
    require(
        set(night.asked) == {"/robots.txt", "/tin-tuc", *(f"/tin/{key}.html" for key in KEYS)}, f"{len(night.asked)}"
    )
    many = response(listing([*KEYS, *(f"m{number}" for number in range(5000))]))
    root = new_archive(place.folder / "list")
    with HttpServer(portal(list=many)) as server:
        did = crawl(
            "--archive", str(root), "--night", NIGHT.isoformat(), "-s", "CLOSESPIDER_TIMEOUT=20", port=server.port
        )
    require(did.code == ExitCode.TIME_LIMIT and "Traceback" not in did.err, f"exit code {did.code}: {did.err[-300:]}")
    lines = ReadLines(root / f"open/{NIGHT}/ba_song")
    listed = sum(len(page.listed) for page in lines.pages)
    require(listed == 5004, f"{listed} stand on the list's line")
    require([line.key for line in lines.articles] == list(KEYS), f"kept are {[line.key for line in lines.articles]}")
    require((peak := peak_memory()) < 400, f"a process took {peak} MB")
    require(len(lines.pages) < 5000, "all were asked for")
    return "in an article none is followed; of a list all stand on its line, asked one by one until the deadline, the rest is pending"


@row("C33", "addresses of 64 kB, and of javascript:, data:, mailto:, tel:, ftp:, with blanks and controls", weight=8)
def _c33(place: Place) -> str:
    odd = (
        f"/tin/a.html?{'x' * 65_000}", f"/tin/{'y' * 65_000}.html", "javascript:alert(1)//tin/x.html", "data:text/html,/tin/x.html",
        "mailto:a@ba-song.vn", "tel:+84233", "ftp://www.ba-song.vn/tin/x.html", "file:///tin/x.html", "\\\\ba-song.vn\\tin\\x.html",
        "/tin/x\x01.html", "http://[::1/tin/x.html", "http://127.0.0.1/tin/x.html", "//169.254.169.254/tin/x.html",
        "http://www.ba-song.vn:99999/tin/x.html", "https://ba-song.vn@evil.example/tin/x.html", "#", "",
    )  # fmt: skip
    items = "".join(f"<li class='tin'><a href='{href}'>Tin</a> <span>04/03/2025</span></li>" for href in odd)
    page = listing(KEYS).replace(b"<ul>", f"<ul>{items}".encode())
    extra = "".join(f"<a href='{href}'>x</a>" for href in odd)
    inside = article(1).replace(b"</div></article>", f"<p>{extra}</p></div></article>".encode())
    night = crawl_failing(place, portal(list=response(page), b=response(inside)))
    require(night.kept == set(KEYS), f"kept are {sorted(night.kept)}: {night.run.outcomes} {night.reasons}")
    asked = {path[:40] for path in night.asked}
    return f"none was asked for beside {sorted(asked)}: {night.run.outcomes}"
