"""Compose texts from the forms of `replicas/prose/recurring_forms.toml`: issues of a report or notice, and accounts of one event by two authors.

A form's issue fills `{d1}` (a day of the week it reports on), `{w}`, `{m}`, `{y}` (its week, month, year), `{n}`, `{k}`,
`{p}` (numbers, thousands, per cent), `{so}` (a số ký hiệu), `{person}` and `{place}`, both invented; one name with
another digit behind it is another value.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from bench.dedup.sources import Source
from replicas.prose.composer import Composer, read_stock

_FIRST = date(2025, 1, 6)
_EVENT = date(2025, 3, 5)
_CORPUS = "recurring_forms"
_PLACE = re.compile(r"\{([a-z]+)(\d*)\}")


_FORMS = read_stock(_CORPUS)
REPORTS: Mapping[str, str] = _FORMS["reports"]
"""Forms of 60 words and more, by name."""
NOTICES: Mapping[str, str] = _FORMS["notices"]
"""Forms of under 40 words, by name."""


def issues(rng: random.Random, forms: Mapping[str, str], each: int) -> Iterator[Source]:
    """`each` issues of every form: a week apart, a year apart where the form names a year and no week."""
    for name, form in forms.items():
        for number in range(each):
            day = _FIRST + timedelta(weeks=number)
            years = 0 if "{w}" in form or "{m}" in form or "{d" in form else number
            text = _filled(rng, form, day, number % 12 + 1, years)
            yield _source(f"composed/{name}/{number}", day, text, name)


def accounts(rng: random.Random, each: int) -> Iterator[tuple[Source, Source]]:
    """`each` times every event in another place, with other figures and people, in the accounts of its two authors."""
    text = Composer(_CORPUS, rng)
    places = text.fragments("places")
    for number in range(each):
        for event, forms in enumerate(_FORMS["events"]):
            values = {
                "place": places[(number + event) % len(places)],
                "person": text.pick("persons"),
                "n": rng.randint(20, 95),
                "m": rng.randint(2, 19),
                "k": rng.randint(120, 890),
            }
            key = f"composed/event/{event}/{number}"
            yield (
                _source(f"{key}/0", _EVENT, forms["office"].format(**values), ""),
                _source(f"{key}/1", _EVENT, forms["paper"].format(**values), ""),
            )


def _source(key: str, day: date, text: str, series: str) -> Source:
    title, _, rest = text.partition("\n")
    lead, *body = rest.split("\n")
    return Source(key, day, title, lead, tuple(body), series=series)


def _filled(rng: random.Random, form: str, monday: date, month: int, years: int) -> str:
    known: dict[str, str] = {}
    text = Composer(_CORPUS, rng)
    places, persons = (rng.sample(names, len(names)) for names in (text.fragments("places"), text.fragments("persons")))

    def value(found: re.Match[str]) -> str:
        kind, number = found[1], int(found[2] or 0)
        if found[0] not in known:
            known[found[0]] = {
                "w": f"{monday.isocalendar().week}",
                "m": f"{month}",
                "y": f"{monday.year - years}",
                "d": f"{monday + timedelta(number):%d/%m/%Y}",
                "n": f"{rng.randint(3, 99)}",
                "k": f"{rng.randint(11, 290)}.{rng.randint(0, 9)}00",
                "p": f"{rng.randint(1, 38)},{rng.randint(1, 9)}",
                "so": f"{rng.randint(100, 2900)}/{text.pick('signs')}",
                "place": places[number % len(places)],
                "person": persons[number % len(persons)],
            }[kind]
        return known[found[0]]

    return _PLACE.sub(value, form)
