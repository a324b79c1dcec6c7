"""Read a portal's articles from `content/<portal>.toml`.

One `[[article]]` table each. `at` is a local date or date-time of Việt Nam; `body` is one part a line: `## heading`,
`[img picture.jpg] caption`, `- list item`, `| cell | cell`, `~ sign-off`, anything else a paragraph. `shared` takes
title, lead and body from `content/shared.toml`; `reprint` takes them too, without the last `cut` parts and `signed` by
somebody else: a near-duplicate. `[[article.edit]]` says what is replaced from night number `night` on,
`[[article.removed]]` that the article is away from there on: `until` a night (without it for good), with a `status`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from replicas import FIRST_NIGHT
from replicas.records import TZ, Kind, Part, Removal, ReplicaArticle, Revision

CONTENT = Path(__file__).parent / "content"

_IMAGE = re.compile(r"\[img ([^\]]+)\]\s*(.*)")
_PREFIXES = (("## ", Kind.HEADING), ("- ", Kind.LIST_ITEM), ("~ ", Kind.SIGNOFF))
_FIELDS = {
    "slug", "id", "section", "at", "title", "lead", "body", "shape", "byline", "label", "keywords", "twin", "related",
    "sticky", "withdrawn", "shared", "reprint", "cut", "signed", "files", "edit", "removed",
}  # fmt: skip

_AS_WRITTEN = {"shape", "byline", "label", "twin", "related", "sticky", "withdrawn", "shared", "reprint"}
"""The fields whose values the article has as they stand in the table."""

Table = dict[str, Any]
KeyOf = Callable[[str, datetime, str], str]
"""Slug, moment of publication and the table's `id` (empty if it has none), to the natural key."""


def read_articles(portal: str, key_of: KeyOf) -> tuple[ReplicaArticle, ...]:
    """All articles of a portal in the file's order; ValueError names the portal, the article and what is wrong."""
    tables = tomllib.loads((CONTENT / f"{portal}.toml").read_text("utf-8"))["article"]
    shared = tomllib.loads((CONTENT / "shared.toml").read_text("utf-8"))
    articles = tuple(_article(portal, table, shared, key_of) for table in tables)
    keys = [article.key for article in articles]
    if doubled := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"content/{portal}.toml: key used twice: {sorted(doubled)}")
    return articles


def read_body(body: str) -> tuple[Part, ...]:
    """Return the parts of a body written one part a line."""
    return tuple(_part(line.strip(" \n")) for line in body.splitlines() if line.strip(" \n"))


def _part(line: str) -> Part:
    if found := _IMAGE.match(line):
        return Part(Kind.CAPTION, found[2], image=found[1])
    if line.startswith("| "):
        cells = tuple(cell.strip(" ") for cell in line.strip("| ").split(" | "))
        return Part(Kind.TABLE_ROW, " | ".join(cells), cells=cells)
    for prefix, kind in _PREFIXES:
        if line.startswith(prefix):
            return Part(kind, line.removeprefix(prefix))
    return Part(Kind.PARAGRAPH, line)


def _article(portal: str, table: Table, shared: dict[str, Table], key_of: KeyOf) -> ReplicaArticle:
    if unknown := set(table) - _FIELDS:
        raise ValueError(f"content/{portal}.toml: {table.get('slug')}: unknown field {sorted(unknown)}")
    release = _printed(table, shared)
    slug, at = table["slug"], table["at"]
    if not isinstance(at, date):
        raise ValueError(f"content/{portal}.toml: {slug}: `at` must be a date or a date-time")
    clock = isinstance(at, datetime)
    published = (at if isinstance(at, datetime) else datetime.combine(at, time())).replace(tzinfo=TZ)
    title, lead, body = (release.get(name, "") for name in ("title", "lead", "body"))
    return ReplicaArticle(
        key=key_of(slug, published, str(table.get("id", ""))),
        slug=slug,
        section=table["section"],
        title=title,
        published=published,
        lead=lead,
        parts=read_body(body),
        clock=clock,
        keywords=tuple(table.get("keywords", ())),
        files=tuple(table.get("files", ())),
        revisions=_revisions(portal, table, title, lead, body),
        removals=_removals(table),
        **{name: table[name] for name in _AS_WRITTEN & table.keys()},
    )


def _printed(table: Table, shared: dict[str, Table]) -> Table:
    """Return the table that has title, lead and body: the article's own, a release word for word, or one printed otherwise."""
    if "shared" in table:
        return shared[table["shared"]]
    if "reprint" not in table:
        return table
    release, cut = shared[table["reprint"]], table.get("cut", 0)
    lines = [line for line in release["body"].splitlines() if line.strip(" ")]
    return release | {"body": "\n".join([*lines[: len(lines) - cut], f"~ {table['signed']}"])}


def _revisions(portal: str, table: Table, title: str, lead: str, body: str) -> tuple[Revision, ...]:
    revisions = []
    for edit in table.get("edit", []):
        title = edit.get("title", title)
        for old, new in edit.get("replace", []):
            if old not in lead + body:
                raise ValueError(f"content/{portal}.toml: {table['slug']}: nothing to replace: {old!r}")
            lead, body = lead.replace(old, new), body.replace(old, new)
        revisions.append(Revision(FIRST_NIGHT + timedelta(days=edit["night"]), title, lead, read_body(body)))
    return tuple(revisions)


def _removals(table: Table) -> tuple[Removal, ...]:
    return tuple(
        Removal(
            since=FIRST_NIGHT + timedelta(days=one["night"]),
            until=FIRST_NIGHT + timedelta(days=one["until"]) if "until" in one else None,
            status=one.get("status", 404),
        )
        for one in table.get("removed", [])
    )
