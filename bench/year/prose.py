"""Composed Vietnamese news: titles, leads and paragraphs drawn from a stock of fragments, the same for the same number."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import cast

__all__ = ["Told", "compose", "notice", "person"]

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
class Told:
    """What one article says: a title, a lead that may be empty, paragraphs, and who signed."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]
    signed: str


@dataclass(frozen=True, slots=True)
class _Topic:
    words: tuple[str, ...]
    titles: tuple[str, ...]
    things: tuple[str, ...]
    cores: tuple[str, ...]


@cache
def _stock() -> dict[str, tuple[str, ...]]:
    raw = tomllib.loads(Path(__file__).with_name("prose.toml").read_text("utf-8"))
    return {name: tuple(cast("list[str]", value)) for name, value in raw.items() if name != "topic"}


@cache
def _topics() -> tuple[_Topic, ...]:
    raw = tomllib.loads(Path(__file__).with_name("prose.toml").read_text("utf-8"))["topic"]
    return tuple(_Topic(**{name: tuple(value) for name, value in table.items()}) for table in raw)


def person(rng: Random) -> str:
    """An invented name."""
    stock = _stock()
    return " ".join(rng.choice(stock[f"names_{part}"]) for part in ("first", "middle", "last"))


def _place(rng: Random) -> str:
    stock = _stock()
    return f"{rng.choice(stock['kinds'])} {rng.choice(stock['places_first'])} {rng.choice(stock['places_second'])}"


def _said(rng: Random, form: str, slots: dict[str, str]) -> str:
    """A fragment with its slots filled: figures anew each time, persons and places those of the article."""
    while "{vat}" in form:
        form = form.replace("{vat}", slots["vat"])
    drawn = {"n": str(rng.randint(21, 980)), "m": str(rng.randint(21, 980)), "k": str(rng.randint(2, 19))}
    drawn |= {"ngay": f"{rng.randint(1, 28)}/{rng.randint(1, 12)}"}
    return form.format(**(slots | drawn))


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def compose(rng: Random, province: str) -> Told:
    """One article of the usual length: a lead and two to seven paragraphs."""
    stock, topic = _stock(), rng.choice(_topics())
    slots = {
        "xa": _place(rng), "xb": _place(rng), "nguoi": person(rng), "ong": person(rng), "tinh": province,
        "co": rng.choice(stock["offices"]), "vat": rng.choice(topic.things),
    }  # fmt: skip
    count = min(28, max(4, round(rng.lognormvariate(2.3, 0.45))))
    cores = [rng.choice(topic.cores if rng.random() < 0.6 else stock["generic"]) for _ in range(count)]
    said = []
    for core in cores:
        words = f"{rng.choice(stock['openers'])} {core}{rng.choice(stock['tails'])}."
        said.append(_upper(_said(rng, words, slots)))
    title = _upper(_said(rng, rng.choice(topic.titles), slots))
    lead, rest = said[0], said[1:]
    step = rng.choice((2, 3, 3, 4))
    paragraphs = [" ".join(rest[start : start + step]) for start in range(0, len(rest), step)]
    if rng.random() < 0.2:
        return Told(title, "", (lead, *paragraphs), person(rng))
    return Told(title, lead, tuple(paragraphs), person(rng))


def notice(rng: Random, day: str, week: int) -> Told:
    """A bulletin of one wording: only its figures and its day differ from the last one's."""
    title, form = rng.choice(_BULLETINS)
    slots = {"day": day, "week": str(week), "place": _place(rng), "thing": rng.choice(_topics()[0].things)}
    lines = [
        form.format(**slots, n=rng.randint(21, 980), m=rng.randint(21, 980), k=rng.randint(12, 98)) for _ in range(4)
    ]
    return Told(title.format(**slots), "", tuple(lines), person(rng))
