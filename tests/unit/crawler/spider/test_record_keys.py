"""Entries with a record's id: known slugs keep their articles, renamed ones are found, cut slugs told apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from archive.ingest.lookups import RunLookups
from crawler.listings.listing import Entry
from crawler.spider.record_keys import RecordKeys, address_key

ONE, TWO = "6524bce0d049ace9f30057a2", "6524bce0d049ace9f30057a3"


@dataclass
class Lookups:
    """An archive: titles and addresses of stored articles by key, keys by record."""

    stored: dict[str, tuple[str, str]] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def records(self, records: Collection[str], keys: Collection[str]) -> dict[str, str]:
        return {record: key for record, key in self.known.items() if record in records or key in keys}

    def latest(self, key: str) -> tuple[SimpleNamespace, str] | None:
        found = self.stored.get(key)
        return (SimpleNamespace(title=found[0]), found[1]) if found else None

    def addresses(self, key: str) -> set[str]:
        return {self.stored[key][1]} if key in self.stored else set()


def entry(slug: str, record: str | None, title: str = "Hội nghị", folder: str = "tin-tuc") -> Entry:
    return Entry(f"https://a.vn/{folder}/{slug}.html", slug, title, record=record)


def resolved(lookups: Lookups, *entries: Entry) -> tuple[list[str], dict[str, str]]:
    records = RecordKeys(cast(RunLookups, lookups))
    return [one.key for one in records.resolve(entries)], records.renamed


STORED = {"dai": ("Hội nghị", "https://a.vn/tin-tuc/dai.html")}


@pytest.mark.parametrize(
    ("lookups", "entries", "keys", "renamed"),
    [
        (Lookups(), (entry("dai", None),), ["dai"], {}),
        (Lookups(), (entry("dai", ONE),), ["dai"], {}),
        (Lookups(), (entry("dai", ONE), entry("dai", TWO, "Lễ hội")), ["dai", f"dai~{TWO}"], {}),
        (Lookups(known={ONE: "dai"}), (entry("dai", TWO), entry("dai", ONE)), [f"dai~{TWO}", "dai"], {}),
        (Lookups(known={TWO: f"dai~{TWO}"}), (entry("dai", TWO), entry("dai", ONE)), [f"dai~{TWO}", "dai"], {}),
        (Lookups(known={ONE: "dai"}), (entry("moi", ONE, "Tên khác"),), ["dai"], {"moi": "dai"}),
        (Lookups(STORED), (entry("dai", ONE),), ["dai"], {}),
        (Lookups(STORED), (entry("dai", ONE, "Sửa tên"),), ["dai"], {}),
        (Lookups(STORED), (entry("dai", ONE, folder="khac"),), ["dai"], {}),
        (Lookups(STORED), (entry("dai", TWO, "Lễ hội", "khac"), entry("dai", ONE)), [f"dai~{TWO}", "dai"], {}),
    ],
    ids=[
        "no record", "a first one", "two of one slug", "a second of a known slug", "the other one of a slug", "renamed",
        "stored before", "stored before, another title", "stored before, filed elsewhere", "stored before, and another",
    ],
)  # fmt: skip
def test_the_key_of_an_entry(
    lookups: Lookups, entries: tuple[Entry, ...], keys: list[str], renamed: dict[str, str]
) -> None:
    assert resolved(lookups, *entries) == (keys, renamed)


def test_what_one_page_showed_holds_on_the_next() -> None:
    records = RecordKeys(cast(RunLookups, Lookups()))
    assert [one.key for one in records.resolve([entry("dai", ONE)])] == ["dai"]
    assert [one.key for one in records.resolve([entry("dai", TWO), entry("moi", ONE)])] == [f"dai~{TWO}", "dai"]


def test_an_address_has_the_key_of_its_article_but_for_the_records_id() -> None:
    assert address_key(f"dai~{TWO}", "dai") == f"dai~{TWO}"
    assert address_key("dai", "dai") == "dai"
    assert address_key("dai", "moi") == "moi"
