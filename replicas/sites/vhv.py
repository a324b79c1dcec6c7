"""The composed sites on VHV: Bình Định's older skin, and four in the newer one.

Bình Định's list and article are as recorded at moit.gov.vn.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import partial

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite

_UPLOAD = "/upload/2005340/20250303/"


def _download(name: str, text: str, folder: str) -> str:
    return (
        f"""<a class="link-download" href="javascript:void(0)" onclick="downloadFile('','{folder}{name}')">{text}</a>"""
    )


class VHVSite(ComposedSite):
    """A portal of VHV in the newer skin: the slug is the key, with and without a section before it."""

    family = "vhv_new"
    key_pattern = r"(?:/[a-z0-9-]+)+/([^/]+)\.html"
    files_path = "/upload/tep/"
    site_id = 2005000
    skin = "news-default"
    style = BodyStyle(
        image=lambda name: f"/upload/tep/{zlib.crc32(name.encode()) % 100_000}{name}",
        link=partial(_download, folder="/upload/tep/"),
        heading="h2",
    )
    article_form = "{section.path}/{article.slug}.html"
    alternate_form = "/tin-tuc/{article.slug}.html?categoryId=100254"
    machine_form = "{at:%Y-%m-%dT%H:%M}:26+07:00"
    date_form = "{weekday}, {at:%d/%m/%Y}[ | {at:%H:%M}]"
    disallow = ("/data/", "/lib/", "/packages/", "/portals/", "/pages/", "/1/", "/content/download/")


class GiaLai(VHVSite):
    """gialai.gov.vn: page links with `a.next-pages`."""

    portal = "gia_lai"
    host = "gialai.gov.vn"


class Moit(VHVSite):
    """moit.gov.vn: a pager that only a script fills, the counts beside it; weekdays as figures."""

    portal = "moit"
    host = "moit.gov.vn"
    skin = "drawn-pager"
    site_id = 2005517

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        day = "Chủ nhật" if at.weekday() == 6 else f"Thứ {at.weekday() + 2}"
        return f"{day}, {at:%d/%m/%Y}" + (f" | {at:%H:%M}" if article.clock else "")


class CongAnThanhHoa(VHVSite):
    """conganthanhhoa.gov.vn: plain items, page links by number alone."""

    portal = "cong_an_thanh_hoa"
    host = "conganthanhhoa.gov.vn"
    skin = "item"


class HungYen(VHVSite):
    """hungyen.gov.vn: numbers in the addresses of lists and articles, the lead inside the body, a counter in the date."""

    portal = "hung_yen"
    host = "hungyen.gov.vn"
    numbered = True
    key_pattern = r"/[a-z0-9-]+-c(\d+)\.html"
    skin = "item-new"

    article_form = "/{article.slug}-c{article.key}.html"
    page_form, page_parameter = "{stem}-{number}.html", ""
    alternate_form = "/{article.slug:.20}-c{article.key}.html?categoryId=217"


class BinhDinh(VHVSite):
    """binhdinh.gov.vn: the slug is the key, with or without a section before it; article pages never change by themselves."""

    portal = "binh_dinh"
    host = "binhdinh.gov.vn"
    family = "vhv"
    key_pattern = r"/tin-tuc/(?:[a-z0-9-]+/)?([^/]+)\.html"
    files_path = _UPLOAD
    sections: Sequence[ReplicaSection] = (ReplicaSection("tin_tuc", "/tin-tuc", "Tin tức"),)
    style = BodyStyle(
        image=lambda name: f"{_UPLOAD}{zlib.crc32(name.encode()) % 100_000}{name}",
        link=partial(_download, folder=_UPLOAD),
    )
    article_form = "/tin-tuc/{article.slug}.html"
    alternate_form = "/tin-tuc/kinh-te-xa-hoi/{article.slug}.html?categoryId=100254"
    still_articles = True
