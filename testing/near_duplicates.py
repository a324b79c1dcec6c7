"""Composed nights in which portals print one another's releases: word for word, signed otherwise, cut, and reports of one form.

Everything is invented. `PLAN` has over three nights: exact twins and near twins of one night on several portals, near twins
of an earlier night, a revision that takes over another portal's text, and two weekly reports that differ only in figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from archive.store import Archive
from pipelines.dedup import judge
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make, walk

Plan = Sequence[Mapping[str, Sequence[ComposedArticle]]]

_RELEASES = {
    "cầu": (
        "Khởi công cầu dân sinh Bến Đá nối hai xã vùng cao của huyện Thạch Lĩnh",
        "Sáng nay, Ban quản lý dự án huyện Thạch Lĩnh tổ chức lễ khởi công cầu dân sinh Bến Đá bắc qua sông Ngàn.",
        "Công trình dài một trăm hai mươi mét, mặt cầu rộng bốn mét, dùng dầm bê tông đúc sẵn và đường dẫn hai đầu.",
        "Trước đây học sinh bản Lài phải đi đò qua sông mỗi ngày, mùa lũ thường nghỉ học cả tuần vì nước chảy xiết.",
        "Đại diện nhà thầu cam kết hoàn thành trụ giữa trước mùa mưa và bàn giao toàn bộ công trình vào cuối năm.",
        "Chính quyền hai xã vận động mười bốn hộ hiến đất làm đường dẫn, không nhận tiền bồi thường cây trồng.",
        "Phát biểu tại buổi lễ, Chủ tịch huyện đề nghị giữ an toàn lao động và vệ sinh lòng sông khi thi công.",
        "Bà con bản Lài múa cồng chiêng chào mừng, nhiều cụ già đi bộ từ sớm để xem nhát cuốc đầu tiên.",
        "Khi có cầu, quãng đường từ bản ra chợ trung tâm rút ngắn chín cây số, nông sản bán được giá hơn.",
    ),
    "rừng": (
        "Lực lượng kiểm lâm tập huấn phòng cháy rừng trước mùa khô ở vùng đệm Khe Sâu",
        "Trong hai ngày, Hạt Kiểm lâm Khe Sâu tập huấn phòng cháy cho tổ bảo vệ rừng của sáu thôn vùng đệm.",
        "Học viên thực hành phát băng cản lửa, dùng máy thổi gió và liên lạc bằng bộ đàm nơi mất sóng điện thoại.",
        "Theo cán bộ kỹ thuật, lớp thực bì khô sau đợt sương muối là nguồn cháy nguy hiểm nhất của năm nay.",
        "Mỗi tổ nhận một bộ dụng cụ gồm cào, vỉ dập lửa, bình nước đeo vai và đèn đội đầu có pin dự phòng.",
        "Người dân đốt nương phải báo trưởng thôn trước một ngày và có ít nhất ba người canh lửa đến khi tàn.",
        "Hạt Kiểm lâm lập đường dây nóng, trực cả ban đêm trong những ngày cảnh báo cháy ở cấp cao nhất.",
        "Sau tập huấn, các thôn ký cam kết giữ rừng và gắn biển báo ở những lối mòn khách du lịch hay đi.",
    ),
    "trường": (
        "Trường bán trú Nà Mòn khánh thành nhà ăn mới do các nhà hảo tâm chung tay xây dựng",
        "Chiều qua, thầy trò Trường bán trú Nà Mòn khánh thành nhà ăn mới sau bốn tháng thi công liên tục.",
        "Nhà ăn lợp tôn chống nóng, có bếp một chiều, bể nước lọc và chỗ ngồi cho hai trăm học sinh một lượt.",
        "Trước kia các em ăn cơm dưới tán cây cạnh sân bóng, ngày mưa phải bưng bát chạy vào hành lang lớp học.",
        "Kinh phí do hội đồng hương và nhiều nhà hảo tâm đóng góp, phụ huynh góp công san nền và vác cát.",
        "Cô hiệu trưởng cho biết nhà trường sẽ trồng thêm vườn rau phía sau để bữa ăn của các em đủ chất hơn.",
        "Dịp này, các chiến sĩ biên phòng tặng tủ thuốc và dạy các em rửa tay đúng cách trước bữa cơm.",
    ),
}  # fmt: skip


def release(
    key: str,
    of: str,
    *,
    sign: str = "Văn phòng",
    cut: int = 0,
    turned: bool = False,
    published: str | None = "2025-03-03T08:00:00+07:00",
) -> ComposedArticle:
    """One portal's print of a release: signed by somebody, with its last paragraphs cut, or with its middle turned round."""
    title, *paragraphs = _RELEASES[of]
    if turned:
        paragraphs = [paragraphs[0], *reversed(paragraphs[1:])]
    kept = paragraphs[: len(paragraphs) - cut]
    return ComposedArticle(key, title, (*kept, sign), published)


def report(key: str, week: int, published: str) -> ComposedArticle:
    """Return a weekly report: one form, every figure another."""
    figures = [((week * 7919 + number * 104729) % 9000) + 1000 for number in range(12)]
    paragraphs = tuple(
        f"Chỉ tiêu {name} trong tuần đạt {first} tấn, tăng {second} tấn so với tuần trước, bằng {third} phần nghìn."
        for name, first, second, third in zip(
            ("lúa", "ngô", "chè", "cá"), figures, figures[4:], figures[8:], strict=False
        )
    )
    return ComposedArticle(key, f"Báo cáo sản lượng tuần {week}", paragraphs, published)


_SECOND, _THIRD = "2025-03-04T09:00:00+07:00", "2025-03-05T10:00:00+07:00"
PLAN: Plan = (
    {
        "bac_giang": [release("cau-1", "cầu"), report("bao-cao-1", 1, "2025-03-03T07:00:00+07:00")],
        "da_nang": [
            release("cau-2", "cầu", sign="Hồ Văn Lam – Ảnh: Tâm An", published="2025-03-03T07:30:00+07:00"),
            release("rung-2", "rừng"),
        ],
        "ninh_thuan": [
            release("rung-3", "rừng", published="2025-03-03T06:00:00+07:00"),
            release("cau-3", "cầu", cut=3),
        ],
        "quang_tri": [release("cau-4", "cầu", turned=True, published=None)],
    },
    {
        "bac_giang": [release("rung-1", "rừng", sign="Theo Hạt Kiểm lâm", cut=2, published=_SECOND)],
        "da_nang": [report("bao-cao-2", 2, _SECOND), release("truong-2", "trường", published=_SECOND)],
        "ninh_thuan": [release("truong-3", "trường", sign="Lý Thị Sao", published=_SECOND)],
        "quang_tri": [],
    },
    {
        "bac_giang": [],
        "da_nang": [release("rung-2", "trường", sign="Ban biên tập", published=_THIRD)],
        "ninh_thuan": [],
        "quang_tri": [
            release("rung-4", "rừng", published=_THIRD),
            release("truong-4", "trường", cut=1, sign="Ban biên tập", published=_THIRD),
        ],
    },
)

_NGHIN = "ninh_thuan"
CLUSTERS = {
    # da_nang/rung-2 repeated one release and was rewritten as another: what it said connects both.
    (_NGHIN, "rung-3"): {
        ("bac_giang", "rung-1"), ("da_nang", "rung-2"), ("da_nang", "truong-2"), (_NGHIN, "rung-3"), (_NGHIN, "truong-3"),
        ("quang_tri", "rung-4"), ("quang_tri", "truong-4"),
    },
    ("da_nang", "cau-2"): {("bac_giang", "cau-1"), ("da_nang", "cau-2"), (_NGHIN, "cau-3"), ("quang_tri", "cau-4")},
}  # fmt: skip
"""The clusters of `PLAN` by their canonical articles; the two reports are alone."""


def replay(root: Path, plan: Plan, orders: Sequence[Sequence[str]]) -> Archive:
    """Write the plan's nights: the portals of each night side by side in one order, all begun, then stored, then closed."""
    archive = make(root)
    for number, (articles, order) in enumerate(zip(plan, orders, strict=True)):
        night = FIRST + timedelta(days=number)
        runs = [archive.start(portal, night, at(night), judge) for portal in order]
        for run in runs:
            walk(run, articles[run.portal], at(night))
            for one in articles[run.portal]:
                keep(run, one, at(night) + timedelta(seconds=1))
            run.commit()
        for run in runs:
            finish(run, at(night) + timedelta(seconds=2))
        archive.seal(night, {})
    return archive
