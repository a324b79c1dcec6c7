"""Decide which article a page is: an article keeps its key when its address gets another one.

A page is taken for an article of another key when it says the same (title and time of publication, or the whole content) and
that article stands nowhere else: its own addresses lead here or have no article any more. So a page that nobody stored waits
until the articles like it were asked for, in the same night. Two postings that both stand are two articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from archive.errors import ArchiveError
from archive.index.queries.removals import VANISHED, same_address
from archive.index.rows import EventRow
from archive.messages.reason import Reason
from archive.model.enums import Outcome
from archive.model.records import Document, PageRecord
from archive.storage.texts import content_sha256
from crawler.listings.listing import Entry
from crawler.spider.record_keys import RecordKeys, address_key
from crawler.spider.recorder import RunRecorder

_ELSEWHERE = "it leads to another article"


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read as an article, ready to be written, with the articles that it may be and were not asked yet."""

    page: PageRecord
    document: Document
    reasons: tuple[Reason, ...]
    namesakes: tuple[str, ...] = ()


@dataclass(eq=False)
class ArticleIdentity:
    """Write each page that was read under the key of its article.

    `entry_key` gives the key that an address has. `ask` asks for an article and returns whether an answer will come;
    `recheck` returns the day on which an article with this outcome is asked for again.
    """

    recorder: RunRecorder
    entry_key: Callable[[str], str | None]
    ask: Callable[[str], bool]
    recheck: Callable[[str, Outcome], date | None]
    _own: dict[str, str] = field(default_factory=dict, init=False)
    _answers: dict[str, tuple[Outcome, str | None]] = field(default_factory=dict, init=False)
    _waiting: dict[str, list[ReadPage]] = field(default_factory=dict, init=False)
    _records: RecordKeys = field(init=False)

    def __post_init__(self) -> None:
        self._records = RecordKeys(self.recorder.writer.lookups)

    def own_entries(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries of a list page, each under the key of its article."""
        own = self.own_keys(entry.key for entry in entries)
        return self._records.resolve([replace(entry, key=own.get(entry.key, entry.key)) for entry in entries])

    def own_keys(self, keys: Iterable[str]) -> dict[str, str]:
        """Return, by each of these keys that a moved article's new address has, the article's own key."""
        wanted = set(keys)
        found = self.recorder.writer.lookups.own_keys(wanted)
        return found | {key: own for key, own in self._own.items() if key in wanted}

    def store(self, page: PageRecord | None, document: Document, reasons: tuple[Reason, ...]) -> None:
        """Write what was read from a page, under its article's key; it may wait for other articles' answers.

        `page` is None where the response has its line already: what a list shows is what it says it is.
        """
        try:
            if page is None or page.key is None or reasons:
                self.recorder.write(page, document, reasons)
                return
            landed = address_key(page.key, self.entry_key(page.url) or page.key)
            if self._records.renamed.get(landed) == page.key:
                self._write_as(page.key, landed, ReadPage(page, document, ()))
                return
            if landed != page.key and self.own_keys([landed]).get(landed, landed) != page.key:
                if self._redirected(page, document, landed):
                    return
            stored = self.recorder.writer.lookups.is_stored(page.key)
            namesakes = () if stored else tuple(self.recorder.writer.lookups.namesakes(document))
            self._decide(ReadPage(page, document, reasons, namesakes))
        except ArchiveError as error:
            self.recorder.fail(error)

    def _redirected(self, page: PageRecord, document: Document, landed: str) -> bool:
        """Write a page that a stored article's address leads to, of another key; return whether it was written."""
        lookups = self.recorder.writer.lookups
        latest = lookups.latest(page.key or "")
        if latest is None or same_address(latest[1], page.url):
            return False
        if is_same(latest[0], document, strictly=lookups.is_stored(landed)):
            self._write_as(latest[0].key, landed, ReadPage(page, document, ()))
        else:
            due = self.recheck(latest[0].key, Outcome.SOFT_404)
            self.recorder.write(replace(page, outcome=Outcome.SOFT_404, detail=_ELSEWHERE, next_look=due))
        return True

    def _decide(self, read: ReadPage) -> None:
        for number, key in enumerate(read.namesakes):
            if key not in self._answers:
                self._waiting.setdefault(key, []).append(replace(read, namesakes=read.namesakes[number:]))
                if len(self._waiting[key]) > 1 or self.ask(key):
                    return
                del self._waiting[key]
                continue
            outcome, landed = self._answers[key]
            if outcome in VANISHED or landed == read.page.key:
                self._write_as(key, read.page.key or "", read)
                return
        self.recorder.write(read.page, read.document, read.reasons)

    def _write_as(self, key: str, new_key: str, read: ReadPage) -> None:
        self._own[new_key] = key
        self._answers[key] = (Outcome.ARTICLE, new_key)  # it stands, there: no second page is this article
        page = replace(read.page, key=key, next_look=self.recheck(key, Outcome.ARTICLE))
        self.recorder.write(page, replace(read.document, key=key), new_key=new_key)

    def answered(self, key: str | None, outcome: Outcome, url: str = "") -> None:
        """Note what an article's addresses brought tonight, and write the pages that waited for it."""
        if key is None:
            return
        landed = address_key(key, self.entry_key(url) or key) if outcome is Outcome.ARTICLE else None
        self._answers[key] = (outcome, landed if landed != key else None)
        for read in self._waiting.pop(key, ()):
            self._decide(read)

    def settle(self) -> None:
        """Write the pages that still wait, when nothing is asked any more, as articles of their own."""
        for reads in [self._waiting.pop(key) for key in list(self._waiting)]:
            for read in reads:
                self.recorder.write(read.page, read.document, read.reasons)


def is_same(version: EventRow, document: Document, *, strictly: bool) -> bool:
    """Return whether a page says what a stored article said: its content, or its title and time of publication.

    One of title and time is enough where the article's own address leads there, unless `strictly`: the page is known as
    another article.
    """
    if version.content_sha256 == content_sha256(document.content):
        return True
    title = version.title == document.title
    time = version.published == document.published and "T" in (document.published or "")
    return (title and time) if strictly else (title or time)
