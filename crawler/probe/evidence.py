"""Judge what a spider read by evidence that its rules have no part in. Pure.

The evidence: the lists of the portal's software, the metadata of each article, the generic reading where the layout is a
family's, and lines that no article has for itself. Each function returns one judgement; without evidence it is unchecked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.probe.machine_lists import MachineList
from crawler.probe.page import VisitedPage
from pipelines.article import Article, BlockKind
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.html.blocks import pieces_of
from pipelines.html.published import in_metadata
from pipelines.html.title import declared_titles
from pipelines.html.tree import HtmlPage, line, parse, text_of
from vietnam.dates import Moment, read_machine
from vietnam.letters import fold

_LINE = 25  # letters from which a line of the machine's text is missed
_APART = 0.1  # share of letters in which two readings of one text may differ
_SAMPLES = 3  # articles from which an equal line is the frame's
_CUT = 30  # letters from which a shortened title is enough
_OWN_KINDS = (BlockKind.LEAD, BlockKind.CAPTION, BlockKind.SIGNOFF)  # what a machine's text may leave out
_SIGN = re.compile(r"\s*[|–—»]\s*|\s-\s")  # what sets the site's name off
_AUTHORS = (
    "meta[name=author]",
    "meta[property='article:author']",
    "[itemprop=author] [itemprop=name]",
    "meta[name='dc.creator']",
)


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article page, the spider's reading of it, and what other pages say of it: the list's title and day."""

    visited: VisitedPage
    article: Article
    named: str = ""
    day: date | None = None


@dataclass(slots=True)
class Agreement:
    """A thing judged on each page: `held` and `against` count them, `details` say what is against it.

    `by` names the evidence met; `least` is the number of pages on which it must have been, and half of them.
    """

    what: str
    least: int = 2
    held: int = 0
    against: int = 0
    unknown: int = 0
    details: list[str] = field(default_factory=list)
    by: dict[str, None] = field(default_factory=dict)

    @property
    def is_checked(self) -> bool:
        """True where enough evidence was met."""
        judged = self.held + self.against
        return judged >= max(1, min(self.least, judged + self.unknown)) and judged >= self.unknown

    def add(self, right: bool | None, by: Iterable[str] = (), detail: str = "") -> None:
        """Record one page; None where nothing speaks for or against it."""
        if right is None:
            self.unknown += 1
            return
        self.held += right
        self.against += not right
        self.by.update(dict.fromkeys(by))
        if not right:
            self.details.append(detail)


@dataclass(slots=True)
class _Facts:
    """Statements of the portal's software on its articles, by address."""

    titles: dict[str, str] = field(default_factory=dict)
    moments: dict[str, list[Moment]] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)
    markup: dict[str, str] = field(default_factory=dict)


def facts_of(lists: Sequence[MachineList]) -> _Facts:
    """Join what the machine lists say of each article."""
    facts = _Facts()
    for item in (item for each in lists for item in each.items):
        url = _bare(item.url)
        if item.title:
            facts.titles.setdefault(url, item.title)
        if item.published:
            facts.moments.setdefault(url, []).append(item.published)
        if item.author:
            facts.authors.setdefault(url, item.author)
        if item.markup:
            facts.markup.setdefault(url, item.markup)
    return facts


def _bare(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _of(values: Mapping[str, object], sample: ReadArticle) -> Iterator[str]:
    yield from (url for url in (_bare(sample.visited.requested), _bare(sample.visited.url)) if url in values)


def judge_titles(samples: Sequence[ReadArticle], facts: _Facts) -> Agreement:
    """Compare titles with those of feeds, interface and head: the same words, without the site's name."""
    judged = Agreement("titles as feed or metadata have them")
    frame = _title_frame([sample.article.title for sample in samples])
    for sample in samples:
        own = fold(sample.article.title)
        listed = [fold(facts.titles[url]) for url in _of(facts.titles, sample)]
        head = [fold(title) for title in declared_titles(sample.visited.page())]
        if frame or not own:
            judged.add(False, ["equal on all articles"], f"the site's words {frame!r} in {sample.article.title!r}")
        elif listed:
            judged.add(any(_same(own, each) for each in listed), ["feed"], f"{own!r} for {listed[0]!r}")
        elif sample.named and any(own == each for each in (fold(sample.named), *head)):
            judged.add(True, ["metadata" if own in head else "lists"])
        elif head:
            right = any(_same(own, each) or own in each for each in head)
            judged.add(right, ["metadata"], f"{own!r} for {head[0]!r}")
        else:
            judged.add(None)
    return judged


def _same(one: str, other: str) -> bool:
    """Return whether two folded titles are one, of which one may be shortened."""
    if one == other:
        return True
    short, long = sorted((one.rstrip(". …"), other.rstrip(". …")), key=len)
    return (
        len(short) >= _CUT and long.startswith(short) and (one.endswith(("…", "...")) or other.endswith(("…", "...")))
    )


def _title_frame(titles: Sequence[str]) -> str:
    """Return the words before or behind all titles, set off by a sign; empty where there are none."""
    parts = [_SIGN.split(fold(title)) for title in titles if title]
    if len(parts) < _SAMPLES or len(set(map(tuple, parts))) < 2 or any(len(each) < 2 for each in parts):
        return ""
    return next((parts[0][at] for at in (-1, 0) if len({each[at] for each in parts}) == 1), "")


def judge_times(samples: Sequence[ReadArticle], facts: _Facts, now: datetime) -> Agreement:
    """Compare times with those of feeds, interface and metadata: the day, and the minute where those have one."""
    judged = Agreement("times to the minute as feed or metadata have them")
    for sample in samples:
        page, shown = sample.visited.page(), sample.article.published
        listed = [moment for url in _of(facts.moments, sample) for moment in facts.moments[url]]
        given = [moment for moment in (in_metadata(page, None, now), _only_time(page, now)) if moment is not None]
        known = [*given, *listed]
        by = [*(["metadata"] if given else []), *(["feed"] if listed else [])]
        value = shown.isoformat() if shown else "none"
        if known:
            right = shown is not None and any(_agrees(shown, moment) for moment in known)
            judged.add(right, by, f"{value} for {known[0].isoformat()}")
        elif sample.day is not None and (shown is None or shown.day != sample.day):
            judged.add(False, ["lists"], f"{value} for {sample.day}")
        elif sample.day is not None and shown is not None and shown.clock is None:
            judged.add(True, ["lists"])
        else:
            judged.add(None)
    return judged


def _agrees(shown: Moment, known: Moment) -> bool:
    if known.clock is None or shown.day != known.day:
        return shown.day == known.day and known.clock is None
    return shown.clock is not None and shown.clock.replace(second=0) == known.clock.replace(second=0)


def _only_time(page: HtmlPage, now: datetime) -> Moment | None:
    """Return the moment of the page's `time` elements; None where they name several, of other articles too."""
    values = [element.get("datetime") or "" for element in page.match("time[datetime]")]
    moments = {moment for value in values if (moment := read_machine(value, now)) is not None}
    return moments.pop() if len(moments) == 1 else None


def judge_authors(samples: Sequence[ReadArticle], facts: _Facts) -> Agreement:
    """Compare authors with those of feeds and metadata, where readers see that name on the page."""
    judged = Agreement("authors as feed or metadata have them")
    for sample in samples:
        page = sample.visited.page()
        given = [line(each.get("content") or text_all(each)) for name in _AUTHORS for each in page.match(name)]
        listed = [facts.authors[url] for url in _of(facts.authors, sample)]
        site = {fold(line(each.get("content") or "")) for each in page.match("meta[property='og:site_name']")}
        publisher = {fold(text_all(each)) for each in page.match("[itemprop=publisher] [itemprop=name]")}
        shown = fold(text_of(page.root))
        names = [name for name in (*listed, *given) if name and fold(name) not in site | publisher]
        names = [name for name in names if fold(name) in shown]
        if names:
            own = fold(sample.article.author or "")
            right = any(fold(name) in own or (own and own in fold(name)) for name in names)
            judged.add(bool(right), ["feed" if listed else "metadata"], f"{own or 'none'!r} for {names[0]!r}")
    return judged


def text_all(element: object) -> str:
    """Return all text of an element, hidden or not."""
    return line("".join(str(part) for part in element.itertext()))  # type: ignore[attr-defined]  # lxml's element


def judge_texts(samples: Sequence[ReadArticle], facts: _Facts, now: datetime, *, proposed: bool) -> Agreement:
    """Compare texts line by line with those of feed or interface, else with the generic reading.

    The generic reading is no evidence for a layout that was `proposed` from it, but speaks against it all the same.
    """
    judged = Agreement("texts as feed or generic reading have them")
    for sample in samples:
        visited, article = sample.visited, sample.article
        markup = next((facts.markup[url] for url in _of(facts.markup, sample)), "")
        lines = _lines_of(markup, visited.url) if markup else []
        if lines:
            problem = _against_machine(article, lines)
            judged.add(not problem, ["feed"], problem)
            continue
        if not article.blocks and article.attachments:
            judged.add(None if proposed else True, ["files"])
            continue
        generic = clean(extract(visited.body, visited.url, (), now, visited.charset))
        problem = _apart(article, generic)
        judged.add(False if problem else None if proposed else True, ["generic reading"], problem)
    return judged


def _lines_of(markup: str, url: str) -> list[str]:
    page = parse(f"<html><body><div>{markup}</div></body></html>".encode(), url, "utf-8")
    return [piece.text for piece in pieces_of(page.root) if piece.text]


def _against_machine(article: Article, lines: Sequence[str]) -> str:
    """Return the first line that one of the texts has and the other lacks; empty where they agree."""
    own = _joined(block.text for block in article.blocks)
    other = _joined(lines)
    lost = next((each for each in lines if len(each) >= _LINE and _joined([each]) not in own), "")
    if lost:
        return f"{lost[:60]!r} is missing"
    more = [block.text for block in article.blocks if block.kind not in _OWN_KINDS]
    strange = next((each for each in more if _joined([each]) not in other and fold(each) != fold(article.title)), "")
    return f"{strange[:60]!r} stands in it" if strange else ""


def _joined(lines: Iterable[str]) -> str:
    return "".join(char for each in lines for char in fold(each) if char.isalnum())


def _apart(article: Article, generic: Article) -> str:
    """Return the longest line that one of the readings lacks; empty where they have nearly the same letters."""
    one, two = ([block.text for block in each.blocks] for each in (article, generic))
    lost = _lacking(two, _joined(one))
    more = _lacking((each.text for each in article.blocks if each.kind not in _OWN_KINDS), _joined(two))
    length = _APART * max(sum(map(len, one)), sum(map(len, two)))
    if sum(map(len, lost)) > length:
        return f"the generic reading has {max(lost, key=len)[:60]!r} too"
    if sum(map(len, more)) > length:
        return f"the generic reading lacks {max(more, key=len)[:60]!r}"
    return ""


def _lacking(lines: Iterable[str], whole: str) -> list[str]:
    return [each for each in lines if _joined([each]) not in whole]


def frame_lines(samples: Sequence[ReadArticle]) -> list[str]:
    """Return the lines that all of three and more texts have: they are the page's frame, whatever they say."""
    texts = [sample.article for sample in samples if sample.article.blocks]
    counts: Counter[str] = Counter()
    for article in texts:
        counts.update({fold(block.text) for block in article.blocks if block.kind is not BlockKind.SIGNOFF})
    return [text for text, count in counts.items() if count == len(texts)] if len(texts) >= _SAMPLES else []


@dataclass(frozen=True, slots=True)
class ReadList:
    """The entries that the spider reads of one section, by key with the day shown, and whether it goes on behind them."""

    days: Mapping[str, date | None]
    goes_on: bool


def judge_lists(
    read: Sequence[ReadList], lists: Sequence[MachineList], key_of: Callable[[str], str | None]
) -> Agreement:
    """Look for each article of the machine lists in the spider's lists.

    One that is older than the last entry read of a section that goes on may stand on a further page: it says nothing.
    """
    judged = Agreement("articles of feed, interface or sitemap that its lists show", _SAMPLES)
    facts = facts_of(lists)
    shown = {key for each in read for key in each.days}
    items = [item for each in lists for item in each.items]
    by_key = {key: item.published.day for item in items if item.published and (key := key_of(item.url))}
    last_days = [_last_day(each, by_key) for each in read if each.goes_on]
    seen: dict[str, str] = {}
    for each in lists:
        for item in each.items:
            key = key_of(item.url)
            if key is None and not each.articles_only:
                continue
            other = seen.setdefault(key, item.url) if key else item.url
            moments = facts.moments.get(_bare(item.url), [])
            day = moments[0].day if moments else None
            if key is None:
                judged.add(False, [each.name], f"{item.url} has no key")
            elif _bare(other) != _bare(item.url) and facts.titles.get(_bare(other)) != item.title:
                judged.add(False, [each.name], f"{item.url} has the key of {other}")
            elif key in shown:
                judged.add(True, [each.name])
            elif any(last is None or day is None or day <= last for last in last_days):
                judged.add(None)
            else:
                judged.add(False, [each.name], f"{item.title or item.url!r} is on none of them")
    complete = {key for each in lists if each.complete for item in each.items if (key := key_of(item.url))}
    for key in sorted(shown - complete) if complete else ():
        judged.add(False, ["posts interface"], f"the entry {key!r} is none of its posts")
    if judged.held >= min(_SAMPLES, len(items)):
        judged.unknown = 0  # the older articles of a long sitemap: those it could tell of are enough
    return judged


def _last_day(read: ReadList, days: Mapping[str, date]) -> date | None:
    """Return the day of the last entry whose day is known; pinned entries stand before it."""
    known = [day for key, shown in read.days.items() if (day := days.get(key, shown)) is not None]
    return known[-1] if known else None
