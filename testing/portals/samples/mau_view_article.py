"""The invented department on Liferay with view-article that `replicas.sites.liferay` composes."""

from crawler.families.liferay_view_article import LiferayViewArticleSpider
from crawler.listings.listing import Section
from crawler.portal import Sure
from replicas.sites.liferay import MauViewArticle as Site


class MauViewArticle(LiferayViewArticleSpider):
    name = Site.portal
    title = Site.name
    province = None
    home = f"https://{Site.host}"
    sections = tuple(Section(section.name, section.path, section.title) for section in Site.sections)
    sure = Sure.INFERRED
    inferred = ("list", "paging", "key", "layout")
