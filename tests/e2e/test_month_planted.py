"""Plants of every kind in a month of composed articles: each is found on its night, and nothing is invented."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from archive.diff.classify import changes
from archive.errors import ExitCode
from archive.similarity.minhash import near
from archive.storage.paths import Paths
from archive.storage.texts import content_sha256
from bench.months.edits import EDITS, near_twin, text_of
from bench.months.planted import PlantedSite, other_site, plan_month, planted_month
from bench.months.plants import LOOKBACK_DAYS, OTHER, PORTAL, Nights
from bench.months.plants_check import judge_plants
from bench.months.recorded_articles import MonthArticle, MonthSite, folded
from crawler.config.run_options import next_lookback
from replicas.prose.village_news import past_article
from replicas.records import TZ
from replicas.sites.liferay import DaNang

FIRST = date(2025, 12, 1)
DEEP = next_lookback(PORTAL, LOOKBACK_DAYS, FIRST, None)
SPOTS = (
    "Sáng ngày {day}/9, ông Phùng Văn Khoai đọc Quyết định số {document}/QĐ-UBND trước {people} hộ dân trong đình làng, "
    "bà con cũng ghi lại từng điều vào sổ tay để về bàn thêm.",
)


def written(number: int) -> str:
    """Three composed texts in one, so that an article is long, and a sentence with a fact of each kind in its middle."""
    parts: list[str] = []
    for other in range(3):
        article = past_article(DaNang, 1000 + 3 * number + other, datetime(2025, 1, 1, tzinfo=TZ))
        parts += [part.text for part in article.parts[:2]]
    spot = SPOTS[0].format(day=3 + number % 20, document=1203 + number, people=2061 + number)
    return " ".join([*parts[:3], spot, *parts[3:]])


def composed(number: int, published: datetime, body: str) -> MonthArticle:
    article = past_article(DaNang, number, published)
    listing = ("Tin tức - Sự kiện", f"/web/dng/-/{article.slug}")
    return MonthArticle(
        article.slug, published, True, (listing,), (), article.title, article.lead, folded(body), "", False
    )


def articles() -> tuple[MonthArticle, ...]:
    """Thirty-six of the three weeks before the first night, and thirty-two long ones of the first two nights."""
    old = [composed(n, at(FIRST - timedelta(days=2 + n // 2), 8 + n % 2), short(n)) for n in range(36)]
    new = [composed(100 + n, at(FIRST + timedelta(days=n % 2), 6 + n // 4), written(n)) for n in range(32)]
    return (*old, *new)


def short(number: int) -> str:
    article = past_article(DaNang, number, at(FIRST, 8))
    return " ".join(part.text for part in article.parts[:2])


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), TZ)


def nights(*days: int) -> list[date]:
    return [FIRST + timedelta(days=number) for number in days]


RUN = nights(0, 1, 3, 4, (DEEP - FIRST).days, 18)


def test_everything_planted_is_found_and_nothing_invented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "archive"
    code = planted_month(articles(), RUN, folder)
    printed = capsys.readouterr()
    said = json.loads(printed.out.splitlines()[-1])
    assert (code, said["found"], said["invented"]) == (ExitCode.GOOD, said["planted"], 0), said
    assert said["not_planted"] == ["comes back"]  # that takes seven weeks
    assert len(printed.err.splitlines()) == len(RUN)

    # The judgement sees what it should see: something planted that did not come, and an event that nobody planted.
    made = plan_month(articles(), RUN)
    sites = {PORTAL: PlantedSite(articles(), made), OTHER: other_site(made)}
    number = next(plant for plant in made.plants if plant.kind == "edit: number")
    made.plants.append(replace(number, key="tin-cu-1"))
    made.plants = [plant for plant in made.plants if plant.kind not in ("edit: title", "removed: 410", "back-dated")]
    kinds = judge_plants(Paths(folder), made, sites)
    missed = {name: len(kind.missed) for name, kind in kinds.items() if kind.missed}
    invented = {name: len(kind.invented) for name, kind in kinds.items() if kind.invented}
    assert missed == {"edit: number": 1}
    assert invented == {"revision": 1, "gone": 1, "late": 2}


def test_each_article_is_planted_into_once_and_falls_due_in_a_night_that_is_run() -> None:
    made = plan_month(articles(), RUN)
    places = [(plant.portal, plant.key) for plant in made.plants]
    assert len(set(places)) == len(places) == 25
    assert {plant.due for plant in made.plants} - {None} <= set(RUN)
    assert made.nights.refused.isdisjoint({plant.due for plant in made.plants if plant.portal == PORTAL})
    assert {plant.kind.partition(":")[0] for plant in made.plants} == {
        "edit", "removed", "short absence", "re-post", "near twin", "two addresses", "back-dated",
    }  # fmt: skip
    assert plan_month(articles(), RUN).plants == made.plants


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_changes_what_it_says(kind: str) -> None:
    site = MonthSite(articles())
    edit = EDITS[kind]
    edited, article = next((made, one) for one in site.articles if (made := edit.make(one)) is not None)
    before, after = ("\n".join([one.title, one.lead, *(part.text for part in one.parts)]) for one in (article, edited))
    classes = tuple(change.value for change in changes(before, after).classes)
    assert classes == (edit.classes or ("spacing",))
    assert (content_sha256(before) == content_sha256(after)) == (edit.classes is None)


@pytest.mark.parametrize("cut", [True, False])
def test_a_near_twin_is_no_copy_and_no_other_article(cut: bool) -> None:
    article = next(one for one in MonthSite(articles()).articles if len(one.parts) > 6)
    one, other = (text_of(made) for made in (article, near_twin(article, cut=cut)))
    assert one != other
    assert (near(one, other) or 0) > 0.5


def test_looks_over_the_nights_that_are_run() -> None:
    days = Nights(tuple(nights(0, 1, 2, 3, 4, 5, 8, 15, 16, 18, 30, 45, 46)), frozenset(nights(4)))
    first = FIRST
    assert days.recheck(first, first + timedelta(days=3)) == first + timedelta(days=5)  # the look of the fourth failed
    assert days.recheck(first, first + timedelta(days=31)) is None
    assert days.removed(first + timedelta(days=1)) == first + timedelta(days=15)
    away = days.recheck_of_vanished(first + timedelta(days=1), first + timedelta(days=15), first + timedelta(days=20))
    assert away == first + timedelta(days=45)
