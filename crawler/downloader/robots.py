"""Interpret robots.txt (RFC 9309) in all its real forms, and check every request against it.

Every decision is recorded: the line of the answer has it in words. Rules are those of the group that names `luu-tru`,
else of `*` (Protego reads them).
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from protego import Protego
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest, NotConfigured
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from crawler.downloader.recorder import CrawlerMiddleware, recorder_of
from crawler.downloader.slots import SlotClosed, slots_of
from crawler.requests import Expect, RequestInfo, exchange_of
from pipelines.html.addresses import split_address
from pipelines.html.decoding import CUT, DATALOSS, TOO_LARGE, UNKNOWN_ENCODING

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

READ = "robots"
"""The key in a response's meta under which its decision stands, where it was read before."""
LARGEST = 500 * 1024  # bytes that are read: RFC 9309, 2.5, asks for at least as much
_PRODUCT = re.compile(r"^([ \t]*user-agent[ \t]*:[ \t]*[a-z_-]+)[/ \t][^\r\n#]*", re.IGNORECASE | re.MULTILINE)
_SPOILED = {DATALOSS: "cut", CUT: "cut", TOO_LARGE: "too large", UNKNOWN_ENCODING: "in an unknown encoding"}


class RobotsDenied(IgnoreRequest):
    """The address is forbidden by robots.txt."""


class RobotsUnreachable(IgnoreRequest):
    """There was no answer for robots.txt, which is no permission: nothing is asked now, and all of it later."""


@dataclass(frozen=True, slots=True)
class RobotsDecision:
    """Meaning of an answer: rules or none, or `waits`; `words` for the record, `crawl_delay` in seconds as observed.

    `rules` are those of our group alone, as a robots.txt for every product.
    """

    words: str
    rules: str | None = None
    waits: bool = False
    crawl_delay: float | None = None

    def allows(self, url: str, agent: str) -> bool:
        """Return whether the rules let us ask for the address."""
        return self.rules is None or bool(_parsed(self.rules).can_fetch(url, agent))


@lru_cache(maxsize=16)  # a crawl asks a few hosts
def _parsed(rules: str) -> Protego:
    return Protego.parse(rules)


def decide(status: int, body: bytes, flags: frozenset[str], agent: str, longest: float) -> RobotsDecision:
    """Interpret a robots.txt for the product `agent`; a crawl-delay is observed up to `longest` seconds.

    429 and 5xx forbid everything for now (RFC 9309, 2.3.1.4), every other answer but 2xx allows everything (2.3.1.3),
    and so does a web page in its place: several portals answer every unknown address with their front page and 200.
    """
    # Nothing was forbidden: such a portal is `unreachable` and asked again later in the night, not `blocked`.
    if status == 429 or status >= 500:
        return RobotsDecision(f"could not be had ({status}): nothing is asked for now", waits=True)
    if not 200 <= status < 300:
        return RobotsDecision(f"no rules: it was answered with {status}")
    spoiled = next((words for flag, words in _SPOILED.items() if flag in flags), None)
    if spoiled is not None:
        return RobotsDecision(f"could not be had (the answer is {spoiled}): nothing is asked for now", waits=True)
    text = _text(body)
    if not text.strip():
        return RobotsDecision("no rules: it is empty")
    if text.lstrip().startswith("<"):
        return RobotsDecision("no rules: a web page in its place")
    # A group names a product by its token alone (RFC 9309, 2.2.1); many write the version behind it.
    rules = Protego.parse(_PRODUCT.sub(r"\1", text))
    cut = f", the first {LARGEST} of {len(body)} bytes" if len(body) > LARGEST else ""
    delay = rules.crawl_delay(agent)
    if delay is None or delay <= 0:
        return RobotsDecision(f"rules are kept{cut}", _own_group(rules, agent))
    observed = min(float(delay), longest)
    capped = f", kept as {observed:g} s" if observed < delay else ""
    words = f"rules are kept{cut}; crawl-delay {float(delay):g} s{capped}"
    return RobotsDecision(words, _own_group(rules, agent), crawl_delay=observed)


def _own_group(rules: Protego, agent: str) -> str:
    """Return the rules for a product as a robots.txt: 500 kB of names and rules are millions of rules, one group is few."""
    group = rules._get_matching_rule_set(agent)
    kept = {(rule.field, rule.value._pattern) for rule in group._rules} if group is not None else set()
    # `/` itself, which Protego adds to an allowed `/index.html`, is added again.
    added = {
        ("allow", f"{pattern.removesuffix('index.html')}$") for _, pattern in kept if pattern.endswith("/index.html")
    }
    return "".join(["User-agent: *\n", *(f"{field}: {pattern}\n" for field, pattern in sorted(kept - added))])


def _text(body: bytes) -> str:
    if len(body) > LARGEST:  # the line that is cut would be another rule
        body = body[: body.rfind(b"\n", 0, LARGEST) + 1]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "ignore")
    return body.decode("utf-8-sig", "ignore").replace("\0", "")


class RobotsGate(CrawlerMiddleware):
    """Ask each host for its robots.txt before anything else and obey it: number 100, in place of Scrapy's own.

    Scrapy's takes an unreachable robots.txt for a permission and a page of HTML for rules, and ignores crawl-delay.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._slots = slots_of(crawler)
        self._agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._longest = crawler.settings.getfloat("CRAWL_DELAY_LIMIT")
        self._decided: dict[str, asyncio.Future[RobotsDecision]] = {}

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise RobotsDenied or RobotsUnreachable."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        decision = await self._decision(request)
        if decision.waits:
            raise RobotsUnreachable(f"robots.txt {decision.words}")
        if not decision.allows(request.url, self._agent):
            raise RobotsDenied("forbidden by robots.txt")

    async def _decision(self, request: Request) -> RobotsDecision:
        parts = split_address(request.url)
        known = self._decided.get(parts.netloc)
        if known is not None:
            return await asyncio.shield(known)
        found = self._decided[parts.netloc] = asyncio.get_running_loop().create_future()
        try:
            decision = await self._fetch_decision(f"{parts.scheme}://{parts.netloc}/robots.txt")
        except BaseException as error:
            del self._decided[parts.netloc]  # asked again with the next request
            found.set_exception(error)
            found.exception()  # no other request may be waiting for it
            # The request that needed it is not sent: its line counts the tries for robots.txt.
            exchange_of(request).unanswered = self._slots.unanswered_robots.pop(parts.hostname or "", 0)
            raise
        found.set_result(decision)
        if decision.crawl_delay:
            host = parts.hostname or ""
            pace = self._slots.pace(host)
            pace.pause = max(pace.pause, decision.crawl_delay)
            pace.rest(time.monotonic())  # it holds from this answer on
            self._slots.share_pace(host)
        return decision

    async def _fetch_decision(self, url: str) -> RobotsDecision:
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta={"dont_obey_robotstxt": True})
        exchange_of(request).info = RequestInfo(Expect.ROBOTS, url, "")
        try:
            response = await self._crawler.engine.download_async(request)
        except SlotClosed:
            raise
        except IgnoreRequest as error:  # sent to another host, or round in circles: RFC 9309, 2.3.1.2 and 2.3.1.3
            return RobotsDecision(f"no rules: {error}")
        except DownloadCancelledError:
            return RobotsDecision("could not be had (the answer is too large): nothing is asked for now", waits=True)
        except Exception as error:  # Twisted's failures have no common root
            raise RobotsUnreachable("robots.txt was not answered") from error
        decision: RobotsDecision | None = response.meta.get(READ)  # by a crawl's extraction process
        if decision is None:
            decision = decide(response.status, response.body, frozenset(response.flags), self._agent, self._longest)
        recorder = recorder_of(self._crawler)
        recorder.record_robots(response, decision)
        if recorder.stopping:  # what came in its place lets nobody in, so what it forbids is not known
            raise RobotsUnreachable("robots.txt could not be had")
        return decision
