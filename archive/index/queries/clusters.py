"""Query clusters: articles with the same or nearly the same text. Computed from the lines on every query, never stored.

A cluster is what exact copies (`duplicate_of`) and near-duplicates (`near`) connect, directly or through others, in any
version of an article; most articles are alone in theirs. Its canonical article is the first by the night in which it was
first stored, then by its first published line (none: last), portal and key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, and_, select, union

from archive.index.rows import ALL_RUNS, EventRow, KnownRuns, VersionLocation
from archive.index.schema import EVENTS, LINKS
from archive.model.enums import VERSIONS

Article = tuple[str, str]
"""Portal and key."""

# Links count in whatever version they stand, so an article rewritten as another release connects both clusters.
# Otherwise each edit would be exported beside the text that it replaced.
Cluster = tuple[Article, ...]
"""The articles of one cluster in canonical order, the canonical one first."""


@dataclass(frozen=True, slots=True)
class VersionLink:
    """A version of another article that is an exact copy or a near-duplicate, linked in either direction."""

    id: str
    article: Article
    exact: bool
    similarity: float


_Of = TypeVar("_Of", VersionLocation, EventRow)


@dataclass(frozen=True, slots=True)
class ClusterQueries:
    """Query links between articles on one connection."""

    connection: Connection

    def near_duplicates(self, portal: str, key: str, known: KnownRuns = ALL_RUNS) -> list[VersionLink]:
        """Return the versions that are near-duplicates of any version of an article, each once, the most similar first.

        `known` leaves out links recorded later.
        """
        to = select(LINKS.c.other.label("id"), LINKS).where(LINKS.c.portal == portal, LINKS.c.key == key)
        of_line = [EVENTS.c[name] == LINKS.c[name] for name in ("night", "run", "seq")]
        back = select(EVENTS.c.id, LINKS).join(EVENTS, and_(*of_line))
        back = back.where(LINKS.c.other_portal == portal, LINKS.c.other_key == key)
        found = [
            VersionLink(row.id, article_of(row.id), bool(row.exact), row.similarity)
            for query in (to, back)
            for row in self.connection.execute(query.where(*known.among(LINKS)))
        ]
        best: dict[str, VersionLink] = {}
        for one in sorted(found, key=lambda one: (-one.similarity, one.id)):
            if not one.exact:
                best.setdefault(one.id, one)
        return list(best.values())

    def of_article(self, portal: str, key: str, known: KnownRuns = ALL_RUNS) -> Cluster:
        """Return the cluster of an article, by the links as far as they were `known`."""
        start = (portal, key)
        found, ahead = {start}, [start]
        while ahead:
            fresh = self._neighbours(ahead.pop(), known) - found
            found |= fresh
            ahead += sorted(fresh)
        return self._ordered(found) or (start,)

    def all(self, known: KnownRuns = ALL_RUNS) -> dict[Article, Cluster]:
        """Map every article that is not alone to its cluster, by the links as far as they were `known`."""
        query = select(LINKS.c.portal, LINKS.c.key, LINKS.c.other_portal, LINKS.c.other_key)
        rows = self.connection.execute(query.where(*known.among(LINKS)))
        groups = _connected(((row[0], row[1]), (row[2], row[3])) for row in rows)
        rank = {article: number for number, article in enumerate(self._all_ordered())}
        found: dict[Article, Cluster] = {}
        for group in groups:
            members = tuple(sorted((article for article in group if article in rank), key=lambda each: rank[each]))
            found |= dict.fromkeys(members, members)
        return found

    def _neighbours(self, article: Article, known: KnownRuns) -> set[Article]:
        one, other = (LINKS.c.portal, LINKS.c.key), (LINKS.c.other_portal, LINKS.c.other_key)
        found: set[Article] = set()
        for (portal, key), linked in ((one, other), (other, one)):
            query = select(*linked).where(portal == article[0], key == article[1])
            rows = self.connection.execute(query.where(*known.among(LINKS)))
            found |= {(row[0], row[1]) for row in rows}
        return found

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
        """Return every linked article in canonical order."""
        others = select(LINKS.c.other_portal, LINKS.c.other_key)
        named = union(select(LINKS.c.portal, LINKS.c.key), others).subquery()
        query = select(EVENTS.c.night, EVENTS.c.published, EVENTS.c.portal, EVENTS.c.key).where(_VERSION)
        query = query.join(named, and_(EVENTS.c.portal == named.c.portal, EVENTS.c.key == named.c.key))
        first: dict[Article, tuple[str, str, str, str]] = {}
        for row in self.connection.execute(query.order_by(EVENTS.c.at)):
            first.setdefault((row.portal, row.key), _canonical(*row))
        return [(portal, key) for _, _, portal, key in sorted(first.values())]


_VERSION = EVENTS.c.event.in_([event.value for event in VERSIONS])


def _canonical(night: str, published: str | None, portal: str, key: str) -> tuple[str, str, str, str]:
    return night, published or "9999", portal, key


def article_of(version: str) -> Article:
    """Return portal and key of a version's id, `portal/key@hex`."""
    portal, _, rest = version.partition("/")
    return portal, rest.rpartition("@")[0]


def _connected(pairs: Iterable[tuple[Article, Article]]) -> Iterator[list[Article]]:
    """Yield the groups that pairs connect."""
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
    """Choose one of these versions for each cluster: the last one of the article that is first in canonical order.

    Versions come in and go out in the order of night, run and line.
    """
    best: dict[Article, tuple[int, _Of]] = {}
    for version in found:
        article = (version.portal, version.key)
        members = clusters.get(article, (article,))
        rank = members.index(article)
        known = best.get(members[0])
        if known is None or rank <= known[0]:
            best[members[0]] = (rank, version)
    return sorted((version for _, version in best.values()), key=lambda each: (each.night, each.run, each.seq))
