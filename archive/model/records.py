"""Define the records that pass between the layers: list entries, captures, documents, lines and runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from archive.messages.reason import Reason
from archive.model.decommission import Decommission
from archive.model.enums import FinishReason, Outcome, Verdict, Via, WalkEnd
from archive.model.run_metrics import Count, Instant, Measures
from vietnam.documents import CitationContext

LONGEST_BODY = 16 * 1024
"""Characters of a posted form that a line of `pages.jsonl` repeats."""


@dataclass(frozen=True, slots=True)
class CaptureRef:
    """The place of a response in its run's WARC files: offset and length in bytes of one gzip member, and its SHA-256."""

    file: str
    offset: Count
    length: Count
    sha256: str


@dataclass(frozen=True, slots=True)
class CapturePlace:
    """The place of a response anywhere in the archive: night and run of the folder with the WARC file, and the place there."""

    night: date
    run: str
    file: str
    offset: Count
    length: Count
    sha256: str

    @property
    def ref(self) -> CaptureRef:
        """The place in the run's folder."""
        return CaptureRef(self.file, self.offset, self.length, self.sha256)


@dataclass(frozen=True, slots=True)
class Capture:
    """One response as served: raw body before decompression, headers as Scrapy hands them over (Twisted changes case)."""

    url: str
    status: Count
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: Instant
    via: Via
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = b""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A request for a list page that is no plain GET of its address: a posted form, a JSON interface.

    `headers` are sent beside the crawl's own; one that is an address of the portal follows the crawl's hosts. `body` is the
    form as sent. `json` is True if the response is to be JSON. `of_visit` is True if the request carries values of this
    visit only (a view state, an instance's address), so that another night begins with the section's first page instead.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    json: bool = False
    of_visit: bool = False

    def for_later(self) -> ListRequest:
        """Return the form to record: a body of this visit, or one over 16 KiB, is stored in the WARC alone."""
        if not self.of_visit and len(self.body) <= LONGEST_BODY:
            return self
        return replace(self, body="", of_visit=True)


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry as a list page showed it. `day` is the day that the list shows, None where it shows none.

    `record` is the id that the portal's CMS gives the article, None where the list shows none, as in older archives.
    """

    key: str
    url: str
    title: str = ""
    day: date | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True)
class LookbackMark:
    """The mark of a look-back on the line of each of its requests: its first night and, of a backfill, the day it goes back to.

    `end` is set on the list page with which the look-back of a section ended. It is no `walk_end`: the stop rule of the
    nightly walk ignores look-backs.
    """

    began: date
    since: date | None = None
    end: WalkEnd | None = None


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One line of `pages.jsonl`: one request and its outcome. `warc` is None when there was no response.

    `attachment_of` is the id of the article's version that names the file, on every line of a request for one. `asked_at`
    is the moment the request was sent, `size` the bytes of the body as served, `unanswered` the number of earlier tries
    without a response (on a line without a response: of all tries). `crawl_delay` are the seconds between two requests that
    a robots.txt asked for, as far as they are obeyed. `request` is the request where it was no plain GET of `url`. `total` is
    the number of articles that a list page says its section holds. Lines of older archives lack these six.
    """

    url: str
    outcome: Outcome
    fetched_at: Instant
    status: Count | None = None
    key: str | None = None
    section: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    warc: CaptureRef | None = None
    listed: tuple[ListEntry, ...] = ()
    page_number: Count | None = None
    walk_end: WalkEnd | None = None
    next_look: date | None = None
    detail: str | None = None
    attachment_of: str | None = None
    lookback: LookbackMark | None = None
    asked_at: Instant | None = None
    size: Count | None = None
    unanswered: Count | None = None
    crawl_delay: float | None = None
    request: ListRequest | None = None
    total: Count | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an article."""

    name: str
    url: str
    type: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of an article, with its caption where the page gives one."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A version of another article with nearly the same text, and the similarity of the two: 0 to 1, four decimals."""

    id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Reread:
    """The result of today's rules on the capture behind an article's latest version, whose id is `version`.

    A change that it explains was not made by the publisher. `published` is ISO 8601 as in `Document`.
    """

    version: str
    content_sha256: str
    published: str | None


@dataclass(frozen=True, slots=True)
class Modification:
    """A modification time that a list, feed or sitemap states of an article: its source, and the time as `Moment` writes it."""

    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The digests of what an article was read from: a response with an equal one needs no second reading.

    `read_at` is the moment of the response, `rules` names what it was read by. `whole` digests all that the reading depends
    on, `region` the part of the page that the article stands in, None where no digest covers it. The same page reads
    otherwise from the moment `until` on, which it states and which is still to come; None where it states none. `counts` is
    what the reading adds to the extraction counts of the run's record, `detail` that of its page's line, `modified` what that
    night's lists stated of the article.
    """

    read_at: Instant
    rules: bytes
    whole: bytes
    region: bytes | None = None
    until: Instant | None = None
    counts: dict[str, int] = field(default_factory=dict)
    detail: str | None = None
    modified: Modification | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An article, or the text of one of its attachments, ready to be stored.

    `text` is the whole file (title, published line, lead, body, sign-off); `content` is title, lead and body without the
    published line: its folded form decides what is new, duplicate or revision. `published` is ISO 8601: a day, or a
    moment with `+07:00`. `warc` is the response of this run that was read, or None for a capture of an earlier run that
    was read again: then `read_from` names it, and `fetched_at` is the moment of that capture. `reread` is set only when an
    article differs from its latest version.

    For an attachment `attachment_of` is the id of the article's version that names it, and `text` is empty when there is
    none to store: `flags` say why, and the served body replaces the text in its identity.

    `documents` are the document numbers that the text names, `cited` the day and issuer beside some of them. `reading` is
    given where the response was read tonight and is no attachment.
    """

    portal: str
    section: str
    url: str
    key: str
    title: str
    text: str
    content: str
    fetched_at: Instant
    via: Via
    warc: CaptureRef | None
    published: str | None = None
    published_raw: str | None = None
    published_from: str | None = None
    author: str | None = None
    layout: str = "none"
    extractor: str = ""
    documents: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    flags: tuple[str, ...] = ()
    read_from: CapturePlace | None = None
    reread: Reread | None = None
    attachment_of: str | None = None
    cited: tuple[CitationContext, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class SectionWalk:
    """The walk of one section: list pages read, entries shown, keys never listed before, and its end.

    `first` is True if no walk of the section had been complete before: then `fresh` is a look-back and not one night's news.
    `total` is the number of articles that the list says the section holds, and `ever_listed` the number of those that its
    lists ever showed, this walk included; both are None where the list says none.
    """

    pages: Count = 0
    listed: Count = 0
    fresh: Count = 0
    end: WalkEnd | None = None
    first: bool = False
    total: Count | None = None
    ever_listed: Count | None = None


@dataclass(frozen=True, slots=True)
class LookbackCounts:
    """One run's part of a look-back, which may take several nights; `since` is set for a backfill.

    `pages` counts list pages read, `listed` the articles they showed, `found` those requested because they had never been
    stored or stand at a new address, `kept` those stored then, `late` the late ones among them; `requests` counts all its
    lines, attachments included.
    `complete` is True if every section's list was walked to the look-back's end and every found article was requested.
    """

    began: date
    since: date | None = None
    pages: Count = 0
    requests: Count = 0
    listed: Count = 0
    found: Count = 0
    kept: Count = 0
    late: Count = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class HostVisit:
    """The requests to one host in a portal's night, counted from the run's lines.

    `requests` counts all that were sent, `unanswered` those without a response; `bytes` are those of the bodies as served.
    `spacing_p50` and `spacing_p99` are seconds from the start of one request to the start of the next, None under two
    requests. `too_many` counts responses 429, `unavailable` responses 503. `robots` is the effect of robots.txt in words,
    `crawl_delay` the seconds it asked for, as far as they are obeyed.
    """

    requests: Count = 0
    unanswered: Count = 0
    bytes: Count = 0
    spacing_p50: float | None = None
    spacing_p99: float | None = None
    too_many: Count = 0
    unavailable: Count = 0
    robots: str | None = None
    crawl_delay: float | None = None


RULES = "rules"
"""Key in the `software` of a run for the version of the rules that read its pages."""


@dataclass(frozen=True, slots=True)
class Run:
    """A portal's night as `run.json` records it.

    `province` is the slug of the province that the portal belonged to that night (vietnam/provinces.csv), None for one of
    no province. `away` is the sign of the portal's end in that night, None without one. `declared` are values of its spider:
    its `title`, how `sure` the basis of the crawl is, and its own `tls` and `delay` (seconds). These and `measures` are None,
    `hosts` and `declared` empty, in records older than those parts.
    """

    portal: str
    night: date
    run: str
    via: Via
    started_at: Instant
    finished_at: Instant
    complete: bool
    finish_reason: FinishReason
    verdict: Verdict
    reasons: tuple[Reason, ...]
    listed: Count
    requests: Count
    bytes: Count
    outcomes: dict[str, Count] = field(default_factory=dict)
    events: dict[str, Count] = field(default_factory=dict)
    sections: dict[str, SectionWalk] = field(default_factory=dict)
    extraction: dict[str, Count] = field(default_factory=dict)
    software: dict[str, str] = field(default_factory=dict)
    attempts: Count = 1
    lookback: LookbackCounts | None = None
    measures: Measures | None = None
    hosts: dict[str, HostVisit] = field(default_factory=dict)
    province: str | None = None
    away: Decommission | None = None
    declared: dict[str, str] = field(default_factory=dict)

    @property
    def crawled(self) -> bool:
        """True for a nightly crawl: `reextract` only reads captures again, a backfill only goes further back."""
        return self.finish_reason not in (FinishReason.REEXTRACT, FinishReason.BACKFILL)

    @property
    def rules(self) -> str:
        """The version of the rules that read its pages; empty in older records."""
        return self.software.get(RULES, "")
