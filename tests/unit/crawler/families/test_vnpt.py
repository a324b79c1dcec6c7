"""VNPT Portal: sections with numbers, the list's `pageindex`, the editor's default alt text, uploads as evidence of a day."""

from __future__ import annotations

from datetime import datetime

import pytest

from archive.model.records import ListRequest
from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Listing, Section
from crawler.portal import PortalSpider
from crawler.spiders.ca_mau import CaMau
from crawler.spiders.hai_phong import HaiPhong
from crawler.spiders.nghe_an import NgheAn
from crawler.spiders.tay_ninh import TayNinh
from pipelines.article import Article, Layout, PublishedFrom
from pipelines.clean import clean
from pipelines.extract import extract
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 17, 20, 0, tzinfo=TZ)
ROW = '<li class="row"><h2 class="Title"><a href="{0}">Mở kho thóc chung {0}</a></h2></li>'
BOX = '<div class="UIArticleInMenu_Default"><ul class="ArticleList">{}</ul><ul class="pagination">{}</ul></div>'
MENU = '<div class="ModuleContent menu"><ul>{}</ul></div>'
SCRIPT = '<script>var data = {article_category_id: "73053", site_id: "1", page_size: 15}</script>'


def listing(portal: type[PortalSpider], main: str, path: str = "", menu: str = "", number: int = 1) -> Listing:
    section = portal.sections[0]
    html = f"<html><body>{MENU.format(menu)}<div class='content'>{main}</div></body></html>"
    return portal.read_listing(portal.home + (path or section.path), html, section, number)


def links(*hrefs: str) -> str:
    return "".join(f'<li><a href="{href}">Mục</a></li>' for href in hrefs)


def pager(**pages: str) -> str:
    return "".join(
        f'<li class="page-item" data-page="{n[1:]}"><a class="page-link" href="{href}">{n[1:]}</a></li>'
        for n, href in pages.items()
    )


# Sections with a number -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("portal", [NgheAn, HaiPhong, TayNinh, CaMau])
@pytest.mark.parametrize(
    "path",
    ["/tin-tuc-su-kien-73053", "/thu-tuc-hanh-chinh-76761/", "/vi/thu-tuc-hanh-chinh-76761", "/en/news-76761"],
)
def test_a_section_with_a_number_is_no_article_on_any_site(portal: type[PortalSpider], path: str) -> None:
    assert portal.article_key(portal.home + path) is None


def test_a_section_that_the_spider_names_below_another_is_no_article() -> None:
    class Xa(VNPTSpider):
        name = "xa"
        title = "Cổng thông tin điện tử xã"
        province = None
        home = "https://xa.gov.vn"
        sections = (Section("kinh-te", "/tin-tuc/kinh-te-73060", "Kinh tế"),)
        sure = NgheAn.sure

    assert Xa.article_key("https://xa.gov.vn/tin-tuc/kinh-te-73060") is None
    assert Xa.article_key("https://xa.gov.vn/tin-tuc/kinh-te-73061") == "73061"


def test_a_section_that_the_menu_names_is_no_entry() -> None:
    rows = ROW.format("/tin-tuc-su-kien-73053/mo-kho-723384") + ROW.format("/tin-tuc-su-kien-73053/kinh-te-73060")
    menu = links("/tin-tuc-su-kien-73053", "/tin-tuc-su-kien-73053/kinh-te-73060")

    assert [entry.key for entry in listing(NgheAn, BOX.format(rows, ""), menu=menu).entries] == ["723384"]


def test_a_list_inside_a_box_that_is_called_a_menu_stays_whole() -> None:
    rows = ROW.format("/tin-noi-bat/mo-kho-723384") + ROW.format("/tin-noi-bat/hat-then-723385")
    main = f'<div class="has-left-menu">{BOX.format(rows, "")}</div>'

    assert [entry.key for entry in listing(NgheAn, main).entries] == ["723384", "723385"]


# The list's pages -----------------------------------------------------------------------------------------------------

FIRST = "/tin-tuc-su-kien-73053"


@pytest.mark.parametrize(
    ("path", "entry", "pages", "following"),
    [
        pytest.param(FIRST, "?pageindex=0", pager(n1="#", n2="#"), "1", id="by its entries, from 0"),
        pytest.param(
            FIRST, "", pager(n1="?pageindex=0", n2="?pageindex=1", n9="?pageindex=8"), "1", id="linked, from 0"
        ),
        pytest.param(FIRST, "", pager(n2="?pageindex=1", n3="?pageindex=2"), "1", id="from 0, itself not linked"),
        pytest.param(FIRST, "", pager(n2="?pageindex=2", n3="?pageindex=3"), "2", id="from 1, itself not linked"),
        pytest.param(FIRST + "?pageindex=1", "", pager(n1="?pageindex=0", n3="?pageindex=2"), "2", id="the third"),
        pytest.param(FIRST + "?pageindex=2", "?pageindex=2", pager(n2="?pageindex=1", n3="#"), None, id="the last"),
        pytest.param(FIRST, "", pager(n1="#", n2="#"), None, id="no number at all"),
        pytest.param(FIRST, "", pager(n1=f"?pageindex={'9' * 5000}"), None, id="no number of a page"),
    ],
)
def test_pageindex_counts_the_list(path: str, entry: str, pages: str, following: str | None) -> None:
    number = 3 if path.endswith("2") else 2 if path.endswith("1") else 1
    found = listing(NgheAn, BOX.format(ROW.format(f"/tin-noi-bat/mo-kho-723384{entry}"), pages), path, number=number)

    assert found.next == (f"{NgheAn.home}{FIRST}?pageindex={following}" if following else None)
    assert [one.url for one in found.entries] == [f"{NgheAn.home}/tin-noi-bat/mo-kho-723384"]


def test_the_form_comes_before_what_entries_carry() -> None:
    main = BOX.format(ROW.format("/tin-noi-bat/mo-kho-723384?pageindex=0"), pager(n1="#", n2="#")) + SCRIPT

    assert isinstance(listing(NgheAn, main).next, ListRequest)


def test_a_list_in_other_markup_is_what_stands_below_its_section() -> None:
    main = "".join(
        f'<div class="post"><a href="{path}">Mở kho</a></div>'
        for path in ("/tin-tuc-su-kien/mo-kho-1075352", "/tin-noi-bat/hat-then-1075353", "/thu-tuc-76761")
    )

    assert [entry.key for entry in listing(TayNinh, main).entries] == ["1075352"]


# What the editor leaves -----------------------------------------------------------------------------------------------

TITLE = "Xã Khe Lang mở lớp dạy đan gùi cho thanh niên"
TEXT = "Lớp học mở tại nhà văn hóa thôn Nà Hoi, mỗi tuần ba buổi tối, do bốn nghệ nhân trong xã truyền nghề cho các em."
BODY = f"<p>{TEXT}</p>{{}}<p>{TEXT.replace('bốn', 'năm')}</p>"
PICTURE = '<img src="/quantritintuc20252/gui[1]{}.jpg" alt="Anh-tin-bai">'
DATED = '<div class="PostDate">Ngày đăng: 12/03/2025</div>'


def article(body: str, dated: str = DATED, layouts: tuple[Layout, ...] = NgheAn.layouts) -> Article:
    html = (
        f"<html><head><title>{TITLE}</title></head><body><div class='ArticleDetailControl'><div class='ArticleHeader'>"
        f"<h1>{TITLE}</h1></div>{dated}<div class='ArticleContent'>{body}</div></div></body></html>"
    )
    url = "https://xa.nghean.gov.vn/tin-noi-bat/mo-lop-723384"
    return clean(extract(html.encode(), url, layouts, NOW))


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(f'<figure class="image">{PICTURE}</figure>', id="alt"),
        pytest.param(f"<figure>{PICTURE}<figcaption>Anh-tin-bai</figcaption></figure>", id="figcaption"),
        pytest.param(f'<p>{PICTURE}</p><p style="text-align:center"><em>Anh-tin-bai</em></p>', id="centred"),
        pytest.param(f"<table><tr><td>{PICTURE}</td></tr><tr><td>Anh-tin-bai</td></tr></table>", id="table"),
    ],
)
@pytest.mark.parametrize("layouts", [NgheAn.layouts, ()], ids=["layout", "none"])
def test_the_default_caption_is_no_text(figure: str, layouts: tuple[Layout, ...]) -> None:
    read = article(BODY.format(figure.format(638442095766744668)), layouts=layouts)

    assert "tin-bai" not in read.text()
    assert {image.caption for image in read.images} <= {""}
    assert TEXT in read.text()


def test_an_article_of_one_picture_has_no_text_from_its_default_alt() -> None:
    assert "tin-bai" not in article(PICTURE.format(638442095766744668)).text()


# Uploads --------------------------------------------------------------------------------------------------------------

FILE = '<p><a href="https://cdn.haiphong.gov.vn/gov-hpg/1/tintuc/2025/3/bao-cao-{}.pdf">Báo cáo</a></p>'
MARCH_10, MARCH_12 = 638771832000000000, 638773704000000000


def test_without_a_date_the_last_upload_gives_the_day() -> None:
    read = article(BODY.format(FILE.format(MARCH_10) + FILE.format(MARCH_12)), "")

    assert read.published is not None
    assert (read.published.isoformat(), read.published_from) == ("2025-03-12", PublishedFrom.UPLOAD)


def test_a_pictures_upload_counts_and_one_of_the_future_does_not() -> None:
    figure = PICTURE.format(MARCH_10) + PICTURE.format(638999999999999999)

    assert article(BODY.format(f"<figure>{figure}</figure>"), "").published_from is PublishedFrom.UPLOAD
    assert article(BODY.format(FILE.format(638999999999999999)), "").published is None


def test_a_date_on_the_page_counts_before_an_upload() -> None:
    read = article(BODY.format(FILE.format(MARCH_10)))

    assert read.published is not None
    assert (read.published.isoformat(), read.published_from) == ("2025-03-12", PublishedFrom.TITLE_BLOCK)


def test_pictures_of_the_system_before_stay_pictures() -> None:
    left = "/Datafiles/camau-gov-vn/wps/wcm/connect/6f1c/anh-jpg-3fmod-3dajperes-26amp-3bcvid-3d.png"
    read = article(BODY.format(f'<p><img src="{left}" width="600"></p>'), layouts=CaMau.layouts)

    assert [image.url for image in read.images] == [f"https://xa.nghean.gov.vn{left}"]
    assert read.attachments == ()
    assert CaMau.article_key(f"{CaMau.home}{left}") is None
    assert CaMau.article_key(f"{CaMau.home}/wps/wcm/connect/6f1c/tin-tuc-282160") is None
