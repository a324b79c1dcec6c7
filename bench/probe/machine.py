"""Serve what a drawn portal's software says of its articles: feed, sitemap, metadata; and drawn faults.

The faults are those that a spider's own rules do not see. A score of 100 beside one of them is a lie.
"""

from __future__ import annotations

import html
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Protocol

from replicas.records import Kind, Part, ReplicaArticle, plain

FAULTS = {
    "line": "a line of the frame stands in every text",
    "title": "every title ends with the portal's name",
    "minute": "the pages show the day alone, the feed the minute",
    "hidden": "the menu leaves a section out whose articles stand in the feed",
    "stuck": "every second page shows the first one again",
    "cut": "lists end after one page, and nothing leads on",
}
_NEWEST = 20


@dataclass(frozen=True, slots=True)
class MachineSide:
    """Hold what a portal serves for machines, and its fault; empty for none.

    `feed` is "", "short" (titles and times) or "full" (the texts too).
    """

    feed: str = ""
    sitemap: bool = False
    metadata: bool = False
    fault: str = ""


def draw_machine_side(seed: int, *, faults: bool, whole: bool = False) -> MachineSide:
    """Draw what a portal serves for machines; with `whole` and for every second one all of it.

    A third has a fault, where `faults` asks for them.
    """
    chance = random.Random(f"machine/{seed}")
    side = MachineSide(chance.choice(("", "short", "full")), chance.random() < 0.5, chance.random() < 0.5)
    if chance.random() < 0.5 or whole:
        side = MachineSide("full", sitemap=True, metadata=True)
    fault = chance.choice(sorted(FAULTS)) if chance.random() < 0.34 else ""
    return replace(side, fault=fault if faults else "")


class MachinePortal(Protocol):
    """Define what the machine side needs of a portal."""

    host: str
    name: str
    articles: tuple[ReplicaArticle, ...]

    def path(self, article: ReplicaArticle) -> str:
        """Return the path of an article."""
        ...


def feed_of(portal: MachinePortal, full: bool, articles: Sequence[ReplicaArticle]) -> bytes:
    """Return the feed of the newest articles, with `full` of their texts."""
    items = "".join(_item(portal, article, full) for article in articles[:_NEWEST])
    head = f'<rss version="2.0" xmlns:content="{_CONTENT}"><channel><title>{html.escape(portal.name)}</title>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{items}</channel></rss>'.encode()


_CONTENT = "http://purl.org/rss/1.0/modules/content/"


def _item(portal: MachinePortal, article: ReplicaArticle, full: bool) -> str:
    link = html.escape(f"https://{portal.host}{portal.path(article)}")
    title, when = html.escape(plain(article.title)), format_datetime(article.published)
    texts = [article.lead, *(part.text for part in article.parts if part.kind is not Kind.CAPTION)]
    body = "".join(f"<p>{html.escape(plain(text))}</p>" for text in texts if text)
    encoded = f"<content:encoded>{html.escape(body)}</content:encoded>" if full else ""
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{when}</pubDate>{encoded}</item>"


def sitemap_of(portal: MachinePortal, articles: Sequence[ReplicaArticle]) -> bytes:
    """Return the sitemap of all articles."""
    urls = "".join(f"<url><loc>{html.escape(f'https://{portal.host}{portal.path(a)}')}</loc></url>" for a in articles)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def head_of(portal: MachinePortal, side: MachineSide, at: ReplicaArticle | None) -> str:
    """Return what a page's head names for machines: the feed, and an article's title and time."""
    head = '<link rel="alternate" type="application/rss+xml" href="/tin.rss">' if side.feed else ""
    if at is not None and side.metadata:
        title = html.escape(plain(at.title))
        head += f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="{portal.name}">'
        if side.fault != "minute":
            head += f'<meta property="article:published_time" content="{at.published.isoformat()}">'
    return head


def with_fault(article: ReplicaArticle, fault: str) -> ReplicaArticle:
    """Return the article as a page with this fault shows it."""
    if fault != "line":
        return article
    line = Part(Kind.PARAGRAPH, "Bản in này được tạo tự động từ hệ thống của xã")
    return replace(article, parts=(*article.parts[:1], line, *article.parts[1:]))
