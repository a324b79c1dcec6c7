"""Ba Sông with a feed, an archive of each day and a list that says how many articles it holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from crawler.listings.listing import Entry, Listing, Section
from crawler.listings.witness import Witness
from testing.portals.first.ba_song import BaSong as Plain
from testing.portals.first.ba_song import PlainSpider

_TOTAL = re.compile(r"Tổng số: (\d+) bài")
_DAY = Section("ngay", "/", "Theo ngày")


class WitnessedSpider(PlainSpider, family="Witnessed"):
    """The plainest family, with witnesses."""

    @classmethod
    def witnesses(cls, day: date) -> tuple[Witness, ...]:
        archive = Witness(f"{cls.home}/xem-theo-ngay-{day:%d-%m-%Y}.htm", day)
        return archive, Witness(f"{cls.home}/rss/home.rss"), Witness(f"{cls.home}/rss/one-too-many.rss")

    @classmethod
    def read_day(cls, url: str, html: str) -> tuple[Entry, ...]:
        return super().read_listing(url, html, _DAY, 1).entries

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        total = _TOTAL.search(html)
        return replace(super().read_listing(url, html, section, number), total=int(total[1]) if total else None)


class BaSong(WitnessedSpider):
    """Ba Sông with witnesses."""

    name = "ba_song"
    title = Plain.title
    province = None
    home = Plain.home
    sections = Plain.sections
    sure = Plain.sure
