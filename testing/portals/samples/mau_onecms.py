"""The invented newspaper on OneCMS that `replicas.sites.onecms` composes."""

from crawler.families.onecms import OneCMSSpider
from crawler.listings.listing import Section
from crawler.portal import Sure
from replicas.sites.onecms import MauOnecms as Site


class MauOnecms(OneCMSSpider):
    name = Site.portal
    title = Site.name
    province = None
    home = f"https://{Site.host}"
    sections = tuple(Section(section.name, section.path, section.title) for section in Site.sections)
    sure = Sure.INFERRED
    inferred = ("list", "paging", "key", "layout")
