"""Quảng Trị's former front with widgets that no rule knows, and a spider package of its own for the rules to stand in."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

from replicas.records import ReplicaArticle
from replicas.serve import ReplicaServer
from replicas.sites.site import SiteRequest
from testing.crawl import ROOT, CommandResult, environment
from testing.former_front import FormerQuangTri, former_site

PORTAL = "quang_tri"
BOX = "Gửi câu chuyện làng bạn về cho chúng tôi kể"
COUNTER = "Bài này đã có {} bà con mở ra đọc"

_SPIDER = """from crawler.families.liferay_view_article import LiferayViewArticleSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class QuangTri(LiferayViewArticleSpider):
    name = "quang_tri"
    title = "Cổng thông tin điện tử tỉnh Quảng Trị"
    province = "quangtri"
    home = "https://www.quangtri.gov.vn"
    sections = (
        Section("tin-trong-tinh", "/tin-trong-tinh", "Tin trong tỉnh"),
        Section("chi-dao-dieu-hanh", "/chi-dao-dieu-hanh", "Chỉ đạo điều hành"),
    )
    sure = Sure.INFERRED
"""


class PlantedSite(FormerQuangTri):
    """The portal with a box amid the first paragraphs and a counter as the body's last paragraph."""

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        page = super().render_article(article, request)
        begin = page.index('<div class="article-content">') + len('<div class="article-content">')
        following = "article-files" if "article-files" in page else "other-news"
        end = page.rindex("</div>", 0, page.index(f'<div class="{following}">'))
        box = f'<div class="ke-chuyen"><p>{BOX}</p></div>'
        counter = f"<p>{COUNTER.format(request.visitors)}</p>\n"
        return f"{page[:begin]}{box}{page[begin:end]}{counter}{page[end:]}"


def planted_server() -> ReplicaServer:
    """Return a server of this one portal."""
    return ReplicaServer([PlantedSite(former_site().articles)])


def package(folder: Path) -> Path:
    """Make a package of spiders with the portal's; return where its rules will stand."""
    (folder / "planted_spiders").mkdir()
    (folder / "planted_spiders" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "planted_spiders" / f"{PORTAL}.py").write_text(_SPIDER, encoding="utf-8")
    return folder / "planted_spiders" / "residue.toml"


def scrapy(
    folder: Path, command: str, *arguments: str, port: int | None = None, night: date | None = None
) -> CommandResult:
    """One of our commands over the package's portal and the folder's archive."""
    rehearsal = {} if port is None else {"REPLICA": "1", "REPLICA_PORT": str(port)}
    start = [sys.executable, "-W", "error", "-m", "scrapy", command, PORTAL]
    where = ["--archive", str(folder / "archive"), "-s", "SPIDER_MODULES=planted_spiders"]
    when = ["--night", night.isoformat()] if night else []
    done = subprocess.run(
        [*start, *where, *when, *arguments],
        cwd=ROOT,
        env=environment(PYTHONPATH=str(folder), **rehearsal),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return CommandResult(done.returncode, done.stdout, done.stderr)


def widgets_in(folder: Path, night: date) -> list[str]:
    """Return the planted lines that reached a night's texts."""
    texts = [path.read_text("utf-8") for path in sorted((folder / "archive" / f"{night:%Y/%m/%d}").glob("*/*.txt"))]
    begin = COUNTER.partition("{")[0]
    return [line for text in texts for line in text.splitlines() if line == BOX or line.startswith(begin)]
