"""Three portals as plain as Ba Sông, at its host: what differs is what became of them."""

from __future__ import annotations

from datetime import date

from crawler.listings.listing import Section
from crawler.portal import Sure
from testing.portals.first.ba_song import PlainSpider


class BenDa(PlainSpider):
    """A portal of Ninh Thuận, which became part of Khánh Hòa on 1 July 2025."""

    name = "ben_da"
    title = "Cổng thông tin điện tử Bến Đá"
    province = "ninhthuan"
    home = "https://www.ba-song.vn"
    sections = (Section("tin-tuc", "/tin-tuc", "Tin tức"), Section("su-kien", "/su-kien", "Sự kiện"))
    sure = Sure.RECORDED


class HuyenCu(PlainSpider):
    """A district's portal: no province's, declared dissolved, and its successor's host is known."""

    name = "huyen_cu"
    title = "Cổng thông tin điện tử huyện Cũ"
    province = None
    home = "https://www.ba-song.vn"
    sections = (Section("tin-tuc", "/tin-tuc", "Tin tức"),)
    moved_to = ("xa-moi.vn",)
    dissolved = date(2025, 7, 1)
    sure = Sure.RECORDED


class TinhNay(PlainSpider):
    """A portal of Khánh Hòa, which was never dissolved."""

    name = "tinh_nay"
    title = "Cổng thông tin điện tử tỉnh Này"
    province = "khanhhoa"
    home = "https://www.ba-song.vn"
    sections = (Section("tin-tuc", "/tin-tuc", "Tin tức"),)
    sure = Sure.RECORDED
