"""Judge what came of a home page: an answer, a redirect, a challenge, silence, or a page that is no portal's. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.model.decommission import BAD_CERTIFICATE, NO_NAME
from archive.model.enums import Outcome
from crawler.check.fetch import FetchResult
from crawler.responses.facts import listing_text
from crawler.urls import host_of, real_host, real_url
from pipelines.html.page_shape import PageShape, read_shape
from vietnam.letters import strip_diacritics
from vietnam.provinces import Province, is_commune_host, successor

_SHORT = 700  # characters of main text: a portal's home page has more
_FEW_LINKS = 15
# Compared without diacritics and in lower case: the words of registrars, hosting companies and fresh web servers.
_PARKED = re.compile(
    r"domain (?:name )?(?:is |may be |has )?(?:for sale|parked|expired|available)|buy this domain|parked (?:domain|free)"
    r"|ten mien\b.{0,60}?\b(?:dang (?:ban|cho)|het han|chua (?:duoc )?(?:tro|cau hinh)|da duoc dang ky|rao ban)"
    r"|(?:web ?site|trang web|trang)\b.{0,30}?\b(?:dang (?:duoc )?xay dung|under construction|coming soon)"
    r"|welcome to (?:nginx|openresty|caddy)|apache\d? .{0,30}default page|\bit works!|iis windows server|internet information services"
    r"|default (?:web ?site )?page|(?:account|hosting|website) .{0,20}suspended|site not found"
)


class HomeState(StrEnum):
    """Say what came of a home page."""

    ANSWERS = "answers"
    REDIRECTED = "sent elsewhere"
    PARKED = "parked"
    LOGIN = "login"
    SHELL = "script shell"
    EMPTY = "empty"
    MISSING = "no such page"
    MAINTENANCE = "maintenance"
    CHALLENGE = "challenge"
    ROBOT_CHECK = "asks for a person"
    FIREWALL = "firewall"
    FORBIDDEN = "refused"
    ROBOTS = "robots.txt forbids"
    SLOW_DOWN = "asks to wait"
    SERVER_ERROR = "server error"
    TIMEOUT = "time-out"
    CLOSED = "connection refused"
    NO_NAME = "no such name"
    CERTIFICATE = "certificate invalid"
    SILENT = "no connection"
    UNREADABLE = "unreadable"


_OUTCOMES = {
    Outcome.MOVED: HomeState.REDIRECTED,
    Outcome.EXTERNAL_LINK: HomeState.REDIRECTED,
    Outcome.WRONG_HOST: HomeState.REDIRECTED,
    Outcome.LOGIN: HomeState.LOGIN,
    Outcome.APP_SHELL: HomeState.SHELL,
    Outcome.EMPTY: HomeState.EMPTY,
    Outcome.GONE: HomeState.MISSING,
    Outcome.SOFT_404: HomeState.MISSING,
    Outcome.MAINTENANCE: HomeState.MAINTENANCE,
    Outcome.CHALLENGE: HomeState.CHALLENGE,
    Outcome.ROBOT_CHECK: HomeState.ROBOT_CHECK,
    Outcome.FIREWALL: HomeState.FIREWALL,
    Outcome.REFUSED: HomeState.FORBIDDEN,
    Outcome.ROBOTS_DENIED: HomeState.ROBOTS,
    Outcome.RATE_LIMITED: HomeState.SLOW_DOWN,
    Outcome.SERVER_ERROR: HomeState.SERVER_ERROR,
}
_SILENCE = {
    "timeout": HomeState.TIMEOUT,
    "connection refused": HomeState.CLOSED,
    NO_NAME: HomeState.NO_NAME,
    BAD_CERTIFICATE: HomeState.CERTIFICATE,
}
UNANSWERED = frozenset({HomeState.TIMEOUT, HomeState.CLOSED, HomeState.NO_NAME, HomeState.SILENT})
"""States after which another way to the same home page is tried."""
ENDING = UNANSWERED | {
    HomeState.REDIRECTED,
    HomeState.MAINTENANCE,
    HomeState.CHALLENGE,
    HomeState.ROBOT_CHECK,
    HomeState.FIREWALL,
    HomeState.FORBIDDEN,
    HomeState.SLOW_DOWN,
    HomeState.CERTIFICATE,
}
"""States after which the host is asked for nothing more: what keeps visitors out is recorded and not worked around."""


@dataclass(frozen=True, slots=True)
class HomeAnswer:
    """The answer of a home page. `address` is the one that answered, or the first one that was tried.

    `sent_to` is the host that it sends on to, `tried` what came of each address, in words.
    """

    state: HomeState
    address: str
    detail: str = ""
    status: int | None = None
    sent_to: str | None = None
    tried: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The state with its detail, as a table shows it."""
        return f"{self.state.value} ({self.detail})" if self.detail else self.state.value


def judge_home(answers: Sequence[FetchResult], province: Province) -> HomeAnswer:
    """Return the answer of a province's home page. `answers` are those of the tried addresses; the last one counts."""
    states = [_state(answer) for answer in answers]
    tried = tuple(f"{real_url(a.ask.url)}: {_words(state, a)}" for a, (state, _) in zip(answers, states, strict=True))
    answer, (state, detail) = answers[-1], states[-1]
    if state in UNANSWERED:  # the first address is the one that people know
        answer, (state, detail) = answers[0], states[0]
    response = answer.response
    sent_to = _sent_to(answer) if state is HomeState.REDIRECTED else None
    if sent_to:
        detail = f"{sent_to}, {_relation(sent_to, province)}"
    address = real_url(response.url if response is not None else answer.ask.url)
    return HomeAnswer(state, address, detail, response.status if response is not None else None, sent_to, tried)


def _state(answer: FetchResult) -> tuple[HomeState, str]:
    outcome, detail = answer.outcome, answer.detail or ""
    if answer.tls or detail == BAD_CERTIFICATE:
        return HomeState.CERTIFICATE, answer.tls or ""
    if outcome is Outcome.UNREACHABLE:
        return _SILENCE.get(detail, HomeState.SILENT), "" if detail in _SILENCE else detail
    if outcome is Outcome.GUARD_DENIED and answer.sent_to:
        return HomeState.REDIRECTED, ""
    if outcome not in (Outcome.FRONT_PAGE, Outcome.EMPTY) or answer.response is None:
        return _OUTCOMES.get(outcome, HomeState.UNREADABLE), detail
    text = listing_text(answer.response) if answer.response.body else None
    shape = read_shape(text) if text is not None else None
    named = _named_state(shape) if shape is not None else None
    if named is None and outcome is Outcome.FRONT_PAGE and shape is None:
        return HomeState.UNREADABLE, "no page that can be parsed"
    return named or (_OUTCOMES.get(outcome, HomeState.ANSWERS), detail)


def _named_state(shape: PageShape) -> tuple[HomeState, str] | None:
    """Return what a page with little on it says that it is: parked, a login, drawn by scripts; None for any other."""
    if len(shape.main) >= _SHORT or shape.links >= _FEW_LINKS:
        return None
    if found := _PARKED.search(strip_diacritics(f"{shape.head} {shape.main}").lower()):
        return HomeState.PARKED, f"the page says `{found[0]}`"
    if shape.password:
        return HomeState.LOGIN, "a password field and no menu"
    return None if shape.visible else (HomeState.SHELL, "no text without scripts")


def _words(state: HomeState, answer: FetchResult) -> str:
    return f"{state.value} ({answer.detail})" if answer.detail else state.value


def _sent_to(answer: FetchResult) -> str:
    """Return the host that an answer sends on to."""
    if answer.outcome is Outcome.MOVED and answer.detail:
        return answer.detail
    there = answer.sent_to or answer.detail or ""
    return real_host(host_of(there)) or real_host(there)


def _relation(host: str, province: Province) -> str:
    """Return what a host is to a province: its successor's portal, a host below that, or another one."""
    today = successor(province.slug)
    bare = host.removeprefix("www.")
    if bare == today.domain:
        return f"the portal of {today.name}" + (", into which it was merged" if today is not province else "")
    if is_commune_host(bare):
        return "a commune's portal, which took the name and continues no province's"
    if bare.endswith(f".{today.domain}"):
        return f"a host below {today.domain}, which is no province's portal"
    return "another host"
