"""The composed portals by name."""

from __future__ import annotations

from replicas.composed import ComposedSite
from replicas.liferay import BacGiang, DaNang, QuangTri
from replicas.sharepoint import NinhThuan, QuangNinh, Vjst
from replicas.vccorp import BaoChinhPhu
from replicas.vhv import BinhDinh

__all__ = ["SITES"]

SITES: dict[str, type[ComposedSite]] = {
    site.portal: site for site in (NinhThuan, QuangTri, BinhDinh, BacGiang, Vjst, QuangNinh, DaNang, BaoChinhPhu)
}
"""A portal's name to its site, which is made with the articles it should serve."""
