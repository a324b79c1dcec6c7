"""A night of the real crawl over a portal that misbehaves, then one over the same portal when it is well again.

After the first the checks hold; after the second everything that the portal has is kept, and nothing of the first changed.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from archive.messages.reason import joined
from archive.model.enums import ArchiveKind, Event, Outcome, Verdict
from archive.model.records import PageRecord, Run
from archive.storage.jsonl import ArticleLine
from faults import checks
from faults.catalogue import CheckFailure, Place, require
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, CommandResult, crawl, new_archive, the_night
from testing.http_server import HttpServer, Reply, response

KEYS = ("a", "b", "c", "d")
_ROBOTS = response(b"User-agent: *\nDisallow: /admin\n", kind="text/plain")


def portal(**others: Reply) -> dict[str, Reply]:
    """Return the pages of a portal of four articles.

    Keywords replace articles, `list` the list and `robots` robots.txt.
    """
    pages: dict[str, Reply] = {f"/tin/{key}.html": response(article(number)) for number, key in enumerate(KEYS)}
    pages |= {"/tin-tuc": response(listing(KEYS)), "/robots.txt": _ROBOTS}
    names = {"list": "/tin-tuc", "robots": "/robots.txt"} | {key: f"/tin/{key}.html" for key in KEYS}
    return pages | {names[name]: reply for name, reply in others.items()}


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """Hold what a crawl left: exit code, stderr, run record and lines, and how often each path was requested."""

    root: Path
    code: int
    stderr: str
    run: Run
    pages: tuple[PageRecord, ...]
    articles: tuple[ArticleLine, ...]
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The last outcome of each article."""
        return {page.key: page.outcome for page in self.pages if page.key}

    @property
    def kept(self) -> set[str]:
        """The articles that have a text."""
        return {line.key for line in self.articles if line.file and line.event is not Event.QUARANTINED}

    def is_verdict(self, *verdicts: Verdict) -> None:
        """Raise CheckFailure unless the night was judged so, with an exit code that fits."""
        good = self.run.verdict in (Verdict.GOOD, Verdict.QUIET)
        if self.run.verdict not in verdicts or (self.code == 0) != good:
            raise CheckFailure(
                f"verdict {self.run.verdict.value}, exit code {self.code}, {self.run.outcomes}: {self.reasons}"
            )

    @property
    def reasons(self) -> str:
        """The reasons in one line."""
        return joined(self.run.reasons)

    def is_outcome(self, key: str, *outcomes: Outcome) -> None:
        """Raise CheckFailure unless the article ended so and has no text, save when it was read."""
        found = self.outcomes.get(key)
        if found not in outcomes or (key in self.kept) != (found is Outcome.ARTICLE):
            raise CheckFailure(
                f"{key} ended as {found}, kept are {sorted(self.kept)}: {self.run.outcomes} {self.reasons}"
            )


def crawl_failing(
    place: Place, pages: Mapping[str, Reply], *options: str, port: int | None = None, code: int | None = None
) -> CrawlResult:
    """Crawl the first night; O1 and O4 hold whatever came back."""
    root = place.folder / "archive"
    if not (root / "archive.json").exists():
        new_archive(root, ArchiveKind.REPLICA)
    with HttpServer(dict(pages)) as server:
        night = _crawled(root, NIGHT, port or server.port, options, server)
    if code is not None and night.code != code:
        raise CheckFailure(f"exit code {night.code} where {code} is right: {night.reasons} {night.stderr[-300:]}")
    checks.whole(root)
    return night


def _crawled(root: Path, when: date, port: int, options: tuple[str, ...], server: HttpServer) -> CrawlResult:
    done = crawl("--archive", str(root), "--night", when.isoformat(), *options, port=port)
    require("Traceback" not in done.err and done.code in (0, 1), f"the crawl ends with {done.code}: {done.err[-500:]}")
    return read_crawl(root, done, when, server.asked)


def read_crawl(
    root: Path, done: CommandResult, when: date = NIGHT, asked: Mapping[str, int] | None = None
) -> CrawlResult:
    """Read what a crawl that has ended left of its night."""
    run, pages, articles = the_night(root, night=when)
    return CrawlResult(root, done.code, done.err, run, tuple(pages), tuple(articles), Counter(asked))


def crawl_recovered(first: CrawlResult, keys: tuple[str, ...] = KEYS) -> str:
    """Run the next night over the portal when it is well, make all four checks, and return what came."""
    before = checks.committed(first.root)
    with HttpServer(portal()) as server:
        night = _crawled(first.root, NIGHT + timedelta(days=1), server.port, (), server)
    checks.unchanged(before, checks.committed(first.root))
    kept = first.kept | night.kept
    if not set(keys) <= kept:
        raise CheckFailure(
            f"O3: after a night when the portal was well {sorted(set(keys) - kept)} are not kept: {night.run.outcomes}"
        )
    checks.intact(first.root)
    return f"the next night brought {', '.join(sorted(night.kept)) or 'nothing more'}"


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Hold a port of loopback on which no server listens or can listen."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def outcomes_of(night: CrawlResult) -> str:
    """Return the outcomes of a night in a few words."""
    return json.dumps(night.run.outcomes, sort_keys=True).strip("{}").replace('"', "")
