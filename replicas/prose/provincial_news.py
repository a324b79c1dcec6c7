"""Compose a province's news of many topics and its bulletins, for the composed year."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from replicas.prose.composer import Composer, read_stock, upper_first

_BULLETINS = (
    (
        "Giá nông sản tuần {week}",
        "Giá {thing} tại chợ đầu mối {place} ngày {day}: loại một {n} trăm đồng một ký, loại hai {m}.",
    ),
    (
        "Mực nước các hồ chứa ngày {day}",
        "Lúc bảy giờ sáng, hồ {place} còn {n} triệu mét khối, bằng {k}% dung tích thiết kế.",
    ),
    (
        "Kết quả giải quyết hồ sơ tuần {week}",
        "Trong tuần {week}, bộ phận một cửa {place} nhận {n} hồ sơ, trả đúng hẹn {m} hồ sơ.",
    ),
)


@dataclass(frozen=True, slots=True)
class NewsText:
    """One article: a title, a lead that may be empty, paragraphs, and the name below them."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]
    author: str


class _NewsComposer(Composer):
    def __init__(self, rng: Random) -> None:
        super().__init__("provincial_news", rng)

    def topics(self) -> list[dict[str, Any]]:
        """Return the topics, each with its titles, things and cores of sentences."""
        return list(read_stock("provincial_news")["topic"])

    def place(self) -> str:
        """Compose the name of an invented place."""
        return f"{self.pick('kinds')} {self.pick('places_first')} {self.pick('places_second')}"

    def fill(self, form: str, slots: dict[str, str]) -> str:
        """Fill a form: figures anew each time, persons and places those of the article."""
        while "{vat}" in form:
            form = form.replace("{vat}", slots["vat"])
        rng = self.rng
        drawn = {"n": str(rng.randint(21, 980)), "m": str(rng.randint(21, 980)), "k": str(rng.randint(2, 19))}
        drawn |= {"ngay": f"{rng.randint(1, 28)}/{rng.randint(1, 12)}"}
        return form.format(**(slots | drawn))


def compose_article(rng: Random, province: str) -> NewsText:
    """Compose an article of the usual length: a lead and two to seven paragraphs."""
    text = _NewsComposer(rng)
    topic = rng.choice(text.topics())
    slots = {
        "xa": text.place(), "xb": text.place(), "nguoi": text.person(), "ong": text.person(), "tinh": province,
        "co": text.pick("offices"), "vat": rng.choice(topic["things"]),
    }  # fmt: skip
    count = min(28, max(4, round(rng.lognormvariate(2.3, 0.45))))
    cores = [rng.choice(topic["cores"] if rng.random() < 0.6 else text.fragments("generic")) for _ in range(count)]
    sentences = []
    for core in cores:
        words = f"{text.pick('openers')} {core}{text.pick('tails')}."
        sentences.append(upper_first(text.fill(words, slots)))
    title = upper_first(text.fill(rng.choice(topic["titles"]), slots))
    lead, rest = sentences[0], sentences[1:]
    step = rng.choice((2, 3, 3, 4))
    paragraphs = [" ".join(rest[start : start + step]) for start in range(0, len(rest), step)]
    if rng.random() < 0.2:
        return NewsText(title, "", (lead, *paragraphs), text.person())
    return NewsText(title, lead, tuple(paragraphs), text.person())


def compose_notice(rng: Random, day: str, week: int) -> NewsText:
    """Compose a bulletin of one wording: only its figures and its day differ from the last one's."""
    text = _NewsComposer(rng)
    title, form = rng.choice(_BULLETINS)
    slots = {"day": day, "week": str(week), "place": text.place(), "thing": rng.choice(text.topics()[0]["things"])}
    lines = [
        form.format(**slots, n=rng.randint(21, 980), m=rng.randint(21, 980), k=rng.randint(12, 98)) for _ in range(4)
    ]
    return NewsText(title.format(**slots), "", tuple(lines), text.person())
