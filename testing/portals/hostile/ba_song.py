"""Ba Sông with three lists.

A list page with `ENDLESS` is read without end, one with `CRASH` kills the process that reads it, one with `GREEDY` fills
its memory.
"""

from __future__ import annotations

import os
import signal

from crawler.listings.listing import Listing, Section
from crawler.portal import Sure
from testing.portals.first.ba_song import PlainSpider

ENDLESS, CRASH, GREEDY = "không có hồi kết", "sập trình đọc", "đầy bộ nhớ"


class HostileSpider(PlainSpider, family="Hostile"):
    """The plainest family, whose reading of lists can be made to fail."""

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        while ENDLESS in html:
            pass
        if CRASH in html:
            os.kill(os.getpid(), signal.SIGKILL)
        if GREEDY in html:
            bytearray(8 << 30)
        return super().read_listing(url, html, section, number)


class BaSong(HostileSpider):
    """Ba Sông."""

    name = "ba_song"
    title = "Cổng thông tin điện tử tỉnh Ba Sông"
    province = None
    home = "https://www.ba-song.vn"
    sections = (
        Section("tin-tuc", "/tin-tuc", "Tin tức"),
        Section("kinh-te", "/kinh-te", "Kinh tế"),
        Section("doi-song", "/doi-song", "Đời sống"),
    )
    sure = Sure.INFERRED
