"""The recorded portal with what was planted into it, and a second portal that prints some of its texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bench.months.plants import Plan
from bench.months.recorded_site import MonthArticle, MonthSite
from replicas.prose.village_news import past_articles
from replicas.records import TZ, ReplicaArticle
from replicas.sites.liferay import BacGiang
from replicas.sites.site import SiteRequest, SiteResponse

__all__ = ["PlantedSite", "other_site"]


class PlantedSite(MonthSite):
    """The portal of the month. It has a front page of its own, and nights on which it is down."""

    def __init__(self, articles: Sequence[MonthArticle], plan: Plan) -> None:
        super().__init__(articles)
        self._nights = plan.nights
        self._listings |= {one.slug: ((topic, self.article_path(one)),) for one, topic in plan.extra}
        for slug in plan.listed_twice:
            topic, path = self._listings[slug][0]
            elsewhere = next(section.title for section in self.sections if section.title != topic)
            twin = f"/web/dng/-/{slug}" if path.startswith("/vi/") else f"/vi/web/dng/-/{slug}"
            self._listings[slug] = ((topic, path), (elsewhere, twin))
        changed = [plan.changed.get(one.slug, one) for one in self.articles]
        self.articles = (*changed, *(one for one, _ in plan.extra))
        self._by_key = {one.key: one for one in self.articles}

    def respond(self, request: SiteRequest) -> SiteResponse:
        """The answer to one request."""
        if request.night in self._nights.refused:
            return SiteResponse(b"down", 503, content_type="text/plain")
        if request.path == "/":
            return SiteResponse(self.render_list(self.sections[0], 1, request).encode())
        if request.night in self._nights.empty and request.path != "/robots.txt":
            return self._notice(request, "Không tìm thấy trang", 404)
        return super().respond(request)


def other_site(plan: Plan) -> BacGiang:
    """A second portal: old articles of its own, and what it prints of the first one."""
    last = datetime.combine(plan.nights.run[0] - timedelta(days=2), time(8), TZ)
    own: tuple[ReplicaArticle, ...] = past_articles(BacGiang, 12, last, timedelta(days=1), section="tin_trong_tinh")
    return BacGiang([*own, *plan.elsewhere])
