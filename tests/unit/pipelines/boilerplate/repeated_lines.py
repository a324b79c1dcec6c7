"""Composed articles of one invented portal with what a portal prints beside its texts, and with what texts repeat."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from pipelines.article import Layout
from pipelines.boilerplate.positions import locate_blocks
from pipelines.boilerplate.recurring_lines import ComparedArticle
from vietnam.date_forms import TZ

LAYOUT = Layout(
    "plain", "article", ("article h1",), ("article .ngay",), ("article .noi-dung",), lead=("article .tom-tat",)
)
FIRST = date(2025, 3, 3)
SECTIONS = ("tin-tuc", "chi-dao", "van-hoa")
_NOW = datetime(2025, 4, 30, 12, tzinfo=TZ)

_WHO = ("Hợp tác xã Bến Mới", "Trạm y tế xã Cồn Lau", "Đội thanh niên phường Bãi Dâu", "Trường tiểu học Gò Sậy")
_DID = ("đưa vào sử dụng", "sửa lại", "khởi công", "bàn giao", "mở rộng")
_WHAT = ("nhà kho chứa giống", "con đường dọc bờ kè", "bể nước sạch", "phòng đọc sách", "sân bóng nhỏ", "vườn ươm cây")
_WHY = ("trước mùa mưa năm nay", "bằng tiền bà con góp", "sau ba tháng chuẩn bị", "cho hơn hai trăm hộ dân")
_SENTENCES = list(product(_WHO, _DID, _WHAT, _WHY))

Piece = Callable[[int], str]
"""Markup that an article with this number shows at a place; empty where it does not."""


def sentence(number: int) -> str:
    """One of 480 different sentences."""
    who, did, what, why = _SENTENCES[(number * 77) % len(_SENTENCES)]
    return f"{who} vừa {did} {what} {why}, theo kế hoạch đã thống nhất với người dân trong vùng."


@dataclass(frozen=True, slots=True)
class ExtraMarkup:
    """Markup by place: before the first paragraph, after the second, after the last, and after the sign-off."""

    head: Sequence[Piece] = ()
    middle: Sequence[Piece] = ()
    tail: Sequence[Piece] = ()
    end: Sequence[Piece] = ()


def page(number: int, planted: ExtraMarkup) -> bytes:
    """Return the page of one article."""

    def at(pieces: Sequence[Piece]) -> str:
        return "\n".join(piece(number) for piece in pieces)

    paragraphs = [f"<p>{html.escape(sentence(number * 4 + each))}</p>" for each in range(1, 4)]
    day = FIRST + timedelta(days=number // 3)
    menu = "".join(f'<li><a href="/{name}">{title}</a></li>' for name, title in zip(SECTIONS, MENU, strict=True))
    return f"""<!DOCTYPE html><html><head><title>Tin {number}</title></head><body><ul class="menu">{menu}</ul>
<article><h1>Tin số {number} của vùng: {sentence(number * 4)[:40]}</h1><p class="ngay">{day:%d/%m/%Y} 08:00</p>
<div class="tom-tat">{html.escape(sentence(number * 4))}</div><div class="noi-dung">
{at(planted.head)}
{paragraphs[0]}
{paragraphs[1]}
{at(planted.middle)}
{paragraphs[2]}
{at(planted.tail)}
{at(planted.end)}
</div></article></body></html>""".encode()


MENU = ("Tin tức", "Chỉ đạo", "Nhịp sống vùng sông")


def compared(number: int, planted: ExtraMarkup, layout: Layout = LAYOUT) -> ComparedArticle:
    """One article as it is compared, read from its page."""
    url = f"https://www.ba-song.vn/tin/tin-{number}.html"
    blocks = locate_blocks(page(number, planted), url, (layout,), _NOW)
    day = FIRST + timedelta(days=number // 3)
    return ComparedArticle(f"ba_song/tin-{number}@{number:016x}", day, SECTIONS[number % 3], blocks)
