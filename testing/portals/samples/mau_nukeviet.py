"""The invented portal on NukeViet that `replicas.sites.samples` composes."""

from crawler.families.nukeviet import NukeVietSpider
from crawler.listings.listing import Section
from crawler.portal import Sure
from replicas.sites.nukeviet import MauNukeviet as Site


class MauNukeviet(NukeVietSpider):
    name = Site.portal
    title = Site.name
    province = None
    home = f"https://{Site.host}"
    sections = tuple(Section(section.name, section.path, section.title) for section in Site.sections)
    sure = Sure.INFERRED
    inferred = ("list", "paging", "key", "layout")
