"""Clusters: articles that say the same or nearly the same. Computed from the lines whenever they are asked for, never stored.

A cluster is what exact copies (`duplicate_of`) and near-duplicates (`near`) connect, directly or through others, in any
version of an article; most articles are one of their own. Its canonical article is the first by the night in which it was
first kept, then by its first published line (none: last), portal and key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, insert, select, true, union

from archive.index.rows import EventRow
from archive.index.schema import EVENTS, LINKS
from archive.model.enums import VERSIONS, WITHHELD
from archive.storage.jsonl import ArticleLine

__all__ = ["Article", "Cluster", "ClusterQueries", "VersionLink", "VersionLocation", "article_of", "one_per_cluster"]

Article = tuple[str, str]
"""Portal and key."""

Cluster = tuple[Article, ...]
"""The articles of one cluster in canonical order, the canonical one first."""


@dataclass(frozen=True, slots=True)
class VersionLink:
    """Another article that a version names, or whose version names it: an exact copy, or how alike the texts are."""

    id: str
    article: Article
    exact: bool
    similarity: float


@dataclass(frozen=True, slots=True)
class VersionLocation:
    """Where a version's line stands, and whose it is."""

    night: str
    run: str
    seq: int
    portal: str
    key: str


_Of = TypeVar("_Of", VersionLocation, EventRow)


class ClusterQueries:
    """What is kept and asked of links between articles, on one connection."""

    connection: Connection

    def add_links(self, night: date, run: str, line: ArticleLine) -> None:
        """Repeat what an article's line says it is a copy or near-duplicate of."""
        if line.attachment_of is not None:
            return
        named = [(line.duplicate_of, 1, 1.0)] if line.duplicate_of else []
        named += [(link.id, 0, link.similarity) for link in line.near]
        for position, (other, exact, similarity) in enumerate(named):
            portal, key = article_of(other)
            row = {"night": night.isoformat(), "run": run, "seq": line.seq, "position": position}
            row |= {"portal": line.portal, "key": line.key, "other": other, "other_portal": portal, "other_key": key}
            self.connection.execute(insert(LINKS).values(row | {"exact": exact, "similarity": similarity}))

    def linked(self, portal: str, key: str, until: date | None = None) -> list[VersionLink]:
        """The near-duplicates that any version of an article names, or that name it: one entry each, the most alike first.

        `until` leaves out what lines after that night name.
        """
        to = select(LINKS.c.other.label("id"), LINKS).where(LINKS.c.portal == portal, LINKS.c.key == key)
        back = (
            select(EVENTS.c.id, LINKS)
            .where(LINKS.c.other_portal == portal, LINKS.c.other_key == key)
            .join(
                EVENTS, and_(EVENTS.c.night == LINKS.c.night, EVENTS.c.run == LINKS.c.run, EVENTS.c.seq == LINKS.c.seq)
            )
        )
        found = [
            VersionLink(row.id, article_of(row.id), bool(row.exact), row.similarity)
            for query in (to, back)
            for row in self.connection.execute(query.where(_known(until)))
        ]
        best: dict[str, VersionLink] = {}
        for one in sorted(found, key=lambda one: (-one.similarity, one.id)):
            if not one.exact:
                best.setdefault(one.id, one)
        return list(best.values())

    def cluster_of(self, portal: str, key: str, until: date | None = None) -> Cluster:
        """The cluster of an article (`until` a night: as it was then); of an article alone, that article."""
        start = (portal, key)
        found, ahead = {start}, [start]
        while ahead:
            fresh = self._neighbours(ahead.pop(), until) - found
            found |= fresh
            ahead += sorted(fresh)
        return self._ordered(found) or (start,)

    def clusters(self, until: date | None = None) -> dict[Article, Cluster]:
        """The cluster of every article that has another one in it; `until` a night: as it was then."""
        query = select(LINKS.c.portal, LINKS.c.key, LINKS.c.other_portal, LINKS.c.other_key)
        rows = self.connection.execute(query.where(_known(until)))
        pairs = (((row[0], row[1]), (row[2], row[3])) for row in rows)
        groups = _connected(pairs)
        rank = {article: number for number, article in enumerate(self._all_ordered())}
        found: dict[Article, Cluster] = {}
        for group in groups:
            members = tuple(sorted((article for article in group if article in rank), key=lambda each: rank[each]))
            found |= dict.fromkeys(members, members)
        return found

    def versions(self, portal: str | None, since: date | None, until: date | None) -> list[VersionLocation]:
        """The places of all versions of articles that are not withheld, of a portal and of nights from `since` to `until`,
        in order."""
        query = select(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq, EVENTS.c.portal, EVENTS.c.key)
        query = query.where(_VERSION, ~EVENTS.c.flags.contains(WITHHELD))
        if portal:
            query = query.where(EVENTS.c.portal == portal)
        if since:
            query = query.where(EVENTS.c.night >= since.isoformat())
        if until:
            query = query.where(EVENTS.c.night <= until.isoformat())
        query = query.order_by(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq)
        return [VersionLocation(*row) for row in self.connection.execute(query)]

    def _neighbours(self, article: Article, until: date | None) -> set[Article]:
        to = select(LINKS.c.other_portal, LINKS.c.other_key).where(
            LINKS.c.portal == article[0], LINKS.c.key == article[1]
        )
        back = select(LINKS.c.portal, LINKS.c.key).where(
            LINKS.c.other_portal == article[0], LINKS.c.other_key == article[1]
        )
        return {(row[0], row[1]) for query in (to, back) for row in self.connection.execute(query.where(_known(until)))}

    def _ordered(self, articles: Iterable[Article]) -> Cluster:
        first = []
        for portal, key in articles:
            query = select(EVENTS.c.night, EVENTS.c.published, EVENTS.c.portal, EVENTS.c.key).where(
                EVENTS.c.portal == portal, EVENTS.c.key == key, _VERSION
            )
            row = self.connection.execute(query.order_by(EVENTS.c.at).limit(1)).first()
            if row is not None:
                first.append(_canonical(*row))
        return tuple((portal, key) for _, _, portal, key in sorted(first))

    def _all_ordered(self) -> list[Article]:
        """Every linked article in canonical order."""
        others = select(LINKS.c.other_portal, LINKS.c.other_key)
        named = union(select(LINKS.c.portal, LINKS.c.key), others).subquery()
        query = select(EVENTS.c.night, EVENTS.c.published, EVENTS.c.portal, EVENTS.c.key).where(_VERSION)
        query = query.join(named, and_(EVENTS.c.portal == named.c.portal, EVENTS.c.key == named.c.key))
        first: dict[Article, tuple[str, str, str, str]] = {}
        for row in self.connection.execute(query.order_by(EVENTS.c.at)):
            first.setdefault((row.portal, row.key), _canonical(*row))
        return [(portal, key) for _, _, portal, key in sorted(first.values())]


def _known(until: date | None) -> ColumnElement[bool]:
    return LINKS.c.night <= until.isoformat() if until else true()


_VERSION = EVENTS.c.event.in_([event.value for event in VERSIONS])


def _canonical(night: str, published: str | None, portal: str, key: str) -> tuple[str, str, str, str]:
    return night, published or "9999", portal, key


def article_of(version: str) -> Article:
    """Portal and key of a version's id, `portal/key@hex`."""
    portal, _, rest = version.partition("/")
    return portal, rest.rpartition("@")[0]


def _connected(pairs: Iterable[tuple[Article, Article]]) -> Iterator[list[Article]]:
    """The groups that pairs connect."""
    above: dict[Article, Article] = {}

    def root(article: Article) -> Article:
        above.setdefault(article, article)
        while above[article] != article:
            above[article] = above[above[article]]
            article = above[article]
        return article

    for one, other in pairs:
        above[root(one)] = root(other)
    groups: dict[Article, list[Article]] = defaultdict(list)
    for article in above:
        groups[root(article)].append(article)
    yield from groups.values()


def one_per_cluster(found: Iterable[_Of], clusters: Mapping[Article, Cluster]) -> list[_Of]:
    """Of these versions, in the order of night, run and line, one for each cluster: the last one of the article that comes
    first in canonical order among those that are here."""
    best: dict[Article, tuple[int, _Of]] = {}
    for version in found:
        article = (version.portal, version.key)
        members = clusters.get(article, (article,))
        rank = members.index(article)
        known = best.get(members[0])
        if known is None or rank <= known[0]:
            best[members[0]] = (rank, version)
    return sorted((version for _, version in best.values()), key=lambda each: (each.night, each.run, each.seq))
