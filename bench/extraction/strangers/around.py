"""The grammars of what stands between text and foot, and around both: tools, tags, other articles, comments, side, notices."""

from __future__ import annotations

from collections.abc import Callable

from bench.extraction.strangers.dates import weekday
from bench.extraction.strangers.draw import Draw, escaped, link

Grammar = dict[str, Callable[[Draw], str]]


def _nothing(draw: Draw) -> str:
    return ""


def _titles(draw: Draw, count: int) -> list[tuple[str, str]]:
    return [(draw.headline(), f"/bai/{draw.rng.randint(1000, 9999)}") for _ in range(count)]


def _heading(draw: Draw, *words: str) -> str:
    return draw.rng.choice(("<h3>{}</h3>", "<div><b>{}</b></div>", "<p><strong>{}</strong></p>", "<h4>{}</h4>")).format(
        draw.rng.choice(words)
    )


# Beside the text


def _share(draw: Draw) -> str:
    names = ("Facebook", "Zalo", "Twitter", "Email", "Sao chép liên kết", "In trang")
    links = [f'<a href="#" title="{name}">{name}</a>' for name in draw.rng.sample(names, 3)]
    return draw.box("tools", draw.rng.choice(("Chia sẻ: ", "", "<span>Chia sẻ</span> ")) + " ".join(links))


def _sizes(draw: Draw) -> str:
    return draw.box("tools", "<span>Cỡ chữ</span> <button>A-</button> <button>A</button> <button>A+</button>")


def _views(draw: Draw) -> str:
    label = draw.rng.choice(("Lượt xem", "Đã xem", "Số lần đọc", "Views"))
    return draw.box("tools", f"{label}: {draw.rng.randint(4, 99999)}")


def _listen(draw: Draw) -> str:
    return draw.box("tools", "<button>Nghe bài viết</button> <span>Giọng nữ miền Bắc</span> <span>1x</span>")


TOOLS: Grammar = {
    "none": _nothing,
    "share": _share,
    "icons": lambda draw: draw.box(
        "tools", '<a href="#"><i class="fab fa-facebook-f"></i></a><a href="#"><img src="/zalo.svg" alt="Zalo"></a>'
    ),
    "font sizes": _sizes,
    "views": _views,
    "audio": _listen,
    "print and mail": lambda draw: draw.box("tools", '<a href="/in">Bản in</a> | <a href="/gui">Gửi cho bạn bè</a>'),
}


def _tags(draw: Draw) -> str:
    words = draw.rng.sample(("thủy lợi", "học bổng", "hiến máu", "đường liên xã", "thư viện"), 3)
    label = draw.rng.choice(("Từ khóa:", "Tags:", "Thẻ:", "Chủ đề:"))
    return draw.box(
        "tools", f"<span>{label}</span> " + ", ".join(link(word, f"/tu-khoa/{i}") for i, word in enumerate(words))
    )


BELOW: Grammar = {
    "none": _nothing,
    "stars": lambda draw: draw.box("tools", f"<span>Đánh giá bài viết</span> ★★★☆☆ ({draw.rng.randint(0, 30)} lượt)"),
    "tags": _tags,
    "share": _share,
    "back and top": lambda draw: (
        '<p><a href="javascript:history.go(-1)">Quay lại</a> <a href="#">Lên đầu trang</a></p>'
    ),
    "votes": lambda draw: draw.box("tools", "Average (0 Votes)"),
    "follow": lambda draw: draw.box("tools", 'Theo dõi chúng tôi trên <a href="https://g.replica.test">Tin tức số</a>'),
}


# Other articles


_OTHERS = ("Tin khác", "Các tin khác", "Tin cùng chuyên mục", "Tin liên quan", "Bài viết liên quan", "Related posts")


def _with_days(draw: Draw) -> str:
    items = "".join(f"<li>{link(t, p)} ({draw.day():%d/%m/%Y})</li>" for t, p in _titles(draw, 4))
    return draw.box("related", f"{_heading(draw, *_OTHERS)}<ul>{items}</ul>")


def _without_days(draw: Draw) -> str:
    head, titles = _heading(draw, *_OTHERS), _titles(draw, 5)
    return draw.box("related", f"{head}<ul>" + "".join(f"<li>{link(t, p)}</li>" for t, p in titles) + "</ul>")


def _cards(draw: Draw) -> str:
    items = "".join(
        f'<div{draw.names("box")}><a href="{p}"><img src="/t/{i}.jpg" alt=""></a><h4>{link(t, p)}</h4>'
        f"<span>{draw.day():%d/%m/%Y %H:%M}</span><p>{escaped(draw.text.sentence())}</p></div>"
        for i, (t, p) in enumerate(_titles(draw, 3))
    )
    return draw.box("related", f"{_heading(draw, *_OTHERS)}{items}")


def _loose(draw: Draw) -> str:
    return _heading(draw, *_OTHERS) + "".join(f"<p>» {link(t, p)}</p>" for t, p in _titles(draw, 3))


def _rows(draw: Draw) -> str:
    rows = "".join(f"<tr><td>{draw.day():%d/%m}</td><td>{link(t, p)}</td></tr>" for t, p in _titles(draw, 4))
    return f"{_heading(draw, *_OTHERS)}<table{draw.names('related')}>{rows}</table>"


def _two_lists(draw: Draw) -> str:
    newer, older = ("<ul>" + "".join(f"<li>{link(t, p)}</li>" for t, p in _titles(draw, 2)) + "</ul>" for _ in range(2))
    return draw.box("related", f"<p><b>Những tin mới hơn</b></p>{newer}<p><b>Những tin cũ hơn</b></p>{older}")


def _neighbours(draw: Draw) -> str:
    (before, a), (after, b) = _titles(draw, 2)
    return f"<nav><span>Bài trước</span> {link(before, a)} <span>Bài sau</span> {link(after, b)}</nav>"


RELATED: Grammar = {
    "none": _nothing,
    "list with days": _with_days,
    "list without days": _without_days,
    "cards with leads": _cards,
    "loose paragraphs": _loose,
    "table": _rows,
    "newer and older": _two_lists,
    "previous and next": _neighbours,
    "heading without list": lambda draw: draw.box("related", _heading(draw, *_OTHERS)),
}


def _see_also(draw: Draw) -> str:
    ((title, path),) = _titles(draw, 1)
    return draw.rng.choice(
        ("<p><strong>Xem thêm:</strong> {}</p>", "<p>&gt;&gt; {}</p>", "<div><em>Đọc thêm: {}</em></div>")
    ).format(link(title, path))


def _float(draw: Draw) -> str:
    items = "".join(f"<li>{link(t, p)}</li>" for t, p in _titles(draw, 2))
    return f'<div{draw.names("box")} style="float:right;width:200px"><h4>Tin liên quan</h4><ul>{items}</ul></div>'


INSIDE: Grammar = {
    "none": _nothing,
    "see also": _see_also,
    "floating box": _float,
    "advertisement": lambda draw: (
        f'<div{draw.names("box")}><span>Quảng cáo</span><a href="/qc"><img src="/qc.gif"></a></div>'
    ),
    "script": lambda draw: '<script>window.dataLayer=[{"ten":"bai"}];</script><ins class="adsbygoogle"></ins>',
}


# Readers


def _remark(draw: Draw) -> str:
    return draw.rng.choice(
        (
            "Đoạn đường này mong xã làm sớm, mùa mưa đi lại khó lắm.",
            "Cảm ơn bài viết!",
            "Hay quá.",
            "Cho tôi hỏi nộp hồ sơ ở đâu ạ?",
        )
    ) + ("" if draw.chance(0.5) else f" {draw.text.sentence()}")


def _comment_list(draw: Draw) -> str:
    count = draw.rng.randint(1, 4)
    items = "".join(
        f"<li><b>{draw.text.person()}</b> <span>{draw.day():%d/%m/%Y %H:%M}</span><p>{escaped(_remark(draw))}</p>"
        '<a href="#">Trả lời</a></li>'
        for _ in range(count)
    )
    head = draw.rng.choice((f"Bình luận ({count})", f"{count} bình luận", "Ý kiến bạn đọc", f"{count} phản hồi"))
    return draw.box("comments", f"<h3>{head}</h3><ol>{items}</ol>")


def _comment_divs(draw: Draw) -> str:
    items = "".join(
        f"<div><div>{draw.text.person()} - {draw.day():%d/%m/%Y}</div><div>{escaped(_remark(draw))}</div></div>"
        for _ in range(2)
    )
    return draw.box("comments", f"<p><b>Ý kiến bạn đọc (2)</b></p>{items}")


def _comment_form(draw: Draw) -> str:
    return draw.box(
        "comments",
        "<h3>Gửi bình luận</h3><form><p>Thư điện tử của bạn sẽ không được hiện. Mục có dấu * phải điền.</p>"
        '<label>Họ tên *</label><input name="ten"><label>Nội dung *</label><textarea></textarea>'
        "<p>Bình luận tối đa 1000 chữ, gõ tiếng Việt có dấu.</p><button>Gửi</button></form>",
    )


def _english_thread(draw: Draw) -> str:
    return (
        f"<section{draw.names('comments')}><h2>One thought on &ldquo;{escaped(draw.title)}&rdquo;</h2>"
        f"<article><footer>{draw.text.person()} says:</footer><p>{escaped(_remark(draw))}</p></article>"
        "<h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked *</p></section>"
    )


COMMENTS: Grammar = {
    "none": _nothing,
    "list": _comment_list,
    "divs": _comment_divs,
    "form": _comment_form,
    "list and form": lambda draw: _comment_list(draw) + _comment_form(draw),
    "English": _english_thread,
    "log in": lambda draw: draw.box("comments", '<p>Bạn cần <a href="/dang-nhap">đăng nhập</a> để gửi ý kiến.</p>'),
    "nobody yet": lambda draw: draw.box("comments", "<h4>Bình luận</h4><p>Chưa có bình luận nào cho bài này.</p>"),
}


# The side column


def _most_read(draw: Draw) -> str:
    items = "".join(f"<li><span>{i}</span> {link(t, p)}</li>" for i, (t, p) in enumerate(_titles(draw, 5), 1))
    return draw.box("box", f"{_heading(draw, 'Đọc nhiều', 'Tin nổi bật', 'Xem nhiều nhất')}<ol>{items}</ol>")


def _notices(draw: Draw) -> str:
    items = "".join(f"<p>{link(t, p)}<br><i>{draw.day():%d/%m/%Y}</i></p>" for t, p in _titles(draw, 3))
    return draw.box("box", f"{_heading(draw, 'Thông báo', 'Văn bản mới')}{items}")


def _counter(draw: Draw) -> str:
    rows = "".join(
        f"<tr><td>{label}</td><td>{draw.rng.randint(1, 999999)}</td></tr>"
        for label in ("Đang trực tuyến", "Hôm nay", "Trong tháng", "Tổng số")
    )
    return draw.box("box", f"{_heading(draw, 'Thống kê', 'Lượt truy cập')}<table>{rows}</table>")


def _poll(draw: Draw) -> str:
    return draw.box(
        "box",
        "<h4>Thăm dò ý kiến</h4><form><p>Bà con thấy trang của xã thế nào, có dễ tìm thông tin hay không?</p>"
        '<label><input type="radio">Dễ tìm</label><label><input type="radio">Khó tìm</label><button>Bỏ phiếu</button></form>',
    )


def _links(draw: Draw) -> str:
    options = "".join(f"<option>Trang của {draw.text.office()}</option>" for _ in range(4))
    return draw.box("box", f"<select><option>-- Liên kết trang --</option>{options}</select>")


SIDE: Grammar = {
    "most read": _most_read,
    "notices": _notices,
    "counter": _counter,
    "poll": _poll,
    "links": _links,
    "weather": lambda draw: draw.box(
        "box", f"<div>Thời tiết {draw.place}</div><div>{draw.rng.randint(18, 36)}°C</div><div>Có mây, gió nhẹ</div>"
    ),
    "about": lambda draw: draw.box(
        "box", f'<h4>Giới thiệu</h4><p>{escaped(" ".join(draw.paragraphs(1)))}</p><a href="/gioi-thieu">Xem tiếp</a>'
    ),
    "banners": lambda draw: draw.box(
        "box", "".join(f'<a href="/b{i}"><img src="/b{i}.jpg" alt="Cổng dịch vụ công"></a>' for i in range(3))
    ),
}


# Over and behind the page


COOKIE: Grammar = {
    "none": _nothing,
    "bar": lambda draw: draw.box(
        "cookie",
        'Trang này dùng cookie để ghi nhớ lựa chọn của bạn và đếm lượt xem. <a href="/rieng-tu">Chính sách riêng tư</a> <button>Đồng ý</button>',
    ),
    "dialog": lambda draw: (
        '<div role="dialog" aria-modal="true"><h2>Chúng tôi tôn trọng quyền riêng tư</h2><p>Chúng tôi và các đối tác lưu thông tin trên '
        "thiết bị của bạn, như cookie, để đo lường nội dung và phục vụ bạn tốt hơn.</p><button>Chấp nhận</button><button>Từ chối</button></div>"
    ),
    "English bar": lambda draw: draw.box(
        "cookie", "<p>This website uses cookies to improve your experience.</p><button>Accept</button>"
    ),
    "newsletter": lambda draw: draw.box(
        "cookie",
        '<h3>Đăng ký nhận bản tin</h3><p>Mỗi tuần một thư, có thể dừng bất cứ lúc nào.</p><input type="email">',
    ),
}
HIDDEN: Grammar = {
    "none": _nothing,
    "screen readers": lambda draw: '<a class="sr-only visually-hidden" href="#noi-dung">Chuyển đến nội dung chính</a>',
    "noscript": lambda draw: (
        "<noscript><p>Trình duyệt của bạn đã tắt JavaScript, trang có thể không hiện đủ.</p></noscript>"
    ),
    "template": lambda draw: "<template><p>Đang tải bài viết tiếp theo, xin chờ trong giây lát...</p></template>",
    "not displayed": lambda draw: (
        '<div style="display:none"><p>Phiên làm việc đã hết hạn, vui lòng tải lại trang.</p></div>'
    ),
    "comment": lambda draw: f"<!-- dựng lúc {draw.day():%d/%m/%Y %H:%M:%S} -->",
}


def clock(draw: Draw) -> str:
    """Return the site's clock: a date of today that is no article's."""
    now = draw.day(1)
    return draw.rng.choice(
        (
            f"{weekday(now, draw.rng)}, ngày {now:%d/%m/%Y}",
            f"{weekday(now, draw.rng)}, {now:%d/%m/%Y, %H:%M}",
            f"Hôm nay: {now:%d/%m/%Y}",
        )
    )
