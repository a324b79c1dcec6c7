"""Versions and copies: mirrors, counters, edits, removals, press releases, equal paragraphs, hidden and foreign text."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from archive.model.enums import Event
from faults import checks
from faults.catalogue import Place, require, row
from faults.network.crawl import crawl_failing, crawl_later, portal
from pipelines.dedup import judge
from testing.archives import FIRST, at, finish, keep, make, walk
from testing.ba_song_pages import HOST, article, html, listing
from testing.http_server import response
from testing.near_duplicates import release
from testing.run_lines import ReadLines


def article_of(title: str, *paragraphs: str, day: str = "04/03/2025 08:00", more: str = "") -> bytes:
    """Return the page of an article: `day` as its date line, `more` as further markup of its body."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<h1>{title}</h1><div class='ngay'>{day}</div>"
    return html(f"<article>{head}<div class='noi-dung'>{text}{more}</div></article>")


@row("C27", "mirrors: www and without, http and https, AMP, a print view under another key", weight=8)
def _c27(place: Place) -> str:
    named = listing(["a", "/tin/a.html?in=1", "/amp/tin/a.html", "/http", "ban-in", "b"])
    pages = portal(list=response(named.replace(b"/http", f"http://{HOST}/tin/a.html".encode())))
    pages |= {path: response(article(0)) for path in ("/tin/ban-in.html", "/amp/tin/a.html", "/tin/a.html?in=1")}
    night = crawl_failing(place, pages, code=0)
    first, copy = night.line("a", Event.NEW), night.line("ban-in", Event.DUPLICATE)
    asked = sum(times for path, times in night.asked.items() if "/tin/a.html" in path)
    require(asked == 1, f"one article was asked for {asked} times: {night.asked}")
    require(copy.duplicate_of == first.id and copy.url.endswith("/tin/ban-in.html"), f"the copy's line is {copy}")
    require(copy.file is None and night.kept == {"a", "b"}, f"kept are {sorted(night.kept)}")
    listed = {entry.url for page in night.pages for entry in page.listed if entry.key == "a"}
    require(len(listed) == 4, f"the addresses of a that are kept: {sorted(listed)}")
    return "four addresses of one article: asked once, all kept on the list's line; its print view is a duplicate with its own address"


@row("C28", "only the counter and the date in the frame change between two nights", weight=8)
def _c28(place: Place) -> str:
    def counted(number: int, count: int) -> bytes:
        frame = (
            f"<div class='dem'>Hôm nay: {count}</div><footer>Lượt truy cập: {count}, 0{count % 9 + 1}/03/2025</footer>"
        )
        body = article(number).replace(b"</div></article>", f"<p>Lượt xem: {count}</p></div></article>".encode())
        return response(body.replace(b"</body>", f"{frame}</body>".encode()))

    first = crawl_failing(place, portal(a=counted(0, 17), b=counted(1, 18)), code=0)
    later = crawl_later(first, portal(a=counted(0, 4711), b=counted(1, 4712)))
    require(later.asked["/tin/a.html"] == later.asked["/tin/b.html"] == 1, f"asked again were {later.asked}")
    require(not later.articles, f"lines {[(line.key, line.event.value, line.changes) for line in later.articles]}")
    require("4711" not in first.text("a") and "Lượt" not in first.text("a"), "the counter stands in the text")
    return "asked for again the next night, no new version; the counter in the text goes as a widget's line"


@row("C29", "an article is edited after its publication", weight=8)
def _c29(place: Place) -> str:
    first = crawl_failing(place, portal(), code=0)
    before = first.text("b")
    later = crawl_later(first, portal(b=response(article(1, "Lớp học đã hoãn."))))
    line = later.line("b", Event.REVISION)
    require(line.revision_of == first.line("b").id and line.changes, f"the revision's line is {line}")
    require(
        "đã hoãn" in later.text("b") and first.text("b") == before, "the texts of the two versions are not their own"
    )
    require([one.key for one in later.articles] == ["b"], f"lines of {[one.key for one in later.articles]}")
    return f"a revision ({', '.join(line.changes)}), the first version as it was"


@row("C30", "articles are deleted: 404, 410, and a soft 404", weight=14)
def _c30(place: Place) -> str:
    first = crawl_failing(place, portal(), code=0)
    missing = response(html("<h1>Không tìm thấy bài viết</h1><p>Bài viết không tồn tại.</p>"))
    gone = portal(
        a=response(b"", "404 Not Found"), b=response(b"", "410 Gone"), c=missing, list=response(listing(["d"]))
    )
    once = crawl_later(first, gone)
    require(not once.articles, f"after one night: {[(line.key, line.event.value) for line in once.articles]}")
    last = crawl_later(once, gone, 14)
    for key in ("a", "b", "c"):
        line = last.line(key, Event.GONE)
        require(line.revision_of == first.line(key).id and line.file is None, f"the removal's line is {line}")
        require("An Bình" in first.text(key), f"the text of {key} is lost")
    require("d" not in {line.key for line in last.articles}, "d stands, and has a line")
    day = last.line("a").fetched_at.date()
    return f"missing from {once.night}, gone on {day} after 14 days of asking, each naming its last version; the texts stay"


@row("C31", "one press release on ten portals, signed otherwise, and one cut", weight=6, quick=True)
def _c31(place: Place) -> str:
    root, names = place.folder / "archive", [f"cong_{number}" for number in range(10)]
    with make(root) as archive:
        for number, name in enumerate(names):
            run = archive.start(name, FIRST, at(FIRST), judge)
            print_ = release("cau", "cầu", sign=f"Theo Cổng số {number}", cut=2 * (number == 9))
            walk(run, [print_], at(FIRST))
            keep(run, print_, at(FIRST))
            finish(run, at(FIRST) + timedelta(seconds=2))
        archive.seal(FIRST, {})
    checks.whole(root)
    lines = [line for name in names for line in ReadLines(root / f"{FIRST:%Y/%m/%d}" / name).articles]
    events = Counter(line.event for line in lines)
    require(len(lines) == 10 and events == {Event.NEW: 1, Event.NEAR_DUPLICATE: 9}, f"the events are {events}")
    require(all(line.file for line in lines), "a text was dropped")
    linked = sum(bool(line.near) for line in lines)
    require(linked == 9, f"{linked} of nine are linked")
    return "ten texts kept, none dropped; nine are near-duplicates, each linked to those before it"


@row("C34", "equal paragraphs one after another", weight=6)
def _c34(place: Place) -> str:
    same = "Ủy ban nhân dân xã An Bình."
    lines = ["Danh sách đơn vị nhận quà:", *[same] * 6, "Tổng cộng sáu suất quà."]
    known = response(article_of("Xã An Bình tặng quà cho sáu đơn vị", *lines))
    strange = known.replace(b"article", b"section").replace(b"noi-dung", b"than-bai")
    night = crawl_failing(place, portal(b=known, c=strange.replace(b"s\xc3\xa1u", b"t\xc3\xa1m")), code=0)
    counts = {key: night.text(key).count(same) for key in ("b", "c")}
    require(set(counts.values()) == {6}, f"six equal paragraphs are kept as {counts}")
    return (
        f"all six kept, by the layout ({night.line('b').extractor}) and where none fits ({night.line('c').extractor})"
    )


@row("C35", "hidden text, and a page in another language", weight=6)
def _c35(place: Place) -> str:
    spam = "Nhà cái uy tín nổ hũ đổi thưởng."
    hidden = f"<div style='display:none'>{spam}</div><p hidden>{spam}</p>"
    english = [f"The commune opened swimming class number {n} for all children of the village today." for n in range(8)]
    pages = portal(
        b=response(article_of("Xã An Bình mở lớp học bơi", *["Thầy Trần Văn Lúa dạy trẻ em."] * 2, more=hidden)),
        c=response(article_of("An Binh commune opens swimming classes", *english)),
    )
    night = crawl_failing(place, pages)
    require(spam not in night.text("b") and "Thầy Trần Văn Lúa" in night.text("b"), night.text("b"))
    require(night.line("c", Event.NEW).flags == ("not_vietnamese",), f"the flags are {night.line('c').flags}")
    require(not night.line("b").flags, f"the flags are {night.line('b').flags}")
    return "what a page hides is not in the text; English is kept and flagged not_vietnamese"
