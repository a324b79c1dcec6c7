"""The former front of Quảng Trị with the portal's articles, for archives whose nights were made from it."""

from __future__ import annotations

from collections.abc import Sequence

from replicas.reading import read_articles
from replicas.records import ReplicaSection
from replicas.sites.liferay import ViewArticle


class FormerQuangTri(ViewArticle):
    """www.quangtri.gov.vn with two sections."""

    portal = "quang_tri"
    host = "www.quangtri.gov.vn"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin_trong_tinh", "/tin-trong-tinh", "Tin trong tỉnh", "1572913402817"),
        ReplicaSection("chi_dao_dieu_hanh", "/chi-dao-dieu-hanh", "Chỉ đạo điều hành", "1572913455096"),
    )


def former_site() -> FormerQuangTri:
    """Return the site with the articles that the portal's content file has."""
    return FormerQuangTri(read_articles("quang_tri", FormerQuangTri.key_of))
