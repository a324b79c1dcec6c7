"""The invented portal on Drupal that `replicas.sites.samples` composes."""

from crawler.families.drupal import DrupalSpider
from crawler.listings.listing import Section
from crawler.portal import Sure
from replicas.sites.drupal import MauDrupal as Site


class MauDrupal(DrupalSpider):
    name = Site.portal
    title = Site.name
    province = None
    home = f"https://{Site.host}"
    sections = tuple(Section(section.name, section.path, section.title) for section in Site.sections)
    sure = Sure.INFERRED
    inferred = ("list", "paging", "key", "layout")
