"""Composed Vietnamese text from a seed: invented people, places and events, in the words portals write.

Some sentences begin with the words of a widget (`Đánh giá …`, `Hôm nay …`, `Lưu ý …`): they are text and have to stay.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

__all__ = ["Composer"]

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Hồ", "Dương", "Lý", "Đỗ")
_MIDDLE = ("Thị", "Văn", "Minh", "Hữu", "Thanh", "Ngọc", "Đức", "Quang", "Diệu", "Khánh")
_GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khoa", "Lan", "Mai", "Nghĩa", "Oanh", "Phúc", "Thủy", "Vinh")
_PLACES = ("Vĩnh Thạch", "Khe Lang", "Bàu Trúc Hạ", "Sơn Lộc Đông", "An Hòa Thượng", "Đồng Nghệ", "Cửa Lạch", "Ra Lin")
_OFFICES = (
    "Sở Nông nghiệp và Môi trường",
    "Sở Xây dựng",
    "Ban Quản lý rừng phòng hộ",
    "Trung tâm Y tế",
    "Hội Chữ thập đỏ",
    "Văn phòng Ủy ban nhân dân",
    "Đội Quản lý thị trường số 5",
    "Hội Liên hiệp Phụ nữ",
)
_EVENTS = (
    "kiểm tra công tác phòng cháy, chữa cháy rừng",
    "triển khai kế hoạch nạo vét kênh mương nội đồng",
    "trao 45 suất học bổng cho học sinh vượt khó",
    "sơ kết phong trào xây dựng thư viện thôn bản",
    "bàn giao tuyến đường liên xã dài 3,6 km",
    "tập huấn kỹ năng sơ cấp cứu cho giáo viên mầm non",
    "khảo sát thực địa khu tái định cư",
    "phát động tuần lễ hiến máu tình nguyện",
)
_CLAUSES = (
    "ghi nhận sự nỗ lực của các đơn vị trong điều kiện nhân lực còn mỏng",
    "đề nghị rà soát lại từng hạng mục, xong phần nào nghiệm thu phần đó",
    "cho rằng khó khăn lớn nhất vẫn là nguồn vốn đối ứng ở cấp xã",
    "yêu cầu công khai kết quả tại nhà văn hóa thôn trong thời hạn năm ngày",
    "nhấn mạnh vai trò của người có uy tín trong việc vận động bà con",
    "thống nhất giao một đầu mối theo dõi và báo cáo vào thứ sáu hằng tuần",
    "mong muốn mô hình sớm được nhân rộng ra các xã bãi ngang",
    "khẳng định mọi khoản đóng góp đều có phiếu thu và sổ theo dõi riêng",
)
# Text, although a widget says the same first words.
_DOUBLES = (
    "Đánh giá kết quả {n} tháng qua cho thấy tỷ lệ hồ sơ trễ hạn giảm còn {p}%, thấp nhất kể từ khi theo dõi.",
    "Hôm nay, tại xã {place}, đoàn tiếp tục làm việc với {n} hộ dân còn vướng mắc về ranh giới thửa đất.",
    "Thống kê cho thấy trong {n} ngày nghỉ lễ, lượt khách đến tham quan tăng {p}% so với cùng kỳ năm trước.",
    "Tin nổi bật trong tuần là việc {n} thôn cuối cùng của xã {place} đã có điện lưới quốc gia.",
    "Lưu ý: thí sinh mang theo giấy tờ tùy thân và có mặt trước giờ thi {n} phút.",
    "Chia sẻ tại buổi gặp mặt, ông {name} cho biết gia đình đã gắn bó với nghề đan lưới {n} năm.",
    "In ấn và phát hành {n}00 tờ rơi là phần việc được đoàn thanh niên xã {place} hoàn thành sớm nhất.",
    "Gửi niềm tin vào lớp trẻ, bà {name} trao lại khung cửi đã dùng {n} năm cho nhà truyền thống.",
    "Bình chọn sản phẩm tiêu biểu năm nay có {n} hồ sơ, tăng {p}% so với lần trước.",
    "Xem thêm phần trình diễn dệt thổ cẩm, nhiều du khách nán lại đến {n} giờ đêm.",
    "Ý kiến của bạn đọc gửi về tòa soạn được chuyển tới {office} trong vòng {n} ngày làm việc.",
    "Lượt xem của chuỗi phóng sự về {place} đạt {n}0 nghìn, theo số liệu do đơn vị sản xuất cung cấp.",
)
_HEADINGS = (
    "Tháo gỡ từng điểm nghẽn ở {place}",
    "Đánh giá và định hướng năm tới",
    "Liên kết vùng trong sản xuất",
    "Hỏi đáp cùng người trồng {place}",
    "Từ khóa của năm là tiết kiệm",
)


class Composer:
    """Composes one article's texts; no sentence comes twice from one composer. The same seed gives the same texts."""

    def __init__(self, seed: str) -> None:
        self.rng = random.Random(seed)
        self._used: set[str] = set()

    def _pick(self, choices: Sequence[str]) -> str:
        return self.rng.choice(choices)

    def _once(self, form: str) -> str:
        """The form with its places filled; composed anew until it is one that was not used."""
        while True:
            text = form.format(
                n=self.rng.randint(2, 48),
                p=f"{self.rng.randint(1, 40)},{self.rng.randint(1, 9)}",
                place=self._pick(_PLACES),
                name=self.name(),
                office=self._pick(_OFFICES),
            )
            if text not in self._used:
                self._used.add(text)
                return text
            if "{" not in form:
                form += " lần {n}"

    def name(self) -> str:
        """A person nobody is."""
        return f"{self._pick(_FAMILY)} {self._pick(_MIDDLE)} {self._pick(_GIVEN)}"

    def title(self) -> str:
        """A headline with a number in it, which is no date."""
        event = self._pick(_EVENTS)
        return self._once(f"Xã {{place}} {event} đợt {{n}}")

    def lead(self) -> str:
        """Two sentences that open an article."""
        event = self._pick(_EVENTS)
        return self._once(
            f"Sáng ngày {self.rng.randint(1, 27)}/02/2025, tại xã {{place}}, {{office}} tổ chức {event} với sự tham gia của"
            " {n} cán bộ, hội viên và người dân."
        )

    def sentence(self) -> str:
        """A sentence of an article's body."""
        clause = self._pick(_CLAUSES)
        return self._once(
            self._pick(
                (
                    f"Phát biểu tại buổi làm việc, đồng chí {{name}}, đại diện {{office}}, {clause}.",
                    f"Theo báo cáo, đến nay {{n}} thôn của xã {{place}} đã hoàn thành, đạt {{p}}% kế hoạch; đoàn {clause}.",
                    "Ông {name}, trú tại xã {place}, cho biết: “Nhờ được hỗ trợ {n} triệu đồng, gia đình đã sửa xong mái nhà”.",
                    f"Kết luận, bà {{name}} {clause}, hoàn thành trước ngày {self.rng.randint(1, 30)}/4/2025.",
                )
            )
        )

    def paragraph(self) -> str:
        """One to three sentences; every third begins as a widget does."""
        count = self.rng.randint(1, 3)
        first = self._once(self._pick(_DOUBLES)) if self.rng.random() < 0.34 else self.sentence()
        return " ".join([first, *(self.sentence() for _ in range(count - 1))])

    def heading(self) -> str:
        """A heading between paragraphs."""
        return self._once(self._pick(_HEADINGS))

    def item(self) -> str:
        """An item of a list."""
        return self._once(
            self._pick(
                (
                    "Nhóm hộ số {n} nhận giống ngô lai và {p} kg phân bón mỗi sào.",
                    "Xã {place}: {n} hộ, giao {office} theo dõi.",
                    "Lưu ý với trẻ dưới {n} tháng tuổi: người chăm sóc đi cùng.",
                )
            )
        )

    def caption(self) -> str:
        """What stands below a picture, without a full stop as portals write it."""
        return self._once(
            self._pick(
                (
                    "Đồng chí {name} phát biểu tại hội nghị ở xã {place}",
                    "Bà con xã {place} thu hoạch vụ lúa thứ {n}",
                    "Quang cảnh buổi làm việc với {office} (ảnh: {name})",
                    "Đoàn công tác kiểm tra thực tế tại thôn {n}, xã {place}",
                )
            )
        )

    def notice(self) -> str:
        """All of a short notice: under 250 characters."""
        return self._once(
            self._pick(
                (
                    "{office} thông báo tạm ngừng tiếp nhận hồ sơ tại xã {place} trong {n} giờ để nâng cấp đường truyền.",
                    "Xã {place} mời {n} hộ dân có tên trong danh sách đến nhận kết quả tại trụ sở tiếp dân, giờ hành chính.",
                    "Bảo hiểm xã hội cơ sở {place} đổi số điện thoại tư vấn, áp dụng sau {n} ngày kể từ khi thông báo.",
                )
            )
        )

    def office(self) -> str:
        """An office that does not exist under this name."""
        return f"{self._pick(_OFFICES)} {self._pick(_PLACES)}"

    def signoff(self) -> tuple[str, str]:
        """The last line as printed, and whom it names."""
        name, paper = self.name(), f"Báo {self._pick(_PLACES)}"
        initials = "".join(word[0] for word in name.split())
        forms = ((name, name), (initials, initials), (f"Nguồn: {paper}", paper), (f"Theo {name}", name))
        return self.rng.choice((*forms, (f"Tác giả: {name}", name), (f"Tin, ảnh: {name}", name)))

    def cell(self) -> str:
        """A table's cell: words or a number."""
        if self.rng.random() < 0.5:
            return f"{self.rng.randint(1, 9)}.{self.rng.randint(100, 999)}"
        return self._once("Hạng mục {n} tại {place}")

    def cells(self, columns: int) -> tuple[str, ...]:
        """A table's row whose first cell is in no other row."""
        return (self._once("Tuyến {n} {place} số {p}"), *(self.cell() for _ in range(columns - 1)))
