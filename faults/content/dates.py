"""Dates: impossible and far ones, other clocks than Viet Nam's, day and month, other calendars, words for a day."""

from __future__ import annotations

from archive.model.enums import Event
from faults.catalogue import Place, require, row
from faults.content.versions import article_of
from faults.network.crawl import CrawlResult, crawl_failing, portal
from testing.ba_song_pages import html, listing
from testing.crawl import NIGHT
from testing.http_server import response

_WORDS = tuple(f"Xã An Bình mở lớp học bơi thứ {part} cho trẻ em trong thôn, do thầy Lúa dạy." for part in range(4))


def _dated(place: Place, shown: dict[str, str]) -> CrawlResult:
    """Crawl a night of one article for each date line."""
    pages = portal(list=response(listing(list(shown))))
    for number, (key, day) in enumerate(shown.items()):
        pages[f"/tin/{key}.html"] = response(
            article_of(f"Xã An Bình {number} mở lớp", *_WORDS, f"Số {number}.", day=day)
        )
    night = crawl_failing(place, pages)
    kept = {key for key in shown if night.line(key, Event.NEW).file}
    require(kept == set(shown), f"kept are {sorted(kept)}: {night.run.outcomes}")
    return night


@row("C20", "dates of 1970, 2099, 0001, 9999, the 30th of February, a 13th month", weight=6)
def _c20(place: Place) -> str:
    shown = {
        "y1970": "01/01/1970 00:00", "y2099": "05/03/2099 08:00", "y0001": "01/01/0001 00:00", "y9999": "31/12/9999 23:59",
        "feb": "30/02/2025 08:00", "month": "04/13/2025 08:00", "tomorrow": "07/03/2025 08:00", "nan": "NaN/NaN/NaN 25:61",
    }  # fmt: skip
    night = _dated(place, shown)
    lines = {key: night.line(key) for key in shown}
    dated = {key: line.published for key, line in lines.items() if line.published}
    require(not dated, f"dates were invented: {dated}")
    require(all(night.text(key) for key in shown) and night.night == NIGHT, "an article stands in another night")
    raw = {key: line.published_raw for key, line in lines.items()}
    require(raw == shown, f"the lines show {raw}")
    return "no date is made of any, all in the folder of the night; lines and texts keep each as the page shows it"


@row("C21", "an article of today, read on hosts west and east of Viet Nam", weight=14)
def _c21(place: Place) -> str:
    shown = {"dau": "05/03/2025 00:05", "cuoi": "04/03/2025 23:55"}
    machine = {"utc": "2025-03-04T17:05:00Z", "vn": "2025-03-05T00:05:00+07:00"}
    found: dict[str, dict[str, str | None]] = {}
    for zone in ("Etc/GMT+12", "Asia/Ho_Chi_Minh", "Pacific/Kiritimati"):
        pages = portal(list=response(listing([*shown, *machine], day="05/03/2025")))
        pages |= {
            f"/tin/{key}.html": response(article_of(f"Lớp {key} mở", *_WORDS, key, day=day))
            for key, day in shown.items()
        }
        for key, moment in machine.items():
            text = "".join(f"<p>{words}</p>" for words in (*_WORDS, key))
            meta = f"<meta property='article:published_time' content='{moment}'>"
            page = html(f"<main><h1>Lớp {key} mở</h1>{text}</main>").replace(b"<title>", f"{meta}<title>".encode())
            pages[f"/tin/{key}.html"] = response(page)
        night = crawl_failing(place.below(zone.replace("/", "-")), pages, TZ=zone)
        found[zone] = {line.key: line.published for line in night.articles}
    wanted = {
        "dau": "2025-03-05T00:05:00+07:00", "cuoi": "2025-03-04T23:55:00+07:00",
        "utc": "2025-03-05T00:05:00+07:00", "vn": "2025-03-05T00:05:00+07:00",
    }  # fmt: skip
    for zone, dates in found.items():
        require(dates == wanted, f"{zone}: {dates}")
    return "the same moments of Viet Nam under each of three zones, five minutes after midnight and five before"


@row("C22", "day and month that could be turned, Buddhist and lunar years, `hôm qua`", weight=6)
def _c22(place: Place) -> str:
    shown = {
        "turned": "02/03/2025 08:00", "us": "03/13/2025 08:00", "short": "2/3/2025", "buddhist": "05/03/2568 08:00",
        "lunar": "Ngày mùng 5 tháng 2 năm Ất Tỵ", "yesterday": "Hôm qua, 08:00", "ago": "3 giờ trước", "two": "04/03/25",
    }  # fmt: skip
    night = _dated(place, shown)
    dates = {key: night.line(key).published for key in shown}
    require((dates.pop("turned") or "").startswith("2025-03-02"), "the day does not stand first")
    require((dates.pop("short") or "").startswith("2025-03-02"), "the day does not stand first in a short form")
    invented = {key: day for key, day in dates.items() if day and not day.startswith("2025-03-04")}
    require(not invented, f"dates were invented: {invented}")
    return f"the day stands first; unknown: {', '.join(key for key, day in dates.items() if not day)}"
