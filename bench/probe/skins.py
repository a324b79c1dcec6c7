"""A composed portal of a known family under another skin: names, wrappers, class orders and widgets drawn with a seed.

What the family's facts fix stays: addresses, the classes its own product writes, the parts' order.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest, SiteResponse

_CLASS = re.compile(r'class="([^"<>]+ [^"<>]+)"')
_TITLES = (
    "Tin hoạt động",
    "Tin trong ngày",
    "Thời sự tổng hợp",
    "Tin địa phương",
    "Chuyện trong tỉnh",
    "Tin nổi bật tuần",
)
_WIDGETS = (
    '<div class="luot-truy-cap"><p>Đang truy cập: {n}</p><p>Tổng lượt truy cập: 1.{n}.004</p></div>',
    '<div class="thoi-tiet"><span>Nhiệt độ 2{d}°C</span><span>Độ ẩm 8{d}%</span></div>',
    '<div class="ty-gia"><table><tr><td>USD</td><td>25.{n}</td></tr><tr><td>EUR</td><td>27.{n}</td></tr></table></div>',
    '<div class="lien-ket-web"><select><option>Liên kết website</option><option>Bộ Nội vụ</option></select></div>',
)


class SkinnedPortal:
    """A site around a site: the same pages, drawn over."""

    def __init__(self, site: ComposedSite, seed: int) -> None:
        self.site, self.seed, self.host = site, seed, site.host
        chance = random.Random(seed)
        self._wrap = chance.choice(("khung", "trang-ngoai", "site-wrap", "layout-main"))
        self._levels = chance.randint(1, 3)
        self._widgets = chance.sample(_WIDGETS, chance.randint(1, len(_WIDGETS)))
        self._top = chance.random() < 0.5

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the site's answer under the skin."""
        answer = self.site.respond(request)
        if not answer.textual or "html" not in answer.content_type or b"<body" not in answer.body:
            return answer
        page = self._drawn(answer.body.decode(), request)
        return SiteResponse(page.encode(), answer.status, answer.content_type, answer.headers)

    def _drawn(self, page: str, request: SiteRequest) -> str:
        chance = random.Random(self.seed)

        def turned(found: re.Match[str]) -> str:
            names = found[1].split()
            # The first class may be one that the product's own script or style looks for by its beginning.
            rest = names[1:]
            chance.shuffle(rest)
            return f'class="{" ".join([names[0], *rest])}"'

        page = _CLASS.sub(turned, page)
        boxes = "".join(w.format(n=100 + request.count % 800, d=request.count % 9) for w in self._widgets)
        opened = "".join(f'<div class="{self._wrap}-{level}">' for level in range(self._levels))
        found = re.search(r"<body[^>]*>", page)
        if found is None:
            return page
        head, body = page[: found.end()], page[found.end() :]
        body, closed, tail = body.rpartition("</body>")
        inner = f"{boxes}{body}" if self._top else f"{body}{boxes}"
        return f"{head}{opened}{inner}{'</div>' * self._levels}{closed}{tail}"


def skin(kind: type[ComposedSite], articles: Sequence[ReplicaArticle], seed: int, host: str) -> SkinnedPortal:
    """Return a portal of the family on another host, its sections renamed, under the skin of this seed."""
    chance = random.Random(seed)
    titles = chance.sample(_TITLES, len(_TITLES))
    sections = tuple(
        ReplicaSection(s.name, s.path, titles[n] if n < len(titles) else s.title, s.code, s.share)
        for n, s in enumerate(kind.sections[:6])
    )
    made = type(kind.__name__, (kind,), {"host": host, "name": f"Cổng thông tin điện tử mẫu số {seed}"})
    kept = {section.name for section in sections}
    return SkinnedPortal(made([a for a in articles if a.section in kept], sections), seed)
