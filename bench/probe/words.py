"""News of a commune that does not exist: titles and texts put together with a seed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from replicas.records import TZ, Kind, Part, ReplicaArticle

__all__ = ["composed"]

_WHO = (
    "Ủy ban nhân dân xã Mẫu Sơn", "Hội Nông dân xã", "Trường Tiểu học Mẫu Sơn", "Đoàn Thanh niên xã", "Trạm Y tế xã",
    "Công an xã Mẫu Sơn", "Hội Phụ nữ thôn Đồng Vòng", "Hợp tác xã chè Sơn Hạ", "Ban quản lý chợ trung tâm", "Thôn Nà Pheo",
)  # fmt: skip
_DOES = (
    "tổ chức hội nghị bàn về", "ra quân hưởng ứng đợt cao điểm về", "tổng kết một năm thực hiện", "tập huấn cho bà con về",
    "kiểm tra tiến độ", "khen thưởng các hộ làm tốt", "công bố kế hoạch", "tiếp đoàn công tác tìm hiểu", "góp ý cho đề án",
)  # fmt: skip
_WHAT = (
    "cứng hóa đường liên thôn", "phòng cháy rừng mùa khô", "trồng chè theo hướng hữu cơ", "thu gom rác tại nguồn",
    "chuyển đổi số cấp xã", "vụ lúa xuân năm 2025", "tiêm phòng cho đàn gia súc", "sửa chữa kênh mương nội đồng",
    "dạy bơi cho trẻ em", "nhà văn hóa thôn", "cấp căn cước cho người cao tuổi", "làng nghề đan lát",
)  # fmt: skip
_SAYS = (
    "Buổi làm việc có đông đủ đại diện các thôn, các đoàn thể và nhiều hộ dân đã gắn bó với phong trào từ những ngày đầu.",
    "Theo báo cáo, đến hết tháng hai toàn xã đã hoàn thành hơn một nửa khối lượng công việc đề ra từ đầu năm.",
    "Bà con kiến nghị bố trí thêm kinh phí, vì đoạn qua suối thường sạt lở mỗi khi mưa lớn kéo dài.",
    "Ông Lý Văn Thức, trưởng thôn, cho biết mọi nhà đều góp công, nhà nào neo người thì được các hộ bên cạnh giúp.",
    "Các đại biểu thống nhất giao cho tổ công tác theo dõi hằng tuần và báo cáo lại vào phiên họp sau.",
    "Nhờ cách làm ấy, số vụ vi phạm đã giảm hẳn so với cùng kỳ, đường làng ngõ xóm sạch hơn trước.",
    "Chị Hoàng Thị Mai ở thôn Nà Pheo kể rằng vụ trước gia đình chị thu được gần ba tạ, bán hết ngay tại vườn.",
    "Kinh phí lấy từ nguồn xã hội hóa và một phần ngân sách của huyện, được công khai tại nhà văn hóa.",
    "Thời gian tới xã sẽ mở thêm hai lớp nữa, ưu tiên cho người ở các thôn xa trung tâm.",
    "Cuối buổi, mọi người cùng xem lại bản đồ quy hoạch và ký cam kết thực hiện.",
)
_CAPTIONS = ("Bà con thôn Nà Pheo trong buổi họp đầu tháng", "Quang cảnh buổi làm việc tại hội trường xã")
_BYLINES = ("Thu Hà", "Văn Thức - Hồng Nhung", "Lâm Tùng")


def composed(seed: int, count: int = 44) -> list[ReplicaArticle]:
    """Articles of the ten weeks before 12 March 2025, the newest first, each title once."""
    chance = random.Random(seed)
    titles = [f"{who} {does} {what}" for who in _WHO for does in _DOES for what in _WHAT]
    at = datetime(2025, 3, 12, 17, 5, tzinfo=TZ)
    made = []
    for number, title in enumerate(chance.sample(titles, count)):
        at -= timedelta(hours=chance.randint(9, 60), minutes=chance.randint(1, 59))
        lead = " ".join(chance.sample(_SAYS, 2)) if chance.random() < 0.7 else ""
        key = f"{seed}-{number}"
        made.append(ReplicaArticle(key, f"tai-lieu-{number}", "", title, at, lead, _text(chance, title, lead)))
    return made


def _text(chance: random.Random, title: str, lead: str) -> tuple[Part, ...]:
    """One to eight paragraphs, some with a picture, a heading, items or a sign-off."""
    many = 1 if chance.random() < 0.1 else chance.randint(2, 8)
    opening = f"Ngày làm việc của xã bắt đầu từ sớm: {title[:1].lower()}{title[1:]}."
    parts = [Part(Kind.PARAGRAPH, opening)]
    for number in range(many):
        said = " ".join(one for one in chance.sample(_SAYS, chance.randint(1, 4)) if one not in lead)
        parts.append(Part(Kind.PARAGRAPH, f"{said or _SAYS[0]} (Tổ {number + 1}, thôn số {chance.randint(1, 900)}.)"))
    if many > 2 and chance.random() < 0.5:
        parts.insert(2, Part(Kind.CAPTION, chance.choice(_CAPTIONS), image=f"anh-{chance.randint(1, 99)}.jpg"))
    if many > 4 and chance.random() < 0.4:
        parts.insert(4, Part(Kind.HEADING, "Những việc cần làm ngay"))
    if chance.random() < 0.6:
        parts.append(Part(Kind.SIGNOFF, chance.choice(_BYLINES)))
    return tuple(parts)
