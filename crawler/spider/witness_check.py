"""Ask the portal's witnesses once a night: an entry of one that no list ever showed is an article that is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from scrapy.http import Request, Response

from archive.errors import ArchiveError
from archive.model.enums import STOPPING, Outcome
from crawler.listings.listing import Entry, ListingError
from crawler.listings.witness import Witness, WitnessComparison, compare, of_days, shared_feed
from crawler.requests import Expect, ReadAs, RequestBuilder, exchange_of
from crawler.sandbox.response_question import ResponseAnswer
from crawler.sandbox.response_reader import answer_of
from crawler.spider.listings import DeclaredPortal
from crawler.spider.recorder import RunRecorder
from crawler.spider.walk import NightlyWalk

MOST_REQUESTS = 2  # of a portal and night


class WitnessCheck:
    """Compare the lists with the feed that they all link and with the witnesses that the family declares.

    `linked` are the feeds that the first page of each section linked tonight, `own_keys` gives the keys of moved articles by
    those of their new addresses. The witnesses' articles are not asked for. What is older than a first walk goes back was
    never to be listed, and entries of the night's own day may be younger than the lists: neither is compared.
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
        """Return the requests for the witnesses, once, where all walks ended well. Must run when they are committed."""
        if self._asked or len(self._walk.beyond) < len(self._portal.sections):
            return []
        self._asked = True
        requests = []
        for witness in self._witnesses()[:MOST_REQUESTS]:
            read_as = ReadAs.FEED if witness.day is None else ReadAs.DAY
            info = replace(self._builder.info(Expect.RESOURCE, witness.url, ""), read_as=read_as)
            if self._recorder.hosts.refusal(info.url) is None:
                self._recorder.witnesses[witness] = WitnessComparison(witness)
                requests.append(self._builder.build(info, partial(self.on_response, witness)))
        return requests

    def _witnesses(self) -> list[Witness]:
        """Return the feed that all lists link, else those that the family declares, and its archives of a day."""
        declared = self._portal.witnesses(self._recorder.writer.night - timedelta(days=1))
        whole = len(self._linked) == len(self._portal.sections)
        url = shared_feed(self._linked.values()) if whole else None
        if url is None:
            return list(declared)
        return [Witness(url), *(witness for witness in declared if witness.day is not None)]

    def on_response(self, witness: Witness, response: Response) -> AsyncIterator[Any] | None:
        """Record a witness's answer and compare it. What is no feed, or names nothing of its day, says nothing."""
        recorder, exchange = self._recorder, exchange_of(response)
        answer = answer_of(response)
        if answer.outcome in STOPPING:
            recorder.write(exchange.page(answer.outcome, answer.detail))
            recorder.react(answer.outcome)
            return None
        detail: str | None
        try:
            entries = self._read(witness, answer)
            own = self._own_keys(entry.key for entry in entries)
            entries = [replace(entry, key=own.get(entry.key, entry.key)) for entry in entries]
            never = recorder.writer.lookups.never_listed({entry.key for entry in entries})
            recorder.witnesses[witness], detail = compare(witness, entries, never), None
        except ListingError as error:
            detail = str(error)[:200]
        except ArchiveError as error:
            recorder.fail(error)
            return None
        recorder.write(exchange.page(Outcome.RESOURCE, detail))
        return None

    def _read(self, witness: Witness, answer: ResponseAnswer) -> list[Entry]:
        """Return the entries of the days to compare. Raises ListingError."""
        if answer.listing is None:
            raise ListingError(answer.unread)
        found = answer.listing.entries
        if witness.day is None:
            self._recorder.modified.note(witness.url, found)
            if all(one.day is None for one in found):
                raise ListingError("feed rejected: it names no article with a day")
            return of_days(found, self._walk.first_day, self._recorder.writer.night)
        entries = [one for one in found if one.day in (None, witness.day)]
        if not entries:
            raise ListingError("archive of the day rejected: it names no article of the day")
        return entries
