"""Send every request of a crawl in its turn, robots.txt, redirects and retries too: the last step before sending."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, cast

from scrapy.core.downloader.contextfactory import _get_creator_context
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IOpenSSLClientConnectionCreator
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, HEADER, HTTP11ClientProtocol
from twisted.web._newclient import Request as TxRequest
from twisted.web.client import BrowserLikePolicyForHTTPS
from twisted.web.http_headers import InvalidHeaderName
from twisted.web.iweb import IPolicyForHTTPS, IResponse

from crawler.downloader.slots import slots_of
from crawler.requests import exchange_of
from pipelines.html.addresses import split_address

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase


class HeadTooLarge(Exception):
    """The status line and headers of a response are larger than the limit."""


class _TolerantParser(_LenientHTTPClientParser):
    """Read a response past header lines that are none, as browsers do; Scrapy's own skips only those without a colon.

    What says where the body ends is never skipped: a length that is no number, or two that differ, fail the response.
    """

    def lineReceived(self, line: bytes) -> None:
        # RFC 9112, 2.2: blanks between the status line and the first header line.
        if self.state == HEADER and self._partialHeader is None and line[:1] in (b" ", b"\t"):
            return
        super().lineReceived(line)

    def headerReceived(self, name: bytes, value: bytes) -> None:
        # RFC 9112, 5.1: blanks before the colon of a response are no part of the name.
        with suppress(InvalidHeaderName):
            super().headerReceived(name.rstrip(b" \t"), value)  # type: ignore[no-untyped-call]  # Twisted's own


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Hang up on a response whose status line and headers are larger than `most` bytes: Twisted bounds only a line."""

    most = 0
    _head = 0

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        """Send a request; its response's head is counted anew."""
        self._head = 0
        asked = super().request(request)
        assert self._parser is not None  # noqa: S101  made by the request
        self._parser.__class__ = _TolerantParser  # as Scrapy does: Twisted hardcodes the class
        return asked

    def dataReceived(self, data: bytes) -> None:
        """Take the data, unless the head has no end."""
        if self._parser is not None and self._parser.state != BODY:
            self._head += len(data)
            if self._head > self.most:
                self._giveUp(Failure(HeadTooLarge()))  # type: ignore[no-untyped-call]  # Twisted leaves its own untyped
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    """Factory of `BoundedProtocol`."""

    most = 0

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:
        protocol = BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
        protocol.most = self.most
        return protocol


class _Policy(Protocol):
    """Twisted's IPolicyForHTTPS, which is no type."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> IOpenSSLClientConnectionCreator: ...


class _LevelPolicy(BrowserLikePolicyForHTTPS):
    """Give OpenSSL the cipher string as it is: Twisted spells it out as names, and the security level in it is lost."""

    def __init__(self, policy: _Policy, ciphers: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._policy, self._ciphers = policy, ciphers.encode()

    def creatorForNetloc(self, hostname: bytes, port: int) -> IOpenSSLClientConnectionCreator:
        """Return the policy's creator, at the level."""
        creator = self._policy.creatorForNetloc(hostname, port)
        _get_creator_context(creator).set_cipher_list(self._ciphers)
        return creator


class PoliteHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler, one request at a time and address, with the pause that is due."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        most = crawler.settings.getint("HEADERS_MAXSIZE")
        self._pool._factory = cast("type[_BoundedFactory]", type("BoundedFactory", (_BoundedFactory,), {"most": most}))
        self._slots = slots_of(crawler)
        self._nameless: dict[str, Exception] = {}
        ciphers = str(crawler.settings["DOWNLOADER_CLIENT_TLS_CIPHERS"] or "")
        if "@SECLEVEL" in ciphers:
            policy = cast("_Policy", self._contextFactory)
            self._contextFactory = cast("IPolicyForHTTPS", _LevelPolicy(policy, ciphers))

    async def download_request(self, request: Request) -> Response:
        """Send one request when its turn has come. Raises SlotClosed when the crawl is stopped before.

        The request's exchange notes how long it took, and how often it was sent in vain.
        """
        exchange = exchange_of(request)
        host = split_address(request.url).hostname or ""
        self._slots.set_address(host, await self.address_of(host))
        async with self._slots.hold(host):
            began = time.monotonic()
            try:
                response = await self.send(request)
            except BaseException as error:
                # A try without a response has no line of its own: the line that ends the request counts it, so three
                # refused connections stay one line.
                exchange.unanswered += 1
                if isinstance(error, CannotResolveHostError) and host in self._nameless:
                    raise error from self._nameless[host]
                raise
        exchange.took = timedelta(seconds=time.monotonic() - began)
        return response

    async def send(self, request: Request) -> Response:
        """Send one request, now."""
        return await super().download_request(request)

    async def address_of(self, host: str) -> str:
        """Return the address that the host is asked at; the host itself where its name leads nowhere.

        The answer comes from the same cache as that of the connection.
        """
        from twisted.internet import reactor

        try:
            found = await maybe_deferred_to_future(cast("ReactorBase", reactor).resolve(host))
        except Exception as error:  # whatever it is, the request itself will fail of it; Twisted drops why
            self._nameless[host] = error
            return host
        return str(found)
