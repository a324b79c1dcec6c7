"""The invented portal on WordPress that `replicas.sites.samples` composes."""

from crawler.families.wordpress import WordPressSpider
from crawler.listings.listing import Section
from crawler.portal import Sure
from replicas.sites.wordpress import MauWordpress as Site


class MauWordpress(WordPressSpider):
    name = Site.portal
    title = Site.name
    province = None
    home = f"https://{Site.host}"
    sections = tuple(Section(section.name, section.path, section.title) for section in Site.sections)
    sure = Sure.INFERRED
    inferred = ("list", "paging", "key", "layout")
