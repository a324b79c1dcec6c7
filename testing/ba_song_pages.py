"""Pages of the invented province Ba Sông, whose spider is testing/portals/first/ba_song.py."""

from __future__ import annotations

from collections.abc import Sequence

HOST = "www.ba-song.vn.replica.test"


def html(main: str, title: str = "Cổng thông tin điện tử tỉnh Ba Sông") -> bytes:
    """Return a whole page around its main part."""
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{main}</body></html>".encode()


def article(number: int, words: str = "") -> bytes:
    """Return an article's page."""
    text = "".join(
        f"<p>Xã An Bình {number} mở lớp học bơi thứ {part} cho trẻ em trong thôn, do thầy Trần Văn Lúa dạy. {words}</p>"
        for part in range(1, 5)
    )
    head = (
        f"<h1>Xã An Bình {number} mở lớp học bơi cho trẻ em</h1><div class='ngay'>04/03/2025 08:{number % 60:02d}</div>"
    )
    return html(f"<article>{head}<div class='noi-dung'>{text}</div></article>")


def listing(keys: Sequence[str], following: str = "", day: str = "04/03/2025") -> bytes:
    """Return a list page naming these articles, by their key or by their path."""
    items = "".join(
        f"<li class='tin'><a href='{key if key.startswith('/') else f'/tin/{key}.html'}'>Tin {key}</a> <span>{day}</span></li>"
        for key in keys
    )
    more = f"<a class='tiep' href='{following}'>Tiếp</a>" if following else ""
    return html(f"<h1>Tin tức</h1><ul>{items}</ul>{more}")
