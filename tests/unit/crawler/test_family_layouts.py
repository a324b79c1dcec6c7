"""Layouts of Liferay 7 and 6.2, Drupal 7 and Backdrop on composed pages in their own markup."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.families.drupal import DrupalSpider
from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.portal import PortalSpider
from pipelines.article import Article
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import extract
from vietnam.date_forms import TZ

NOW = datetime(2025, 4, 20, 20, 0, tzinfo=TZ)
TITLE = "Xã Khe Lang mở lớp dạy đan gùi cho thanh niên"
LEAD = "Lớp học mở tại nhà văn hóa thôn Nà Hoi, mỗi tuần ba buổi tối, do bốn nghệ nhân trong xã truyền nghề."
ONE = "Trong ba tháng, 26 học viên được học chọn giang, chẻ nan, hun khói và đan bảy kiểu gùi của người trong vùng."
TWO = "Sản phẩm làm ra được hợp tác xã mua lại với giá từ 180 đến 320 nghìn đồng một chiếc, tùy cỡ và kiểu đan."
BODY = f"<p>{ONE}</p><p>{TWO}</p>"


def head(site: str) -> str:
    return f"<title>{TITLE} - {site}</title><meta property='og:site_name' content='{site}'>"


LIFERAY_7 = (
    f"<html><head>{head('Huyện Mường Lay - Trang tin')}</head><body><h2 class='hide-accessible'>{TITLE}</h2>"
    "<div class='portlet-asset-publisher'><div class='asset-full-content show-asset-title'><h4 class='component-title'>"
    "<a href='javascript:;'><span class='taglib-text hide-accessible'>null</span></a>"
    f"<span class='asset-title d-inline'>{TITLE}</span></h4><div class='asset-content'><div class='journal-content-article'>"
    f"<em class='{{}}'>{{}}</em>{BODY}</div></div><div class='lfr-discussion'>Please sign in to comment.</div></div></div></body></html>"
)
LIFERAY_62 = (
    f"<html><head>{head('Sở Văn hóa')}<meta property='article:published_time' content='2025-04-14T09:26:31+07:00'></head><body>"
    f"<div class='taglib-header'><h1 class='header-title'><span>{TITLE}</span></h1></div><div class='{{}}'>"
    f"<div class='asset-content'><span class='metadata-publish-date'>{{}}</span><div class='journal-content-article'>{BODY}</div>"
    "<div class='taglib-ratings'>Average (0 Votes)</div></div></div></body></html>"
)
DRUPAL_7 = (
    f"<html><head>{head('Phòng Văn hóa và Thông tin')}</head><body><div id='header'><span>Sunday, 04/20/2025 - 19:58</span></div>"
    f"<h1 {{}}>{TITLE}</h1><div class='node node-article'><div class='submitted'>{{}}</div><div class='content'>"
    "<div class='field field-name-body field-type-text-with-summary'><div class='field-items'><div class='field-item even'>"
    f"{BODY}</div></div></div><div class='field field-type-file'><div class='field-label'>Tệp:</div><span class='file'>"
    "<a href='/sites/default/files/lop.pdf'>Danh sách lớp.pdf</a></span></div></div></div>"
    "<div id='comments'><h2>Bình luận</h2><p>Lớp rất bổ ích cho thanh niên chúng tôi, cảm ơn các nghệ nhân.</p></div></body></html>"
)


def read(family: type[PortalSpider], body: str) -> Article:
    url = "https://muonglay.replica.test/-/lop-dan-gui"
    return clean(extract(body.encode(), url, family.layouts, NOW))


def assert_read(article: Article, layout: str, published: str) -> None:
    assert (article.layout, article.title) == (layout, TITLE)
    assert [block.text for block in article.blocks] == [ONE, TWO]
    assert article.published is not None
    assert article.published.isoformat() == published
    assert check(article, NOW) == ()


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("text-ngay", "(Monday, 14/04/2025 09:26)"),
        ("published-on", "Thứ hai, 14/04/2025 09:26"),
        ("x", "Mon, 04/14/2025 9:26 AM"),
    ],
)
def test_liferay_7(named: str, shown: str) -> None:
    article = read(LiferayAssetPublisherSpider, LIFERAY_7.format(named, shown))

    assert_read(article, "asset-full-content", "2025-04-14T09:26:00+07:00")


@pytest.mark.parametrize("box", ["asset-full-content show-asset-title", "asset_publisher_view_full_content"])
@pytest.mark.parametrize("shown", ["14/04/2025 09:31", "14/04/2025", "Thứ hai, 14/04/2025"])
def test_the_hour_alone_is_right_in_liferay_6(box: str, shown: str) -> None:
    article = read(LiferayAssetPublisherSpider, LIFERAY_62.format(box, shown))

    assert_read(article, "asset-full-content", "2025-04-14T09:26:31+07:00")


@pytest.mark.parametrize("title", ["id='page-title'", "class='page-title'", "class='title'"])
@pytest.mark.parametrize(
    "shown",
    [
        "Submitted by quantri on Mon, 04/14/2025 - 09:26",
        "Được gửi bởi <span class='username'>quantri</span> vào Thứ hai, 14/04/2025 - 09:26",
        "<span property='dc:date' content='2025-04-14T09:26:00+07:00'>Monday, 14 April, 2025 - 09:26</span>",
    ],
    ids=["english", "vietnamese", "rdfa"],
)
def test_drupal_7_and_backdrop(title: str, shown: str) -> None:
    article = read(DrupalSpider, DRUPAL_7.format(title, shown))

    assert_read(article, "field-name-body", "2025-04-14T09:26:00+07:00")
    assert [file.name for file in article.attachments] == ["Danh sách lớp.pdf"]
    assert article.author is None


@pytest.mark.parametrize("family", [LiferayAssetPublisherSpider, DrupalSpider])
def test_one_picture_by_layout(family: type[PortalSpider]) -> None:
    body = (
        LIFERAY_7.format("date", "14/04/2025")
        if family is LiferayAssetPublisherSpider
        else DRUPAL_7.format("", "14/04/2025")
    )
    picture = "<p><img src='/anh/lich-hoc.png' alt='Lịch học của lớp đan gùi'></p>"
    article = read(
        family, body.replace(BODY, picture).replace("<a href='/sites/default/files/lop.pdf'>Danh sách lớp.pdf</a>", "")
    )

    assert "picture_only" in article.flags
    assert [block.text for block in article.blocks] == ["Lịch học của lớp đan gùi"]
    assert check(article, NOW) == ()
