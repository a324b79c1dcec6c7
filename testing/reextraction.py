"""The portal whose spider learns a rule: its crawls, the command over its archive, and what is read of both."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from archive.audit.verify import verify
from archive.storage.jsonl import ArticleLine
from archive.store import Archive
from crawler.reextract.reextract import ReextractResult, read_again
from crawler.responses.facts import layouts_of
from pipelines.extract import extract
from testing.ba_song_pages import html, listing
from testing.crawl import NIGHT, ROOT, CommandResult, crawl, environment, new_archive, the_night
from testing.http_server import HttpServer, Reply, response
from testing.portals.first.ba_song import PlainSpider
from testing.portals.later.ba_song import BULLETIN

NEXT = NIGHT + timedelta(days=1)
LATER = ("-s", "SPIDER_MODULES=testing.portals.later")
FIRST_PARAGRAPH = "Ngư dân xã An Bình đóng mới mười hai tàu vỏ thép, dài hai mươi mét, trong quý một năm nay."
SECOND_PARAGRAPH = "Ông Trần Văn Lúa cho biết tàu mới đi xa hơn và bảo quản cá tốt hơn tàu gỗ."


def page(second: str = SECOND_PARAGRAPH, bulletin: str = BULLETIN, day: str = "04/03/2025 08:00") -> bytes:
    """Return an article in whose body the portal prints the name of its bulletin."""
    text = "".join(f"<p>{part}</p>" for part in (bulletin, FIRST_PARAGRAPH, second) if part)
    return html(
        f"<article><h1>Xã An Bình đóng tàu mới</h1><div class='ngay'>{day}</div>"
        f"<div class='noi-dung'>{text}</div></article>"
    )


def portal(articles: Mapping[str, bytes]) -> dict[str, Reply]:
    """Return the portal with these articles, served compressed."""
    pages: dict[str, Reply] = {"/tin-tuc": response(listing(list(articles)))}
    for key, body in articles.items():
        pages[f"/tin/{key}.html"] = response(gzip.compress(body, mtime=0), Content_Encoding="gzip")
    return pages


def crawl_night(root: Path, night: date, articles: Mapping[str, bytes], *more: str) -> None:
    with HttpServer(portal(articles)) as server:
        done = crawl("--archive", str(root), "--night", night.isoformat(), *more, port=server.port)
    assert (done.code, done.err) == (0, "")


def reextract(root: Path, *arguments: str, later: bool = True, name: str = "ba_song") -> CommandResult:
    """Run the command with the spider as it was, or as it is later."""
    modules = "testing.portals.later" if later else "testing.portals.first"
    line = [sys.executable, "-W", "error", "-m", "scrapy", "reextract", *([name] if name else [])]
    done = subprocess.run(
        [*line, "-s", f"SPIDER_MODULES={modules}", "--archive", str(root), *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return CommandResult(done.returncode, done.stdout, done.stderr)


def rows(done: CommandResult) -> list[list[str]]:
    """Return the words of each line."""
    return [line.split() for line in done.out.splitlines()]


def intact(root: Path) -> bool:
    with Archive.open(root) as archive:
        return verify(archive.identity, archive.paths).findings == []


def stored_line(root: Path) -> ArticleLine:
    """Return the line of the new reading."""
    _, pages, (line,) = the_night(root, night=NEXT)
    assert pages == []
    return line


def spoil(root: Path, key: str) -> str:
    """Damage the capture of an article; its place in words."""
    _, _, articles = the_night(root)
    ref = next(line.warc for line in articles if line.key == key)
    assert ref is not None
    path = root / "2025/03/05/ba_song" / ref.file
    data = bytearray(path.read_bytes())
    data[ref.offset + ref.length // 2] ^= 0xFF
    path.write_bytes(data)
    return f"2025/03/05/ba_song/{ref.file} at {ref.offset}"


def read_with(archive: Archive, *labels: str) -> ReextractResult:
    """Read the archive by a spider that declares these lines as labels."""
    return read_again(archive, "ba_song", layouts_of(PlainSpider.layouts, labels), extract, 1 << 24)


def crawled_night(folder: Path) -> Path:
    """Crawl an archive of one sealed night, with an article that carries the bulletin's name and one that does not."""
    root = new_archive(folder / "archive")
    crawl_night(root, NIGHT, {"tau": page(), "ghe": page(bulletin="", second="Ghe cũ được giữ lại làm bảo tàng xã.")})
    with Archive.open(root) as archive:
        archive.seal(NIGHT, {})
    return root


def copy_of(root: Path, folder: Path) -> Path:
    """Copy the archive, to write into it."""
    subprocess.run(["cp", "-r", str(root), str(folder / "archive")], check=True)
    return folder / "archive"
