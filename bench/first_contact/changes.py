"""Change a composed portal as a redesign would, without any knowledge of its family's names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from replicas.sites.composed import ComposedSite
from replicas.sites.site import Site, SiteRequest, SiteResponse

Change = Callable[[SiteRequest, SiteResponse], SiteResponse]

_NEW = "/moi"
_NAMES = re.compile(r"""\b(class|id)=("|')([^"'<>]+)\2""")


@dataclass(frozen=True, slots=True)
class ChangedSite:
    """A site whose requests and answers pass through a change."""

    site: ComposedSite
    change: Change
    before: Callable[[SiteRequest], SiteRequest] = lambda request: request

    @property
    def host(self) -> str:
        """The site's host."""
        return self.site.host

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the site's answer, changed."""
        return self.change(request, self.site.respond(self.before(request)))


@dataclass(frozen=True, slots=True)
class AnsweringSite:
    """A host that answers every address but robots.txt alike; `robots` is that one's text."""

    host: str
    answer: SiteResponse
    robots: str = ""

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the answer to one request."""
        if request.path == "/robots.txt":
            return SiteResponse(self.robots.encode(), 200 if self.robots else 404, "text/plain; charset=utf-8")
        return self.answer


def lists_renamed(site: ComposedSite) -> Site:
    """Return the portal with every class and id of its list pages renamed."""
    return ChangedSite(site, _renaming(lambda request: site.list_at(request.path, request.query) is not None))


def articles_renamed(site: ComposedSite) -> Site:
    """Return the portal with every class and id of its article pages renamed."""
    return ChangedSite(site, _renaming(_article_of(site)))


def pages_renamed(site: ComposedSite) -> Site:
    """Return the portal with every class and id of its lists and article pages renamed."""
    is_article = _article_of(site)
    return ChangedSite(
        site, _renaming(lambda request: is_article(request) or site.list_at(request.path, request.query) is not None)
    )


def _article_of(site: ComposedSite) -> Callable[[SiteRequest], bool]:
    pattern = re.compile(site.key_pattern) if site.key_pattern else None
    paths = {site.article_path(article).partition("?")[0] for article in site.articles}
    return lambda request: request.path in paths or bool(pattern and pattern.fullmatch(request.path))


def paging_renamed(site: ComposedSite, old: str, new: str) -> Site:
    """Return the portal with another name of the query parameter that counts its pages, or of the end of that name."""
    links = re.compile(rf"([?&;][\w.]*?){re.escape(old)}=(?=\d)".encode())
    named = re.compile(rf"(^|&)(\w*?){re.escape(new)}=")

    def asked(request: SiteRequest) -> SiteRequest:
        known = [pair for pair in request.query.split("&") if not pair.partition("=")[0].endswith(old)]
        return replace(request, query=named.sub(rf"\1\2{old}=", "&".join(known)))

    def linked(_: SiteRequest, response: SiteResponse) -> SiteResponse:
        return replace(response, body=links.sub(rb"\1" + new.encode() + b"=", response.body))

    return ChangedSite(site, linked, asked)


def sections_moved(site: ComposedSite) -> Site:
    """Return the portal with its sections under other paths, as its menu says; the old ones are gone."""
    paths = sorted((section.path for section in site.sections), key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, paths)))
    new = re.compile("|".join(re.escape(f"{_NEW}{path}") for path in paths))

    def asked(request: SiteRequest) -> SiteRequest:
        path = new.sub(lambda found: found[0].removeprefix(_NEW), request.path)
        return replace(request, path="/404" if path == request.path and known.match(path) else path)

    def moved(found: re.Match[str]) -> str:
        return f"{_NEW}{found[0]}"

    def linked(_: SiteRequest, response: SiteResponse) -> SiteResponse:
        headers = tuple((name, known.sub(moved, value)) for name, value in response.headers)
        body = response.body
        if "html" in response.content_type:
            body = known.sub(moved, body.decode()).encode()
        return replace(response, body=body, headers=headers)

    return ChangedSite(site, linked, asked)


def interface_gone(site: ComposedSite) -> Site:
    """Return the portal without the interface that its lists come from."""

    def gone(request: SiteRequest, response: SiteResponse) -> SiteResponse:
        return SiteResponse(b"", 404) if request.method == "POST" else response

    return ChangedSite(site, gone)


def _renaming(concerns: Callable[[SiteRequest], bool]) -> Change:
    def change(request: SiteRequest, response: SiteResponse) -> SiteResponse:
        if not concerns(request) or "html" not in response.content_type:
            return response
        return replace(response, body=_NAMES.sub(_renamed, response.body.decode()).encode())

    return change


def _renamed(found: re.Match[str]) -> str:
    """Return the attribute with other names: their letters in the other order, so that no part of one is left."""
    names = " ".join(f"k-{name[::-1]}" for name in found[3].split())
    return f"{found[1]}={found[2]}{names}{found[2]}"
