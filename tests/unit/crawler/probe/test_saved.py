"""A folder of saved pages is probed without network; three ways in which people save a portal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from archive.errors import UsageError
from crawler.probe.explore import Exploration, explore
from crawler.probe.infer import infer_portal, ways_on
from crawler.probe.saved import SavedSite
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 12, 23, 59, 59, tzinfo=TZ)
HOST = "xapuluong.mau.vn"
SECTIONS = {"nong-vu": "Nông vụ", "lang-ban": "Làng bản"}
PLACES = ("Bản Hiêu", "Bản Đôn", "Thôn Nủa", "Làng Tôm", "Bản Kho", "Bản Mười")
Name = Callable[[str, str], tuple[str, str]]


def title(section: str, number: int) -> str:
    deed = "gieo xong mạ vụ chiêm trước tiết lập xuân" if section == "nong-vu" else "dựng lại nhà văn hóa bằng gỗ xoan"
    return f"{PLACES[number]} {deed}"


def pages() -> dict[str, str]:
    """Each page of the portal by its path."""
    menu = "".join(f'<li><a href="/{name}/">{words}</a></li>' for name, words in SECTIONS.items())

    def whole(head: str, main: str) -> str:
        return f"<html><head><title>{head}</title>HEAD</head><body><nav><ul>{menu}</ul></nav>{main}</body></html>"

    made = {"/": whole("Trang tin Pù Luông", "<p>Chào mừng bà con.</p>")}
    for section in SECTIONS:
        rows = "".join(
            f'<div class=muc><h3><a href="https://{HOST}/{section}/bai-{section}-{100 + n}.html">{title(section, n)}</a></h3>'
            f"<i>0{n + 1}/03/2025</i></div>"
            for n in range(6)
        )
        made[f"/{section}/"] = whole(SECTIONS[section], f"<div class=ds>{rows}</div>")
        for n in range(6):
            text = (
                f"Sáng nay {PLACES[n]} họp bà con, chia việc cho từng nhà, hẹn xong trong tuần này để kịp nước về ruộng. "
                * 3
            )
            main = f"<h1 class=td>{title(section, n)}</h1><p class=ng>0{n + 1}/03/2025 07:15</p><div class=nd><p>{text}</p></div>"
            made[f"/{section}/bai-{section}-{100 + n}.html"] = whole(title(section, n), main)
    return made


def save(folder: Path, name: Name) -> None:
    for path, body in pages().items():
        place, head = name(path, f"https://{HOST}{path}")
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        is_comment = head.startswith("<!--")
        text = body.replace("HEAD", "" if is_comment else head)
        file.write_text(f"{head}\n{text}" if is_comment else text, encoding="utf-8")


def by_browser(path: str, url: str) -> tuple[str, str]:
    return f"{path.strip('/').replace('/', '_') or 'trang dau'}.html", f"<!-- saved from url=(0042){url} -->"


def by_canonical(path: str, url: str) -> tuple[str, str]:
    return f"p{abs(hash(path))}.htm", f'<link rel="canonical" href="{url}">'


def by_mirror(path: str, url: str) -> tuple[str, str]:
    return f"{HOST}{path}{'index.html' if path.endswith('/') else ''}", ""


def probed(site: SavedSite) -> Exploration:
    brought = explore(
        site.fetch, site.start, 30, NOW, ways_on=lambda so_far: ways_on(so_far, NOW), has=site.has, also=site.articles
    )
    return asyncio.run(brought)


@pytest.mark.parametrize("name", [by_browser, by_canonical, by_mirror])
def test_pages_are_found_under_their_own_addresses(tmp_path: Path, name: Name) -> None:
    save(tmp_path, name)
    site = SavedSite(tmp_path)
    assert all(site.has(f"http://www.{HOST}{path}") for path in pages())
    assert not site.has(f"https://{HOST}/khac/")
    found = infer_portal(probed(site), "pu_luong", "Pù Luông", NOW)
    assert found.portal is not None
    assert [section.path for section in found.portal.sections] == ["/nong-vu/", "/lang-ban/"]
    assert len(found.articles) == 6
    assert all("?page=2" in line for line in site.missing)  # tried as on the network


def test_an_address_that_every_page_claims_is_none_of_theirs(tmp_path: Path) -> None:
    save(tmp_path, lambda path, url: (by_mirror(path, url)[0], f'<link rel="canonical" href="https://{HOST}/">'))
    assert all(SavedSite(tmp_path).has(f"https://{HOST}{path}") for path in pages())


def test_what_is_not_saved_is_left_open(tmp_path: Path) -> None:
    save(tmp_path, by_mirror)
    (tmp_path / HOST / "lang-ban" / "index.html").unlink()
    found = infer_portal(probed(SavedSite(tmp_path)), "pu_luong", "Pù Luông", NOW)
    assert any("not visited: Làng bản" in line for line in found.undecided), found.undecided
    assert found.score != 100


def test_a_folder_without_an_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give its address too"):
        SavedSite(tmp_path)
    (tmp_path / "a.html").write_text("<html><body>x</body></html>")
    with pytest.raises(UsageError, match="give its address too"):
        SavedSite(tmp_path)
    assert SavedSite(tmp_path, f"https://{HOST}/").has(f"https://{HOST}/")  # the only page is where to start
