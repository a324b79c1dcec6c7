"""The Ministry of Industry and Trade; it asks for written consent to reuse."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class Moit(VHVSpider):
    name = "moit"
    title = "Bộ Công Thương"
    province = None
    home = "https://moit.gov.vn"
    # Child sections hold a part of its news each, only the parent has all.
    sections = (Section("tin-tuc", "/tin-tuc", "Tin tức", asks=(("categoryId", "101788658"),)),)
    sure = Sure.RECORDED  # an excerpt of a list and an article of September 2026; its list's requests are described
    inferred = ("key",)
    delay = 5.0  # a reader of 2026 paused as long: the firewall before it throttles
