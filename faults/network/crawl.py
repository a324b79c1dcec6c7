"""A night of the real crawl over a portal that misbehaves, then one over the same portal when it is well again.

After the first the checks hold; after the second everything that the portal has is kept, and nothing of the first changed.
"""

from __future__ import annotations

import contextlib
import json
import resource
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from archive.errors import ExitCode
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
    night: date
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

    def line(self, key: str, *events: Event) -> ArticleLine:
        """Return the last line of an article tonight. Raises CheckFailure unless it is one of these events."""
        found = [line for line in self.articles if line.key == key]
        if not found or (events and found[-1].event not in events):
            raise CheckFailure(
                f"{key} has the lines {[line.event.value for line in found]}, ended as {self.outcomes.get(key)}: "
                f"{self.run.outcomes} {self.reasons}"
            )
        return found[-1]

    def text(self, key: str) -> str:
        """Return the text of an article's last line tonight, also of a quarantined one."""
        line = self.line(key)
        require(line.file, f"{key} has no text: {line.event.value} {line.flags}")
        folder = self.root if line.event is Event.QUARANTINED else self.root / f"{self.night:%Y/%m/%d}/ba_song"
        return (folder / str(line.file)).read_text(encoding="utf-8")

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
    place: Place,
    pages: Mapping[str, Reply],
    *options: str,
    port: int | None = None,
    code: int | None = None,
    **more: str,
) -> CrawlResult:
    """Crawl the first night, with further variables of the environment; O1 and O4 hold whatever came back."""
    root = place.folder / "archive"
    if not (root / "archive.json").exists():
        new_archive(root, ArchiveKind.REPLICA)
    with HttpServer(dict(pages)) as server:
        night = _crawled(root, NIGHT, port or server.port, options, server, more)
    if code is not None and night.code != code:
        raise CheckFailure(f"exit code {night.code} where {code} is right: {night.reasons} {night.stderr[-300:]}")
    checks.whole(root)
    return night


def _crawled(
    root: Path,
    when: date,
    port: int,
    options: tuple[str, ...],
    server: HttpServer,
    more: Mapping[str, str] = MappingProxyType({}),
) -> CrawlResult:
    done = crawl("--archive", str(root), "--night", when.isoformat(), *options, port=port, **more)
    ended = done.code in (ExitCode.GOOD, ExitCode.FINDINGS, ExitCode.TIME_LIMIT)
    require("Traceback" not in done.err and ended, f"the crawl ends with {done.code}: {done.err[-500:]}")
    return read_crawl(root, done, when, server.asked)


def read_crawl(
    root: Path, done: CommandResult, when: date = NIGHT, asked: Mapping[str, int] | None = None
) -> CrawlResult:
    """Read what a crawl that has ended left of its night."""
    run, pages, articles = the_night(root, night=when)
    return CrawlResult(root, when, done.code, done.err, run, tuple(pages), tuple(articles), Counter(asked))


def crawl_later(first: CrawlResult, pages: Mapping[str, Reply], days: int = 1, **more: str) -> CrawlResult:
    """Crawl a later night of the same archive; nothing of the earlier ones changed (O3), and O1 and O4 hold."""
    before = checks.committed(first.root)
    with HttpServer(dict(pages)) as server:
        night = _crawled(first.root, first.night + timedelta(days=days), server.port, (), server, more)
    checks.unchanged(before, checks.committed(first.root))
    checks.intact(first.root)
    return night


def crawl_recovered(first: CrawlResult, keys: tuple[str, ...] = KEYS) -> str:
    """Run the next night over the portal when it is well, make all four checks, and return what came."""
    night = crawl_later(first, portal())
    kept = first.kept | night.kept
    if not set(keys) <= kept:
        raise CheckFailure(
            f"O3: after a night when the portal was well {sorted(set(keys) - kept)} are not kept: {night.run.outcomes}"
        )
    return f"the next night brought {', '.join(sorted(night.kept)) or 'nothing more'}"


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Hold a port of loopback on which no server listens or can listen."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def peak_memory() -> int:
    """Return the most memory that one of the row's ended child processes held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def outcomes_of(night: CrawlResult) -> str:
    """Return the outcomes of a night in a few words."""
    return json.dumps(night.run.outcomes, sort_keys=True).strip("{}").replace('"', "")
