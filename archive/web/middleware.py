"""Check every request before anything is looked up, against hostile pages, hosts and texts.

Every answer forbids what it does not need (CSP `default-src 'none'`), is never cached, framed or read by another
origin. A request must name this host (against DNS rebinding), only read (GET or HEAD), not be another site's
subresource, and show the token where one is set: `Authorization: Bearer` or the cookie that `/enter?token=…` sets.
Nothing here changes the archive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
COOKIE = "luu_tru_token"
ENTER = "/enter"
LONGEST = 4096  # characters of a path and a query together
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
DOWNLOAD_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ALLOWED = ("GET", "HEAD")
_STRANGERS = ("cross-site", "same-site")  # another port of this machine is the same site and another origin


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Accepted host names, and the token that has to be shown, if any."""

    hosts: frozenset[str] = LOCAL
    token: str | None = field(default=None, repr=False)


def is_loopback(address: str) -> bool:
    """Return whether only this machine can reach an address to listen on."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str | None:
    """Return the name in a `Host` header without its port, in lower case; None when it is none."""
    text = header.strip().lower()
    if text.startswith("["):
        name, bracket, rest = text[1:].partition("]")
        port = rest.removeprefix(":") if rest.startswith(":") else None
        sound = bool(bracket) and (not rest or port is not None)
    else:
        name, colon, after = text.partition(":")
        port, sound = (after if colon else None), True
    if not sound or not name or (port is not None and not (port.isascii() and port.isdigit())):
        return None
    return name.removesuffix(".")


class SecurityMiddleware:
    """ASGI middleware around the whole application, errors included."""

    def __init__(self, app: ASGIApp, rules: AccessRules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no WebSocket here: the server refuses it

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            await send(message)

        refused = self._refusal(scope, Headers(scope=scope))
        await (refused or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        named = headers.getlist("host")
        name = host_name(named[0]) if len(named) == 1 else None
        if name is None:
            return _plain(400, "the request names no host, or two")
        if name not in self._rules.hosts:
            return _plain(421, "this server does not answer for that host; `--name HOST` lets it")
        if scope["method"] not in _ALLOWED:
            return _plain(405, "the page only shows; nothing can be sent to it", Allow=", ".join(_ALLOWED))
        if len(scope["path"]) + len(scope["query_string"]) > LONGEST:
            return _plain(414, "the address is too long")
        # Another port of this machine is the same *site* to a browser, so a SameSite cookie alone would not keep it
        # out.
        if headers.get("sec-fetch-site") in _STRANGERS and headers.get("sec-fetch-mode") != "navigate":
            return _plain(403, "another site may link to this page and not build it into its own")
        return self._unknown(scope, headers) if self._rules.token is not None else None

    def _unknown(self, scope: Scope, headers: Headers) -> Response | None:
        """Return the answer to a request without the token; None for one with it."""
        if scope["path"] == ENTER:
            token = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=4).get("token", [""])[0]
            if self._fits(token):
                entered = RedirectResponse("/", 303)
                entered.set_cookie(
                    COOKIE, token, httponly=True, samesite="strict", secure=scope["scheme"] == "https", path="/"
                )
                return entered
        kind, _, shown = headers.get("authorization", "").partition(" ")
        if (kind.lower() == "bearer" and self._fits(shown.strip())) or self._fits(_cookie(headers)):
            return None
        refused = f"show the token: Authorization: Bearer …, or open {ENTER}?token=… once in this browser"
        return _plain(401, refused, **{"WWW-Authenticate": "Bearer"})

    def _fits(self, shown: str) -> bool:
        known = (self._rules.token or "").encode()
        return compare_digest(shown.encode("utf-8", "replace"), known) and bool(known)


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _plain(status: int, message: str, **headers: str) -> Response:
    return PlainTextResponse(message + "\n", status, headers)
