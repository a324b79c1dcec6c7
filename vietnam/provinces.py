"""List the 34 provinces and cities of today and the 29 that ended on 1 July 2025, as `provinces.csv` has them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from vietnam.letters import fold, strip_diacritics


class Status(StrEnum):
    """State of a province today."""

    CURRENT = "current"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Province:
    """A province or city: its slug is the name of its portal's domain.

    `domain` has neither scheme nor `www.`. `merged_into` is a slug and `since` the day of the merger, both None for a
    province of today.
    """

    slug: str
    name: str
    domain: str
    status: Status
    merged_into: str | None = None
    since: date | None = None


class UnknownProvince(KeyError):
    """No province has this slug; the message names the closest ones."""

    def __init__(self, slug: str, close: Sequence[str]) -> None:
        super().__init__(slug)
        self.slug, self.close = slug, tuple(close)

    def __str__(self) -> str:
        hint = f"did you mean {', '.join(self.close)}?" if self.close else "see vietnam/provinces.csv for the slugs"
        return f"no province has the slug {self.slug!r}; {hint}"


def _load(path: Path) -> Mapping[str, Province]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [
            Province(
                slug=row["slug"],
                name=row["name"],
                domain=row["domain"],
                status=Status(row["status"]),
                merged_into=row["merged_into"] or None,
                since=date.fromisoformat(row["since"]) if row["since"] else None,
            )
            for row in csv.DictReader(lines)
        ]
    return MappingProxyType({row.slug: row for row in rows})


PROVINCES: Mapping[str, Province] = _load(Path(__file__).with_name("provinces.csv"))
_NAMES = frozenset(fold(known.name) for known in PROVINCES.values())
# What stands before a name in addresses and letterheads, spelled without diacritics and blanks.
_TYPES = ("thanhpho", "tinh", "tp.", "tp")


def _plain(words: str) -> str:
    return "".join(char for char in strip_diacritics(words) if char.isalnum() or char == ".")


_BY_PLAIN = {spelled: known.slug for known in PROVINCES.values() for spelled in (known.slug, _plain(known.name))}
# Names that people and older papers write; Huế was Thừa Thiên Huế until 2025.
_BY_PLAIN |= {"hochiminh": "hochiminhcity", "hcm": "hochiminhcity", "hcmc": "hochiminhcity", "saigon": "hochiminhcity"}
_BY_PLAIN |= {"thuathienhue": "hue", "daclac": "daklak", "dacnong": "daknong", "baccan": "backan"}


def province(slug: str) -> Province:
    """Return the province with this slug. Raises UnknownProvince (a KeyError) with a hint when there is none."""
    found = PROVINCES.get(slug)
    if found is not None:
        return found
    plain = strip_diacritics(slug).replace(" ", "").replace("_", "")
    raise UnknownProvince(slug, get_close_matches(plain, PROVINCES, n=3))


def successor(slug: str) -> Province:
    """Return the province of today that a slug's territory belongs to: itself unless it was merged."""
    found = province(slug)
    return found if found.merged_into is None else province(found.merged_into)


def find_province(words: str) -> Province:
    """Find the province of a user's words.

    Accepts a slug or name, with or without diacritics and `tỉnh`, `thành phố` or `TP.` before it, an older spelling, or
    a host or URL under its domain. Raises UnknownProvince with the closest slugs.
    """
    found = (
        province_of_host(urlsplit(words.strip()).hostname or words.strip())
        if "." in words and "[" not in words
        else None
    )
    if found is not None:
        return found
    plain = _plain(words)
    shorter = (plain.removeprefix(kind) for kind in _TYPES if plain.startswith(kind))
    for spelled in (plain, *shorter):
        if spelled in _BY_PLAIN:
            return PROVINCES[_BY_PLAIN[spelled]]
    return province(words)


def predecessors(slug: str) -> tuple[Province, ...]:
    """Return the provinces that were merged into this one, by slug; none for one that was merged itself."""
    found = province(slug)
    return tuple(
        sorted((known for known in PROVINCES.values() if known.merged_into == found.slug), key=lambda it: it.slug)
    )


def with_predecessors(slug: str) -> frozenset[str]:
    """Return the slugs that a query about a province of today covers: its own and those of its predecessors."""
    return frozenset({province(slug).slug, *(known.slug for known in predecessors(slug))})


def province_of_host(host: str) -> Province | None:
    """Return the province whose domain a host stands under (`sokhcn.quangtri.gov.vn`: Quảng Trị), else None."""
    labels = host.lower().rstrip(".").split(":", 1)[0].split(".")
    endings = {".".join(labels[start:]) for start in range(len(labels))}
    return next((known for known in PROVINCES.values() if known.domain in endings), None)


def is_commune_host(host: str) -> bool:
    """Return whether a host below a province's domain is a commune's or ward's that bears another province's name.

    `haiduong.haiphong.gov.vn` is the portal of the ward Hải Dương: sub-domains are used again for places named like a
    former province. Such a host continues no province's portal.
    """
    known = province_of_host(host)
    if known is None:
        return False
    below = host.lower().rstrip(".").split(":", 1)[0].removesuffix(known.domain).rstrip(".")
    label = below.rpartition(".")[2]
    return label in PROVINCES and label != known.slug


def is_province_name(words: str) -> bool:
    """Return whether the words are the name of a province of today or before July 2025, in any case or tone style."""
    return fold(words) in _NAMES
