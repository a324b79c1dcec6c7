"""What a new portal is called: its name in the archive, and its title. Pure."""

from __future__ import annotations

import re

from crawler.probe.page import VisitedPage
from pipelines.html.tree import line, match, text_of
from vietnam.letters import fold, strip_diacritics
from vietnam.provinces import province_of_host

__all__ = ["name_for", "title_for"]

_OFFICIAL = frozenset({"www", "gov", "vn", "com", "net", "org", "edu", "chinhphu", "portal"})
_SITE = re.compile(r"cổng|trang thông|báo|tạp chí|website", re.IGNORECASE)


def name_for(host: str) -> str:
    """`quang_tri` for www.quangtri.gov.vn, `sokhcn_quang_tri` for a host below it, else the host's own labels."""
    known = province_of_host(host)
    labels = [label for label in host.lower().split(".") if label not in _OFFICIAL]
    if known is not None:
        below = host.lower().removesuffix(known.domain).removesuffix(".").removeprefix("www").strip(".")
        labels = [label for label in below.split(".") if label]
        labels.append(strip_diacritics(known.name))
    name = re.sub(r"[^a-z0-9]+", "_", "_".join(labels).lower()).strip("_") or "portal"
    return name if name[0].isalpha() else f"p_{name}"


def title_for(front: VisitedPage) -> str:
    """The portal's name as its front page says it: `og:site_name`, else the part of the title that names a portal."""
    page = front.page()
    for element in match(page.root, "meta[property='og:site_name'], meta[name=application-name]"):
        if name := line(element.get("content") or ""):
            return name
    titles = [text_of(element) for element in match(page.root, "title")[:1]]
    parts = [part for title in titles for part in re.split(r"\s+[-–—|:]\s+|\s*\|\s*", title) if part]
    named = [part for part in parts if fold(part) not in ("trang chủ", "home", "tin tức")]
    return next((part for part in named if _SITE.search(part)), named[-1] if named else "")
