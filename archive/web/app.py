"""Build the web application: its routes, and the steps before and after each of them. Every route only reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.errors import ArchiveError
from archive.messages.catalogue import LANGUAGES
from archive.messages.reason import Reason
from archive.web.context import PageContext, PageNotFound, PageRequest
from archive.web.i18n import preferred
from archive.web.middleware import AccessRules, SecurityMiddleware
from archive.web.views.article import article, changes
from archive.web.views.calendar import month, night, overview, portal
from archive.web.views.documents import documents
from archive.web.views.downloads import body, capture, proof, text
from archive.web.views.integrity import integrity
from archive.web.views.quarantine import doubtful
from archive.web.views.search import find

_STATIC = Path(__file__).with_name("static")
_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

View = Callable[[PageContext, PageRequest], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

ROUTES: dict[str, View] = {
    "/": overview,
    "/nights/{night}": night,
    "/coverage/{month}": month,
    "/portals/{portal}": portal,
    "/articles/{portal}/{key:path}": article,
    "/changes": changes,
    "/texts/{night}/{run}/{seq}.txt": text,
    "/proofs/{night}/{run}/{seq}.json": proof,
    "/captures/{night}/{run}/{seq}.txt": body,
    "/captures/{night}/{run}/{seq}": capture,
    "/search": find,
    "/documents": documents,
    "/doubtful": doubtful,
    "/integrity": integrity,
}
"""Below each language."""


def application(context: PageContext, rules: AccessRules) -> ASGIApp:
    """Build the page of one archive under these rules."""
    routes = [Route(f"/{{language}}{path}", _shown(context, view), methods=["GET"]) for path, view in ROUTES.items()]
    routes += [Route("/", _welcome), Route("/robots.txt", _robots)]
    routes += [Route(f"/{language}", _front(language)) for language in LANGUAGES]
    routes += [
        Route(f"/static/{path.name}", _fixed(path)) for path in sorted(_STATIC.iterdir()) if path.suffix in _KINDS
    ]
    inner = Starlette(routes=routes, exception_handlers={HTTPException: _refused(context), Exception: _broken})
    inner.router.redirect_slashes = False
    return SecurityMiddleware(inner, rules)


def _shown(context: PageContext, view: View) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        page_request = PageRequest.of(request)
        if page_request.language not in LANGUAGES:
            raise HTTPException(404)
        try:
            return await run_in_threadpool(view, context, page_request)
        except ArchiveError as error:
            return await run_in_threadpool(context.refuse, page_request, error)

    return endpoint


async def _welcome(request: Request) -> Response:
    language = preferred(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{language}/", 302, {"Vary": "Accept-Language"})


def _front(language: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return RedirectResponse(f"/{language}/", 308)

    return endpoint


async def _robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _fixed(path: Path) -> Endpoint:
    data, kind = path.read_bytes(), _KINDS[path.suffix]

    async def endpoint(request: Request) -> Response:
        return Response(data, media_type=kind)

    return endpoint


def _refused(context: PageContext) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        first = request.url.path.split("/")[1]
        language = first if first in LANGUAGES else preferred(request.headers.get("accept-language", ""))
        page_request = PageRequest(language, f"/{language}/", {}, {})
        page = context.refuse(page_request, PageNotFound(Reason.of("no_such_page")))
        page.status_code = status
        return page

    return answer


async def _broken(request: Request, error: Exception) -> Response:
    return PlainTextResponse("this page could not be made; the server's log says why\n", 500)
