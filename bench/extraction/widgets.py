"""Compose what portals print around and into their texts, worded by chance: other numbers, order, case, blanks, letters, signs.

Each family gets what its markup is known to carry, at the place where it carries it, and beside that a few widgets that
any portal may have. None of these lines is text; a reader that keeps one has kept the page.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

Widget = Callable[[random.Random], list[str]]
"""The lines of one widget."""


def _number(rng: random.Random) -> str:
    number = rng.choice((rng.randint(0, 99), rng.randint(100, 9999), rng.randint(10_000, 99_999_999)))
    return rng.choice((str(number), f"{number:,}".replace(",", "."), f"{number:,}"))


def _some(rng: random.Random, lines: list[str], least: int = 1) -> list[str]:
    return rng.sample(lines, rng.randint(min(least, len(lines)), len(lines)))


def _sizes(rng: random.Random) -> list[str]:
    buttons = rng.choice((["A-", "A", "A+"], ["A+", "A-"], ["Cỡ chữ", "A-", "A+"], ["A", "A+", "A-"]))
    contrast = _some(rng, ["Tăng tương phản", "Giảm tương phản"])
    if rng.random() < 0.5:
        return [" ".join([*buttons, "|", *contrast])]
    return [*buttons, *contrast]


def _share(rng: random.Random) -> list[str]:
    lines = _some(rng, ["Chia sẻ", "Facebook", "Zalo", "Copy link", "In bài viết", "Gửi email", "Lưu", "Đọc bài"], 2)
    return [rng.choice((" ", " | ", " / ")).join(lines)] if rng.random() < 0.5 else [*lines, "• :"]


def _rating(rng: random.Random) -> list[str]:
    votes = rng.randint(0, 40)
    return rng.choice(
        (
            [f"Tổng số điểm của bài viết là: {votes * 5} trong {votes} đánh giá", "Click để đánh giá bài viết"],
            ["Đánh giá", "X", "(Di chuột vào ngôi sao để chọn điểm)"],
            [f"Đánh giá bài viết: ({votes} đánh giá)"],
            [f"Xếp hạng: {rng.randint(1, 5)} - {votes} phiếu bầu", "Bình chọn bài viết:"],
            ["★ ★ ★ ☆ ☆", "Đánh giá bài viết"],
        )
    )


def _views(rng: random.Random) -> list[str]:
    return [f"{rng.choice(('Lượt xem', 'Đã xem', 'Số lượt xem', 'Lượt đọc'))}: {_number(rng)}"]


def _visitors(rng: random.Random) -> list[str]:
    counted = [
        "Hôm nay",
        "Đã truy cập",
        "Hôm qua",
        "Đang truy cập",
        "Tổng lượt truy cập",
        "Tháng hiện tại",
        "Trong tuần",
    ]
    lines = [f"{label}: {_number(rng)}" for label in _some(rng, counted, 2)]
    return ["Thống kê truy cập", *([" ".join(lines)] if rng.random() < 0.3 else lines)]


def _none_related(rng: random.Random) -> list[str]:
    label = rng.choice(("Các tin khác", "Tin liên quan", "Các bài viết khác", "Tin cùng chuyên mục", "Tin khác"))
    return [label, rng.choice(("Chi tiết bài viết tạm thời không có.", "Dữ liệu đang được cập nhật"))]


def _panel(rng: random.Random) -> list[str]:
    label = rng.choice(("Tin nổi bật", "Tin mới nhất", "Đọc nhiều", "Tin tiêu điểm"))
    return [f"{label} {label}"] if rng.random() < 0.5 else [label]


def _column(rng: random.Random) -> list[str]:
    """Return the right column of SP.QNP."""
    lines = ["Tin Nóng", "Tin tiêu điểm", "Lịch công tác trống", "Website liên kết"]
    return ["Tìm kiếm theo chuyên mục - nội dung - ngày tháng", *_some(rng, lines, 2), *_visitors(rng)]


def _comments(rng: random.Random) -> list[str]:
    return _some(rng, ["Ý kiến của bạn", "Gửi bình luận", f"Bình luận ({_number(rng)})", "Xem tất cả bình luận"])


def _audio(rng: random.Random) -> list[str]:
    return [rng.choice(("Your browser does not support the audio element.", "Nghe bài viết", "Đọc bài"))]


def _login(rng: random.Random) -> list[str]:
    return ["Lưu", "Bạn chưa đăng nhập hệ thống"]


def _tags(rng: random.Random) -> list[str]:
    return [rng.choice(("Từ khóa:", "Tags", "Tags:", "Từ khoá:"))]


def _footer(rng: random.Random) -> list[str]:
    return [f"Giấy phép số: {rng.randint(2, 400)}/GP-TTĐT, cấp ngày {rng.randint(10, 28)}/0{rng.randint(1, 9)}/2021."]


def _attached(rng: random.Random) -> list[str]:
    return [rng.choice(("Tệp đính kèm:", "Tài liệu đính kèm", "Tập tin đính kèm:", "File đính kèm", "Tải về"))]


def _clock(rng: random.Random) -> list[str]:
    day, month = rng.randint(1, 28), rng.randint(1, 12)
    return [rng.choice((f"Thứ ba, ngày {day} tháng {month} năm 2026", f"Hôm nay, Thứ tư, {day:02}/{month:02}/2026"))]


def _owner(rng: random.Random) -> list[str]:
    office = rng.choice(("Văn phòng UBND tỉnh", "Ban Tuyên giáo", "Cổng thông tin điện tử"))
    return [rng.choice((f"Bản quyền thuộc về {office}", f"© 20{rng.randint(10, 26)} {office}", f"Copyright {office}"))]


def _contact(rng: random.Random) -> list[str]:
    number = rng.randint(100_000, 999_999)
    lines = [f"Điện thoại: 0233.{number}", f"Email: bbt{number % 90}@tinh.gov.vn", f"Fax: 0233 {number}"]
    return [*_owner(rng), *_some(rng, lines)]


def _ways(rng: random.Random) -> list[str]:
    """Ways off the page: menus, languages, login, pagers, applications, advertising."""
    sets = (
        ["Trang chủ", "Lên đầu trang", "Quay lại", "Về trang chủ"],
        ["English", "中文", "English | Tiếng Việt"],
        ["Đăng nhập", "Đăng ký"],
        ["Trang trước", "1", "2", "3", "Trang sau"],
        ["Tải ứng dụng:", "Quét mã QR để tải"],
        ["Liên hệ quảng cáo"],
    )
    chosen = rng.choice(sets)
    return chosen if "1" in chosen else _some(rng, list(chosen))


_ANY: tuple[Widget, ...] = (_attached, _clock, _contact, _owner, _ways, _footer)
_HEAD: dict[str, tuple[Widget, ...]] = {
    "vhv": (_sizes, _share, _login, _audio),
    "three_cms": (_sizes, _views),
    "asset_publisher": (_sizes, _audio),
    "asset_publisher_abstracts": (_sizes, _views, _audio),
    "tan_dan": (_sizes, _share),
    "sp_qnp": (_sizes, _views),
    "ministry": (_sizes, _views),
    "vccorp": (_sizes, _share),
}
_TAIL: dict[str, tuple[Widget, ...]] = {
    "vhv": (_rating, _views, _panel, _share),
    "three_cms": (_none_related, _views, _footer),
    "asset_publisher": (_rating, _comments, _share),
    "asset_publisher_abstracts": (_rating, _views, _none_related),
    "tan_dan": (_tags, _share, _none_related),
    "sp_qnp": (_column, _views),
    "ministry": (_rating, _visitors),
    "vccorp": (_comments, _share, _rating),
}
_BETWEEN: tuple[Widget, ...] = (
    lambda rng: ["Your browser does not support the video tag."],
    lambda rng: ["Chia sẻ lên Facebook"],
    lambda rng: [f"Lượt xem: {_number(rng)}"],
    lambda rng: ["Tham khảo thêm"],
    lambda rng: ["A- A A+"],
)


# Boxes inside the body that only their own class tells from text: they hold titles of other articles. None where none is known.
_OWN: dict[str, tuple[str, ...]] = {
    "vhv": ('<div class="relate-news"><p><a href="/tin-tuc/{slug}.html">{title}</a></p></div>',),
    "three_cms": (),
    "asset_publisher": (
        '<div class="taglib-asset-links"><p>{title}</p></div>',
        '<div class="related-assets"><p><a href="/web/dng/-/{slug}">{title}</a></p></div>',
    ),
    "asset_publisher_abstracts": ('<div class="social-bookmarks"><p>{title}</p></div>',),
    "tan_dan": (
        '<div class="tandan-div-article-other"><p>{title}</p></div>',
        '<div class="td-tags"><p>{title}</p></div>',
    ),
    "sp_qnp": ('<div class="tin-lien-quan"><div>{title}</div></div>',),
    "ministry": (),
    "vccorp": (
        '<div class="VCSortableInPreviewMode" type="RelatedNewsBox"><p><a href="/{slug}.htm">{title}</a></p></div>',
        '<div class="kbwscwl-relatedbox"><p>{title}</p></div>',
    ),
}
# Where a family prints the writer outside the body, if it does; what has the class beside the body is inferred but for VHV.
_BYLINES: dict[str, str] = {
    "vhv": '<div class="aritcle-author author"><span><b>{label}</b></span> {name}</div>',
    "ministry": '<div class="Author_Write_TG"><p>{name}</p></div>',
    "sp_qnp": '<div class="tac-gia"><i>{label} {name}</i></div>',
    "vccorp": '<div class="detail-author">{name}</div>',
}


def own_box(family: str, title: str, rng: random.Random) -> str:
    """Markup of the family's own box with another article's title, for a place inside the body.

    Empty for every second.
    """
    if rng.random() < 0.5 or not _OWN[family]:
        return ""
    return rng.choice(_OWN[family]).format(title=title, slug=f"bai-{rng.randint(10, 99)}")


def listed(titles: list[str], rng: random.Random) -> str:
    """Markup of a list of other articles behind the text, known by its label and its links alone.

    Empty for most pages.
    """
    if rng.random() < 0.7:
        return ""
    label = _disguised(rng.choice(("Tin liên quan", "Các tin khác:", "Xem thêm", "Bài viết cùng chuyên mục")), rng)
    links = [f'<a href="/tin/bai-{rng.randint(10, 99)}-{at}.html">{title}</a>' for at, title in enumerate(titles)]
    day = rng.choice(("", " (03/03/2025)", " <span>03/03/2025</span>"))
    if rng.random() < 0.5:
        return f"<p><strong>{label}</strong></p>" + "".join(f"<p>{link}{day}</p>" for link in links)
    return f"<h3>{label}</h3><ul>" + "".join(f"<li>{link}{day}</li>" for link in links) + "</ul>"


def byline(family: str, name: str, rng: random.Random) -> tuple[str, str] | None:
    """Markup of the writer's name beside the body, and the line as it reads.

    None for a family that has no such place.
    """
    form = _BYLINES.get(family)
    if form is None:
        return None
    markup = form.format(label=rng.choice(("Tác giả", "Tác giả:")), name=name)
    return markup, re.sub(r"<[^>]+>", "", markup)


def before_body(family: str, rng: random.Random) -> str:
    """Markup of one widget of the family for the top of the body; empty for one page in three."""
    return "" if rng.random() < 0.33 else _markup(rng.choice(_HEAD[family])(rng), rng)


def after_body(family: str, rng: random.Random) -> str:
    """Markup of one to three widgets of the family behind the last line of the text."""
    chosen = rng.sample(_TAIL[family], rng.randint(1, len(_TAIL[family])))
    if rng.random() < 0.6:
        chosen.append(rng.choice(_ANY))
    return "\n".join(_markup(widget(rng), rng) for widget in chosen)


def between(rng: random.Random) -> str:
    """Markup of a widget line between two paragraphs; empty for every second page."""
    return "" if rng.random() < 0.5 else _markup(rng.choice(_BETWEEN)(rng), rng)


def _markup(lines: list[str], rng: random.Random) -> str:
    shown = [_disguised(line, rng) for line in lines]
    form = rng.randrange(4)
    if form == 0:
        return "".join(f"<p>{line}</p>" for line in shown)
    if form == 1:
        return "<ul>" + "".join(f'<li><a href="#">{line}</a></li>' for line in shown) + "</ul>"
    if form == 2:
        return "<div>" + "<br>".join(f"<span>{line}</span>" for line in shown) + "</div>"
    return "".join(f'<div style="font-size:11px"><b>{line}</b></div>' for line in shown)


def _disguised(line: str, rng: random.Random) -> str:
    """Return the line in another case, with other blanks, in decomposed letters: what changes from portal to portal."""
    line = rng.choice((line, line, line.upper(), line.lower()))
    line = rng.choice((line, line, line.replace(" ", "&nbsp;"), line.replace(" ", "  "), f" {line}&nbsp;"))
    return unicodedata.normalize("NFD", line) if rng.random() < 0.3 else line
