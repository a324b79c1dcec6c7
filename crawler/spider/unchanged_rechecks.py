"""Settle the recheck of an article whose page says what it said when it was last read, without reading it again.

A response whose bytes are those of the last one is settled by the digest of them; one that changed only outside the
article's region by the region's digest, which the extraction process makes of the page. Both stand under the rules by which
the page was read. One recheck in twenty is read all the same, and what the reading says wins.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from archive.index.queries.readings import StandingReading, said_digest
from archive.index.queries.removals import same_address
from archive.model.records import Document, PageRecord, Reading
from archive.storage.texts import content_sha256
from crawler.responses.outcome import ResponseFacts
from crawler.spider.recorder import RunRecorder
from crawler.spider.stop_rule import is_sampled_recheck
from pipelines.article import Layout
from pipelines.rules_version import rules_version
from pipelines.sandbox.extraction_worker import ExtractFailed, ExtractTimeout
from pipelines.sandbox.page_question import PageQuestion
from pipelines.sandbox.page_reader import PageReader

_log = logging.getLogger(__name__)

_SIZE = 16  # bytes of a digest


@dataclass(eq=False)
class UnchangedRechecks:
    """Know what the articles asked for tonight were last read from, and decide whether a response is unchanged."""

    recorder: RunRecorder
    pages: PageReader
    layouts: tuple[Layout, ...]
    _standing: dict[str, StandingReading] = field(default_factory=dict, init=False)
    _sampled: dict[str, StandingReading] = field(default_factory=dict, init=False)
    _rules: bytes = field(init=False)

    def __post_init__(self) -> None:
        # Now, and not with the first page: the program may be replaced meanwhile, which this process does not read by.
        self._rules = rules_version(self.layouts)

    def load(self, keys: Collection[str]) -> None:
        """Look up at once what these articles were last read from."""
        found = self.recorder.writer.lookups.readings(keys)
        self._standing |= {key: one for key, one in found.items() if one.reading.rules == self._rules}

    def knows(self, key: str) -> bool:
        """Return whether the article was read by today's rules and stands as it was read."""
        return key in self._standing

    def given(self, question: PageQuestion, head: ResponseFacts | None = None) -> bytes:
        """Return the digest of all that judging and reading a response depend on, its body apart.

        `head` is None for an article whose text a list's response holds: the list is judged by itself.
        """
        asked = (question.url, question.declared, question.day, question.interface, question.json)
        served: tuple[object, ...] = ()
        if head is not None:
            headers = (head.headers.get("content-type"), head.headers.get("server"))
            served = (head.requested_url, head.status, headers, sorted(head.flags))
        return blake2b(repr((self._rules, asked, served)).encode(), digest_size=_SIZE).digest()

    def reading(self, key: str | None, question: PageQuestion, body: bytes) -> Reading:
        """Return what is known of a response's reading before it is read."""
        whole = blake2b(body, key=question.given, digest_size=_SIZE).digest()
        return Reading(question.now, self._rules, whole, modified=self.recorder.modified.stated(key))

    async def settled(self, page: PageRecord, question: PageQuestion, body: bytes, reading: Reading) -> Reading | None:
        """Return the reading of an unchanged article, with its counts counted; None where the page has to be read.

        `page` is the line of a response that is an article unless its page says otherwise.
        """
        standing = self._current(page, reading)
        if standing is None:
            return None
        known = standing.reading
        if reading.whole == known.whole:
            return self._counted(page, standing, reading, "rechecks with the same bytes")
        if known.region is None:
            return None
        # Around the region something did change: what the cross-check samples is compared with the whole page. Half of it
        # are the rechecks that are read whatever their digests say.
        if self.pages.is_sampled_page(page) and not self._is_sampled(page):
            return None
        if known.region == await self._region(replace(question, known=known.region), body):
            return self._counted(page, standing, reading, "rechecks with the same region")
        return None

    def is_same_in_list(self, page: PageRecord, reading: Reading) -> bool:
        """Return whether the text that a list's response holds is that of the last reading, byte for byte."""
        standing = self._current(page, reading)
        if standing is None or reading.whole != standing.reading.whole:
            return False
        return self._counted(page, standing, reading, "texts with the same bytes") is not None

    def _current(self, page: PageRecord, reading: Reading) -> StandingReading | None:
        """Return what the article was last read from, where the same would read the same now."""
        standing = self._standing.get(page.key or "")
        if standing is None or page.lookback is not None or not same_address(standing.url, page.url):
            return None
        until = standing.reading.until
        return None if until is not None and until <= reading.read_at else standing

    def _counted(self, page: PageRecord, standing: StandingReading, reading: Reading, how: str) -> Reading | None:
        """Count an unchanged article and return its reading; None for one in twenty, which is read all the same."""
        key, known = page.key or "", standing.reading
        if self._is_sampled(page):
            self._sampled[key] = standing
            self.recorder.count("rechecks sampled")
            return None
        for name, number in {how: 1, **known.counts}.items():
            self.recorder.count(name, number)
        return replace(known, read_at=reading.read_at, whole=reading.whole, modified=reading.modified)

    def _is_sampled(self, page: PageRecord) -> bool:
        return is_sampled_recheck(page.key or "", self.recorder.writer.night)

    async def _region(self, question: PageQuestion, body: bytes) -> bytes | None:
        try:
            return await self.pages.region(question, body, self.layouts)
        except (ExtractTimeout, ExtractFailed):
            return None  # the full reading says what is wrong

    def compare(self, key: str | None, said: Document | None) -> None:
        """Compare a sampled recheck's reading with what its digest said; `said` is None where it is no good article."""
        standing = self._sampled.pop(key or "", None)
        if standing is None:
            return
        if said is None or standing.said != said_digest(content_sha256(said.content), said.published):
            self.recorder.count("rechecks differing")
            _log.warning("%s reads otherwise, though its digest is that of the last reading", ascii(key))
