"""The invented province Vỏ Trống: Ba Sông's pages behind shells that only a script fills."""

from __future__ import annotations

from crawler.listings.listing import Section
from crawler.portal import Sure
from testing.portals.first.ba_song import PlainSpider


class VoTrong(PlainSpider):
    """Vỏ Trống."""

    name = "vo_trong"
    title = "Cổng thông tin điện tử tỉnh Vỏ Trống"
    province = None
    home = "https://www.ba-song.vn"
    sections = (Section("tin-tuc", "/tin-tuc", "Tin tức"),)
    sure = Sure.INFERRED
    render = True
