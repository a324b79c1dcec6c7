"""The composed portal of Hà Tĩnh: class names of the article as described, the list's inferred."""

from __future__ import annotations

from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite


class HaTinh(ComposedSite):
    """hatinh.gov.vn: files, view counter and author stand at the end of the body, in this order; the last page repeats."""

    portal = "ha_tinh"
    host = "hatinh.gov.vn"
    family = "hatinh"
    key_pattern = r"(?:/vi)?/bai-viet/([^/]+)"
    files_path = "/uploads/files/"
    beyond = "last"
    style = BodyStyle(
        image=lambda name: f"/uploads/topics/20250303{len(name):06d}.jpg#{name}",
        link='<a href="/uploads/files/{}">{}</a>'.format,
        signoff="<!--tep-->\n<div>Lượt xem: 125</div>\n<div>{}</div>".format,
    )
    article_form = "/vi/bai-viet/{article.slug}"
    alternate_form = "/bai-viet/{article.slug}"
    date_form = "Đăng tải: [{at:%H:%M} - ]{at:%d/%m/%Y}"
    disallow = ("/admin/", "/api/")
