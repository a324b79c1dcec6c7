"""Ask for the portal's own feed once a night: an entry of it that no list ever showed is an article that is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from scrapy.http import Request, Response

from archive.errors import ArchiveError
from archive.model.enums import Outcome
from crawler.listings.comparison import compare_feed, of_days, shared_feed
from crawler.listings.feeds import read_feed
from crawler.listings.listing import ListingError
from crawler.requests import Expect, RequestBuilder, exchange_of
from crawler.spider.listings import DeclaredPortal
from crawler.spider.recorder import RunRecorder
from crawler.spider.walk import NightlyWalk
from vietnam.date_forms import TZ


class FeedCheck:
    """Compare the feed that all lists of the portal link with the lists. Its articles are not asked for.

    `linked` are the feeds that the first page of each section linked tonight, `own_keys` gives the keys of moved articles by
    those of their new addresses. What is older than a first walk goes back
    was never to be listed, and entries of tonight's own day may be younger than the lists: neither is compared.
    """

    def __init__(
        self,
        portal: type[DeclaredPortal],
        builder: RequestBuilder,
        recorder: RunRecorder,
        walk: NightlyWalk,
        linked: Mapping[str, Sequence[str]],
        own_keys: Callable[[Iterable[str]], dict[str, str]],
    ) -> None:
        self._portal, self._builder, self._recorder = portal, builder, recorder
        self._walk, self._linked, self._own_keys = walk, linked, own_keys
        self._asked = False

    def requests(self) -> list[Request]:
        """Return the request for the feed, once, where all walks ended well. Must run when they are committed."""
        sections = len(self._portal.sections)
        if self._asked or len(self._linked) < sections or len(self._walk.beyond) < sections:
            return []
        self._asked = True
        url = shared_feed(self._linked.values())
        if url is None or self._recorder.hosts.refusal(url) is not None:
            return []
        return [self._builder.build(self._builder.info(Expect.RESOURCE, url, ""), self.on_response)]

    def on_response(self, response: Response) -> None:
        """Record the feed and compare it. What is no feed says nothing."""
        recorder, detail = self._recorder, None
        try:
            feed = read_feed(response.url, response.body, self._portal.entry_key, recorder.now())
            began = recorder.writer.began_at.astimezone(TZ).date()
            entries = of_days(feed.entries, self._walk.first_day, began)
            own = self._own_keys(entry.key for entry in entries)
            entries = [replace(entry, key=own.get(entry.key, entry.key)) for entry in entries]
            never = recorder.writer.lookups.never_listed({entry.key for entry in entries})
            recorder.feed = compare_feed(entries, never)
        except ListingError as error:
            detail = str(error)[:200]
        except ArchiveError as error:
            recorder.fail(error)
            return
        recorder.write(exchange_of(response).page(Outcome.RESOURCE, detail))
