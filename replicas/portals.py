"""The composed portals by name."""

from __future__ import annotations

from replicas.composed import ComposedSite
from replicas.domino import CongBaoSonLa
from replicas.further import CongAnThanhHoa, DienBien, GiaLai, HungYen, Moit, Most, Mst, ThaiNguyen, ThangLong
from replicas.hatinh import HaTinh
from replicas.interfaces import BacNinh, CongAnHaNoi, VinhPhuc
from replicas.liferay import BacGiang, DaNang, QuangTri
from replicas.posted import HaNoi, KhanhHoa
from replicas.samples import MauDrupal, MauNukeviet, MauWordpress
from replicas.sharepoint import NinhThuan, QuangNinh, Vjst
from replicas.vccorp import BaoChinhPhu
from replicas.vhv import BinhDinh
from replicas.vnpt import CanTho, CaoBang, NinhBinh, SoKhcnNinhBinh, SonLa

__all__ = ["DRAWN", "EVERY", "SAMPLES", "SITES"]

SITES: dict[str, type[ComposedSite]] = {
    site.portal: site for site in (NinhThuan, QuangTri, BinhDinh, BacGiang, Vjst, QuangNinh, DaNang, BaoChinhPhu)
}
"""A portal's name to its site, which is made with the articles it should serve. Their articles are written by hand."""

DRAWN: dict[str, type[ComposedSite]] = {
    site.portal: site
    for site in (
        CanTho, CaoBang, CongAnThanhHoa, DienBien, GiaLai, HaTinh, HungYen, Moit, Most, Mst, NinhBinh, SoKhcnNinhBinh, SonLa,
        ThaiNguyen, ThangLong, BacNinh, CongAnHaNoi, CongBaoSonLa, HaNoi, KhanhHoa, VinhPhuc,
    )
}  # fmt: skip
"""The further portals: small, with drawn articles (`replicas.drawn`)."""

SAMPLES: dict[str, type[ComposedSite]] = {site.portal: site for site in (MauDrupal, MauNukeviet, MauWordpress)}
"""Invented portals for families without a portal of their own."""

EVERY = SITES | DRAWN | SAMPLES
