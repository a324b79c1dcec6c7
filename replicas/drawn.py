"""The articles of the portals that have no content file of their own: drawn from the site's name, the same every time.

Few, so that a night over all portals stays short: seven before the first night and one on each of four nights. Among them
every shape of a body, a picture with its caption, a heading with a list, a table, an attachment in the text and one
beside it, a day without time of day, an article with a second address, and one that is edited after the first night.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta

from replicas import FIRST_NIGHT, LAST_NIGHT
from replicas.prose.village_news import past_article
from replicas.records import TZ, Kind, Part, ReplicaArticle, Revision
from replicas.sites.composed import ComposedSite, DaysOnly
from vietnam.letters import strip_diacritics

_BEFORE = (19, 16, 12, 9, 6, 4, 2)  # days before the first night
_NIGHTS = (0, 1, 2, (LAST_NIGHT - FIRST_NIGHT).days)
_SHAPES = ("plain", "word", "nested", "br", "centre")
_SEED = 20250309


def draw_articles(site: type[ComposedSite]) -> tuple[ReplicaArticle, ...]:
    """Return the articles of a site, oldest first.

    The first two sections hold them in turn, the first one more of them.
    """
    days = [FIRST_NIGHT - timedelta(days=ago) for ago in _BEFORE] + [FIRST_NIGHT + timedelta(days=n) for n in _NIGHTS]
    return tuple(
        _drawn(site, number, datetime.combine(day, time(8 + number, 5 * number), TZ)) for number, day in enumerate(days)
    )


def _drawn(site: type[ComposedSite], number: int, at: datetime) -> ReplicaArticle:
    clock = number != 4 and not issubclass(site, DaysOnly)
    published = at if clock else datetime.combine(at.date(), time(), TZ)
    holders = [section for section in site.sections if not section.share]
    section = holders[number // 2 % len(holders)] if number % 2 else holders[0]
    plain = past_article(site, number, published, section=section.name, seed=_SEED)
    slug = "-".join(re.findall("[a-z0-9]+", strip_diacritics(plain.title)))
    article = replace(
        plain,
        slug=slug,
        key=site.key_of(slug, published, str(700_000 + number)),
        clock=clock,
        shape=_SHAPES[number % len(_SHAPES)],
        byline=plain.parts[-1].text,
        parts=(plain.parts[0], *_between(number), *plain.parts[1:]),
        keywords=("tin trong tỉnh", "đời sống"),
        files=(f"phu-luc-{number}.pdf",) if number == 5 else (),
        twin=section.name if number == 2 else None,
        related=number % 2 == 0,
    )
    if number != 3:
        return article
    corrected = Part(Kind.PARAGRAPH, "Con số trên đã được đính chính sau khi kiểm lại sổ ghi.")
    parts = (*article.parts[:-1], corrected, article.parts[-1])
    edit = Revision(FIRST_NIGHT + timedelta(days=1), article.title, article.lead, parts)
    return replace(article, revisions=(edit,))


def _between(number: int) -> tuple[Part, ...]:
    """Return what this number brings behind the first paragraph."""
    if number % 4 == 0:
        caption = f"Người dân xem bảng phân công tổ {number + 1}. Ảnh: Tổ truyền thông"
        return (Part(Kind.CAPTION, caption, image=f"anh-{number}.jpg"),)
    if number % 4 == 1:
        return (
            Part(Kind.HEADING, f"Ba việc cần làm trong đợt {number + 1}"),
            Part(Kind.LIST_ITEM, f"Ghi tên vào sổ trước ngày {number + 10} hằng tháng."),
            Part(Kind.LIST_ITEM, "Mang theo dụng cụ của gia đình và nước uống."),
        )
    if number % 4 == 2:
        rows = (("Thôn", "Số hộ", "Đã góp"), ("Bãi Trên", str(40 + number), "31"), ("Bãi Dưới", str(52 + number), "47"))
        return tuple(Part(Kind.TABLE_ROW, " | ".join(cells), cells=cells) for cells in rows)
    plan = f"[[ke-hoach-{number}.pdf|kế hoạch số {number + 11}/KH-UBND]]"
    return (Part(Kind.PARAGRAPH, f"Chi tiết xem tại {plan} kèm theo."),)
