"""The composed portals by name."""

from __future__ import annotations

from replicas.sites.composed import ComposedSite
from replicas.sites.dnn import Hue, VinhLong
from replicas.sites.domino import CongBaoSonLa
from replicas.sites.drupal import AnGiang, MauDrupal, PhuTho
from replicas.sites.hatinh import HaTinh
from replicas.sites.json_interfaces import BacNinh, CongAnHaNoi, VinhPhuc
from replicas.sites.liferay import BacGiang, DakLak, DaNang, DongThap, HoChiMinh, MauViewArticle, QuangTri, ThaiNguyen
from replicas.sites.nukeviet import DongNai, MauNukeviet
from replicas.sites.onecms import MauOnecms
from replicas.sites.readjson import LamDong
from replicas.sites.sharepoint import DienBien, Moc, Most, NinhThuan, QuangNinh, ThanhHoa, Vjst
from replicas.sites.tuyen_quang import TuyenQuang
from replicas.sites.vccorp import BaoChinhPhu, HaNoi, Mst, ThangLong
from replicas.sites.vhv import BinhDinh, CongAnThanhHoa, GiaLai, HungYen, LaiChau, LangSon, Moit, QuangNgai
from replicas.sites.vnpt import (
    CaMau,
    CanTho,
    CaoBang,
    HaiPhong,
    LaoCai,
    NgheAn,
    NinhBinh,
    SoKhcnNinhBinh,
    SonLa,
    TayNinh,
)
from replicas.sites.webforms import KhanhHoa
from replicas.sites.wordpress import MauWordpress

SITES: dict[str, type[ComposedSite]] = {
    site.portal: site for site in (NinhThuan, QuangTri, BinhDinh, BacGiang, Vjst, QuangNinh, DaNang, BaoChinhPhu)
}
"""A portal's name to its site, which is made with the articles it should serve. Their articles are written by hand."""

DRAWN: dict[str, type[ComposedSite]] = {
    site.portal: site
    for site in (
        CanTho, CaoBang, CongAnThanhHoa, DienBien, DongNai, GiaLai, HaTinh, HungYen, Moit, Most, Mst, NinhBinh, SoKhcnNinhBinh, SonLa,
        ThaiNguyen, ThangLong, BacNinh, CongAnHaNoi, CongBaoSonLa, HaNoi, KhanhHoa, VinhPhuc, QuangNgai, LaiChau, LangSon, ThanhHoa, Moc,
        HoChiMinh, DakLak, DongThap, AnGiang, PhuTho, Hue, VinhLong,
        NgheAn, HaiPhong, TayNinh, CaMau, LaoCai,
        LamDong, TuyenQuang,
    )
}  # fmt: skip
"""The further portals: small, with drawn articles (`replicas.drawn`)."""

SAMPLES: dict[str, type[ComposedSite]] = {
    site.portal: site for site in (MauDrupal, MauNukeviet, MauOnecms, MauViewArticle, MauWordpress)
}
"""Invented portals for families without a portal of their own, and for a family's older form."""

EVERY = SITES | DRAWN | SAMPLES
