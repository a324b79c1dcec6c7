"""Compose the parts of articles as portals write them, for the measurement of extraction.

Some sentences begin with the words of a widget (`Đánh giá …`, `Hôm nay …`, `Lưu ý …`): they are text and have to stay.
"""

from __future__ import annotations

from replicas.prose.composer import Composer


class PartComposer(Composer):
    """Compose one article's parts; no sentence comes twice."""

    def __init__(self, seed: str) -> None:
        super().__init__("article_parts", seed)

    def slots(self) -> dict[str, object]:
        """Draw a number, a percentage, a place, a person and an office."""
        return {
            "n": self.rng.randint(2, 48),
            "p": f"{self.rng.randint(1, 40)},{self.rng.randint(1, 9)}",
            "place": self.pick("places"),
            "name": self.person(),
            "office": self.pick("offices"),
        }

    def title(self) -> str:
        """Compose a headline with a number in it, which is no date."""
        event = self.pick("events")
        return self.once(f"Xã {{place}} {event} đợt {{n}}")

    def lead(self) -> str:
        """Compose two sentences that open an article."""
        event = self.pick("events")
        return self.once(
            f"Sáng ngày {self.rng.randint(1, 27)}/02/2025, tại xã {{place}}, {{office}} tổ chức {event} với sự tham gia của"
            " {n} cán bộ, hội viên và người dân."
        )

    def sentence(self) -> str:
        """Compose a sentence of an article's body."""
        clause = self.pick("clauses")
        return self.once(
            self.rng.choice(
                (
                    f"Phát biểu tại buổi làm việc, đồng chí {{name}}, đại diện {{office}}, {clause}.",
                    f"Theo báo cáo, đến nay {{n}} thôn của xã {{place}} đã hoàn thành, đạt {{p}}% kế hoạch; đoàn {clause}.",
                    "Ông {name}, trú tại xã {place}, cho biết: “Nhờ được hỗ trợ {n} triệu đồng, gia đình đã sửa xong mái nhà”.",
                    f"Kết luận, bà {{name}} {clause}, hoàn thành trước ngày {self.rng.randint(1, 30)}/4/2025.",
                )
            )
        )

    def paragraph(self) -> str:
        """Compose one to three sentences; every third paragraph begins as a widget does."""
        count = self.rng.randint(1, 3)
        first = self.once(self.pick("widget_like")) if self.rng.random() < 0.34 else self.sentence()
        return " ".join([first, *(self.sentence() for _ in range(count - 1))])

    def heading(self) -> str:
        """Compose a heading between paragraphs."""
        return self.once(self.pick("headings"))

    def item(self) -> str:
        """Compose an item of a list."""
        return self.once(self.pick("items"))

    def caption(self) -> str:
        """Compose what stands below a picture, without a full stop as portals write it."""
        return self.once(self.pick("captions"))

    def notice(self) -> str:
        """Compose all of a short notice: under 250 characters."""
        return self.once(self.pick("notices"))

    def office(self) -> str:
        """Compose an office that does not exist under this name."""
        return f"{self.pick('offices')} {self.pick('places')}"

    def signoff(self) -> tuple[str, str]:
        """Compose the last line as printed, and the name in it."""
        name, paper = self.person(), f"Báo {self.pick('places')}"
        initials = "".join(word[0] for word in name.split())
        forms = ((name, name), (initials, initials), (f"Nguồn: {paper}", paper), (f"Theo {name}", name))
        return self.rng.choice((*forms, (f"Tác giả: {name}", name), (f"Tin, ảnh: {name}", name)))

    def cell(self) -> str:
        """Compose a table's cell: words or a number."""
        if self.rng.random() < 0.5:
            return f"{self.rng.randint(1, 9)}.{self.rng.randint(100, 999)}"
        return self.once("Hạng mục {n} tại {place}")

    def cells(self, columns: int) -> tuple[str, ...]:
        """Compose a table's row; its first cell is in no other row."""
        return (self.once("Tuyến {n} {place} số {p}"), *(self.cell() for _ in range(columns - 1)))
