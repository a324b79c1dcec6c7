"""A composed portal with a long past: as many articles as a long list wants, each with a text of its own.

Everything is drawn from the article's number and a seed: the same numbers bring the same articles. Persons, places and
events are invented; sentences come from a stock of forms, so that two articles
share some, as a portal's do, and no two are alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from replicas.composed import ComposedSite
from replicas.records import Kind, Part, ReplicaArticle

__all__ = ["past_article", "past_articles"]

_SEED = 20250303

_PLACES = (
    "xã Bàu Sim", "xã Tân Lộ", "phường Cầu Ván", "thôn Ngọc Khê", "bản Nà Pheo", "thị trấn Ba Dốc", "xã Yên Lỗ",
    "phường Bến Tắm", "khu phố Đồng Cạn", "xã Lũng Cát", "thôn Gò Mía", "xã Hòa Trạch", "bản Suối Lem", "xã Vạn Sơn",
)  # fmt: skip
_PEOPLE = (
    "Lưu Thị Sậy", "Đoàn Văn Chữ", "Hà Thị Ngần", "Phan Quý Bạ", "Trịnh Thị Thoa", "Vi Văn Páo", "Đinh Công Rã",
    "Nông Thị Mẩy", "Bế Hữu Tường", "Tạ Thị Ruộng", "Mai Xuân Khuê", "Cù Văn Sắn", "Lò Thị Bân", "Quách Đình Lộ",
)  # fmt: skip
_THINGS = (
    "lớp xóa mù chữ buổi tối", "đội văn nghệ thôn", "tổ vệ sinh môi trường", "quầy sách lưu động", "vườn ươm cây bản địa",
    "câu lạc bộ đan lưới", "nhóm giữ rừng đầu nguồn", "trạm bơm cũ", "kho thóc chung", "bãi tập xe đạp", "hội nuôi ong",
    "nhà trưng bày nông cụ", "bến đò ngang", "chợ phiên vùng cao", "sân bóng chuyền hơi", "lò gạch thủ công",
)  # fmt: skip
_VERBS = ("khai trương", "sửa lại", "mở rộng", "bàn giao", "tổng kết một năm của", "kêu gọi góp sức cho", "dời chỗ")
_FORMS = (
    "Sáng {day}/{month}, {place} tổ chức {verb} {thing} với sự có mặt của hơn {number} người dân.",
    "Theo {person}, người đứng đầu ban vận động, kinh phí ban đầu là {number} triệu đồng, phần lớn do bà con đóng góp.",
    "Đây là lần thứ {small} trong năm địa phương làm việc này, sau khi {other} đã thử và thấy có ích.",
    "Con đường dẫn vào khu vực dài {number} mét vừa được rải đá, xe máy đi lại dễ hơn vào mùa mưa.",
    "“Chúng tôi chờ việc này từ {small} năm nay”, {person} nói khi đứng bên hàng rào mới dựng.",
    "Ban quản lý cho biết sẽ công khai mọi khoản thu chi trên bảng tin trước ngày {day} hằng tháng.",
    "Nhiều hộ ở {other} cũng gửi người sang học cách làm và mang về {small} bộ dụng cụ.",
    "Trước đó, tổ công tác đã đi từng nhà trong {small} ngày để ghi ý kiến, trong đó {number} ý kiến đồng tình.",
    "{person} được giao giữ sổ theo dõi, mỗi tuần báo lại một lần bằng giấy viết tay.",
    "Việc bảo trì giao cho {small} hộ sống gần nhất, luân phiên theo quý và không nhận thù lao.",
    "Một nhóm học sinh lớp {small} của trường bên cạnh vẽ lại bức tường dài {number} mét bằng màu nước.",
    "Các cụ cao tuổi kể rằng nơi này từng là sân phơi của hợp tác xã, bỏ không đã {small} năm.",
    "Từ tháng sau, giờ mở cửa được kéo dài thêm {small} tiếng vào những ngày cuối tuần.",
    "Khó khăn còn lại là nước sạch: giếng chung chỉ đủ cho khoảng {number} người vào mùa khô.",
    "{other} hứa cho mượn máy phát điện trong những ngày lưới điện chập chờn.",
    "Kết quả bước đầu được ghi trong cuốn sổ {number} trang đặt ở nhà văn hóa để ai cũng xem được.",
    "Ông Bí thư chi bộ đề nghị giữ nguyên hàng cây cũ, chỉ chặt {small} cây đã mục gốc.",
    "Sau buổi lễ, bà con ở lại nấu cơm chung, {person} góp một nồi canh rau rừng.",
    "Đoàn thanh niên nhận phần quét dọn, chia làm {small} tổ và bốc thăm thứ tự.",
    "Nếu thời tiết thuận lợi, phần việc cuối cùng sẽ xong trước ngày {day} tháng tới.",
    "Mưa lớn đầu tuần làm trôi {small} đoạn bờ kè tạm, thiệt hại ước chừng {number} nghìn đồng.",
    "Hai đơn vị từ xa gửi tặng {number} cuốn sách và một chiếc tủ gỗ đã qua sử dụng.",
    "Buổi họp rút kinh nghiệm dự kiến diễn ra tại {place} với đại diện của {small} thôn.",
    "Người phụ trách kỹ thuật, {person}, khuyên bà con không tự ý nối thêm dây dẫn.",
)
_SENTENCES = 8


def past_articles(
    site: type[ComposedSite], count: int, last: datetime, every: timedelta, *, section: str = "", seed: int = _SEED
) -> tuple[ReplicaArticle, ...]:
    """So many articles of one section (the site's first), the newest published at `last`, one `every` so often before it."""
    return tuple(
        past_article(site, number, last - number * every, section=section, seed=seed) for number in range(count)
    )


def past_article(
    site: type[ComposedSite], number: int, published: datetime, *, section: str = "", seed: int = _SEED
) -> ReplicaArticle:
    """One article; its number and the seed make its text."""
    draw = Random(f"{seed}/{site.portal}/{number}")
    thing, place, verb = draw.choice(_THINGS), draw.choice(_PLACES), draw.choice(_VERBS)
    title = f"{place[0].upper()}{place[1:]} {verb} {thing}, kỳ {number + 1}"
    slug = f"tin-cu-{number + 1}"
    sentences = list(_sentences(draw, thing, place, verb))
    half = len(sentences) // 2
    return ReplicaArticle(
        key=site.key_of(slug, published, str(700_000 + number)),
        slug=slug,
        section=section or site.sections[0].name,
        title=title,
        published=published,
        lead=sentences[0],
        parts=(
            Part(Kind.PARAGRAPH, " ".join(sentences[1:half])),
            Part(Kind.PARAGRAPH, " ".join(sentences[half:])),
            Part(Kind.SIGNOFF, draw.choice(_PEOPLE)),
        ),
        related=False,
    )


def _sentences(draw: Random, thing: str, place: str, verb: str) -> Iterable[str]:
    for form in (_FORMS[0], *draw.sample(_FORMS[1:], _SENTENCES - 1)):
        told = form.format(
            day=draw.randint(1, 28),
            month=draw.randint(1, 12),
            number=draw.randint(21, 980),
            small=draw.randint(2, 19),
            person=draw.choice(_PEOPLE),
            other=draw.choice(_PLACES),
            place=place,
            thing=thing,
            verb=verb,
        )
        yield told[0].upper() + told[1:]
