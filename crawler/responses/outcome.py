"""Classify a response as one of the closed list of outcomes, by its structure, never by one phrase.

A phrase counts only together with the structure around it: `Chi tiết bài viết tạm thời không có.` stands below good
articles (it is the empty related list), and password fields and captcha widgets stand in the dialogs of good pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archive.model.enums import Outcome
from crawler.requests import Expect
from pipelines.html.addresses import split_address
from pipelines.html.decoding import CUT, DATALOSS, TOO_LARGE, UNKNOWN_ENCODING
from pipelines.html.json_values import JsonFacts
from pipelines.html.page_shape import PageShape
from vietnam.letters import strip_diacritics


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """Facts of an answer for `classify`.

    `headers` have lower-case names; `body` is decoded from its transfer form; `is_text` says whether it is text at all.
    `url` is where the answer came from, `requested_url` the address before redirects; `home` is the portal's front
    page, `own` its hosts, all with the replica suffix in a rehearsal. `flags` are those of
    crawler.downloader.decompression and Scrapy. `json`: an interface was asked, which answers in JSON.

    `data`, `shape` and `has_article` are read from the page: the facts of its JSON, None for any other text; the shape of
    its tree, None where it has none; and whether a layout of the portal found a title and a body in it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_text: bool
    url: str
    requested_url: str
    expect: Expect
    home: str
    own: frozenset[str]
    flags: frozenset[str] = field(default_factory=frozenset)
    json: bool = False
    data: JsonFacts | None = None
    shape: PageShape | None = None
    has_article: bool = False


OutcomeDetail = tuple[Outcome, str | None]

_STATUS = {
    304: Outcome.NOT_MODIFIED,
    401: Outcome.REFUSED,
    403: Outcome.REFUSED,
    404: Outcome.GONE,
    407: Outcome.REFUSED,
    410: Outcome.GONE,
    429: Outcome.RATE_LIMITED,
    451: Outcome.REFUSED,
}
_HTML = ("text/html", "application/xhtml+xml", "text/plain", "")
_JSON = ("application/json", "text/json", "text/javascript", "application/javascript")
_XML = ("application/xml", "text/xml", "application/rss+xml", "application/atom+xml")
_MAGIC = ((b"%PDF", "pdf"), (b"PK\x03\x04", "zip or office file"), (b"\xd0\xcf\x11\xe0", "office file"))
_MAGIC_IMAGES = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))
_LOGIN_PATH = re.compile(r"/(?:login|logon|signin|dang-?nhap|_layouts/\d*/?authenticate|c/portal/login)\b", re.I)
_FRONT = re.compile(
    r"/?(?:vi|vi-vn|web/guest|index\.(?:html?|php|aspx)|default\.aspx|pages/default\.aspx|home|trang-chu)?/?", re.I
)

# Compared without diacritics and in lower case, and only in the heading or the whole main text of a short page.
_NOT_FOUND = re.compile(
    r"khong tim thay|khong ton tai|da bi xoa|da bi go|khong con ton tai|noi dung khong co"
    r"|page not found|not found|does not exist|no longer available|\b404\b"
)
_MAINTENANCE = re.compile(
    r"bao tri|dang nang cap|tam ngung|tam dung hoat dong|under maintenance|maintenance|be right back"
)
# Names of firewalls and what they call the record of a refusal.
_FIREWALL = re.compile(
    r"\bcloudrity\b|\bweb application firewall\b|\bwaf\b|\bincapsula incident id\b|\bray id\b|\bfortiweb\b"
    r"|\bweb page blocked\b|\battack id\b|\b(?:your|the) support id is\b|\brequest (?:is |was |has been )?(?:blocked|rejected)\b"
    r"|\b(?:yeu cau|truy cap)(?: cua ban)? (?:da )?bi (?:chan|tu choi)\b|\btuong lua\b"
)
_FIREWALL_SERVER = re.compile(r"cloudrity", re.IGNORECASE)
_FIREWALL_STATUS = (403, 405, 406)
_WALL_LINKS = 5
_SHORT = 700  # characters of main text: the articles of the field guide that are shorter have a title block
_TINY = 4096  # bytes: the recorded challenges have 155 to 177


def classify(facts: ResponseFacts) -> OutcomeDetail:
    """Return the outcome of an answer and a short detail for the page's line. Pure; the order of the checks matters."""
    return (
        _transfer(facts)
        or _blocked(facts)
        or _status(facts)
        or _place(facts)
        or _type(facts)
        or _content(facts)
        or (_json(facts) if facts.json else None)
        or (Outcome(facts.expect.value), None)
    )


def needs_tree(facts: ResponseFacts) -> bool:
    """Return whether the outcome is decided by what stands in the page as well: status, headers and size are not enough."""
    return facts.is_text and bool(facts.body.strip()) and _transfer(facts) is None


def best_outcome(facts: ResponseFacts) -> OutcomeDetail:
    """Return the outcome of an answer if its page holds an article, whatever it holds."""
    return classify(replace(facts, shape=None, has_article=True, data=JsonFacts()))


def _transfer(facts: ResponseFacts) -> OutcomeDetail | None:
    if TOO_LARGE in facts.flags or "download_stopped" in facts.flags:
        return Outcome.TOO_LARGE, "larger than the limit after decompression"
    if DATALOSS in facts.flags:
        return Outcome.TRUNCATED, "fewer bytes than announced"
    if CUT in facts.flags:
        return Outcome.TRUNCATED, "the compressed body has no valid end"
    if UNKNOWN_ENCODING in facts.flags:
        return Outcome.UNSUPPORTED_TYPE, f"content encoding {facts.headers.get('content-encoding', '')}"[:80]
    return None


def _blocked(facts: ResponseFacts) -> OutcomeDetail | None:
    """Recognise challenges, robot checks and firewalls, which come with 200 as well as with 403 and 503."""
    shape = facts.shape
    if shape is None or facts.has_article:
        return None
    if len(facts.body) <= _TINY and shape.sets_cookie and shape.reloads and len(shape.visible) < 200:
        return Outcome.CHALLENGE, f"cookie and reload in {len(facts.body)} bytes"
    if shape.captcha and (shape.returns_here or len(shape.main) < _SHORT):
        return Outcome.ROBOT_CHECK, f"asks for {shape.captcha}"
    # A throttling is a 429 whoever answers it: it is asked again after the time that it names.
    if facts.status != 429 and (words := _firewall_words(facts, shape)):
        return Outcome.FIREWALL, words
    return None


def _firewall_words(facts: ResponseFacts, shape: PageShape) -> str | None:
    """Return the words by which a bare page without a menu is a firewall's; None for every other page."""
    if shape.links > _WALL_LINKS or not _is_bare(shape):
        return None
    found = _FIREWALL.search(_plain(f"{shape.head} {shape.visible}"))
    if found is not None:
        return f"a firewall's page: {found[0]}"[:80]
    server = _FIREWALL_SERVER.search(facts.headers.get("server", ""))
    return f"a firewall's page: server {server[0]}" if server and facts.status in _FIREWALL_STATUS else None


def _status(facts: ResponseFacts) -> OutcomeDetail | None:
    if facts.status in _STATUS:
        return _STATUS[facts.status], f"status {facts.status}"
    if facts.status == 503 and (
        "retry-after" in facts.headers or (facts.shape is not None and _MAINTENANCE.search(_plain(facts.shape.head)))
    ):
        return Outcome.MAINTENANCE, "status 503"
    if facts.status >= 500:
        return Outcome.SERVER_ERROR, f"status {facts.status}"
    if facts.status in (204, 205) or (facts.status == 200 and not facts.body.strip()):
        return Outcome.EMPTY, "no body"
    if facts.status != 200:
        return Outcome.ERROR, f"status {facts.status}"
    return None


def _place(facts: ResponseFacts) -> OutcomeDetail | None:
    at, requested = split_address(facts.url), split_address(facts.requested_url)
    if (at.hostname or "") not in facts.own:
        return Outcome.WRONG_HOST, f"came from {at.hostname}"
    if at == requested:
        return None
    if _LOGIN_PATH.search(at.path) and not _LOGIN_PATH.search(requested.path):
        return Outcome.LOGIN, "redirected to the login page"
    # The front page's address may itself be a section's first page, so only what was asked deeper counts.
    if _FRONT.fullmatch(at.path) and not at.query and not _FRONT.fullmatch(requested.path) and not facts.has_article:
        return Outcome.SOFT_404, "redirected to the front page"
    return None


def _type(facts: ResponseFacts) -> OutcomeDetail | None:
    if facts.expect is Expect.ATTACHMENT:
        return None
    kind = facts.headers.get("content-type", "").partition(";")[0].strip().lower()
    for magic, name in (*_MAGIC, *_MAGIC_IMAGES):
        if facts.body.startswith(magic):
            return Outcome.UNSUPPORTED_TYPE, name
    allowed = (*_HTML, *_XML) if facts.expect is Expect.LISTING else _HTML
    if facts.json:
        allowed = (*_JSON, *_HTML)  # the body says what it is: interfaces send JSON under either
    if kind not in allowed or not facts.is_text:
        return Outcome.UNSUPPORTED_TYPE, (kind or "no text")[:80]
    return None


def _content(facts: ResponseFacts) -> OutcomeDetail | None:
    shape = facts.shape
    if shape is None or facts.expect is Expect.ATTACHMENT or shape.is_xml:
        return None
    if shape.excess:
        return Outcome.TOO_LARGE, shape.excess
    if not facts.has_article:
        return _without_article(facts, shape)
    if shape.notice or (_is_bare(shape) and _says(_NOT_FOUND, shape)):
        return Outcome.SOFT_404, "the page says so under its title"
    return _cut_html(facts, shape)


def _json(facts: ResponseFacts) -> OutcomeDetail | None:
    """Recognise an interface's failure: a page, JSON that is broken, or nothing under the id."""
    if facts.data is None:
        return Outcome.UNSUPPORTED_TYPE, "a page instead of JSON"
    if facts.data.error:
        return (Outcome.TRUNCATED if facts.data.cut else Outcome.ERROR), facts.data.error[:200]
    if facts.expect is Expect.ARTICLE and not facts.has_article:
        if facts.data.empty:
            return Outcome.SOFT_404, "the interface has no such article"
        return Outcome.EMPTY, "JSON without an article's title and text"
    return None


def _without_article(facts: ResponseFacts, shape: PageShape) -> OutcomeDetail | None:
    if shape.app_root and len(shape.visible) < 200:
        return Outcome.APP_SHELL, f"empty #{shape.app_root}"
    if _is_bare(shape) and _says(_MAINTENANCE, shape) and shape.links < 40:
        return Outcome.MAINTENANCE, "the page says so"
    if facts.expect is Expect.ARTICLE and (shape.locked or (shape.password and _is_bare(shape))):
        return Outcome.LOGIN, "a password field and no article"
    if facts.expect is Expect.ARTICLE and (shape.notice or (_is_bare(shape) and _says(_NOT_FOUND, shape))):
        return Outcome.SOFT_404, "the page says so and has no article"
    if len(shape.main) < 40 and (facts.expect is Expect.ARTICLE or not shape.links):
        where = f"; the page sends on to {shape.sends_to}" if shape.sends_to else ""
        return Outcome.EMPTY, f"no text besides menu and frame{where}"[:200]
    return _cut_html(facts, shape)


def _cut_html(facts: ResponseFacts, shape: PageShape) -> OutcomeDetail | None:
    """Recognise a document without its end: cut where the connection carries its end, else accepted with a note."""
    if not shape.begins_html or shape.ends_html:
        return None
    if "partial" in facts.flags:  # no Content-Length: only the closed connection said that this is all
        return Outcome.TRUNCATED, "the connection ended before </html>"
    return Outcome(facts.expect.value), "no </html>"


def _is_bare(shape: PageShape) -> bool:
    """Return whether the page's main text is too little for an article: short, and not two paragraphs of it."""
    return len(shape.main) < _SHORT and shape.paragraphs < 2


def _says(pattern: re.Pattern[str], shape: PageShape) -> bool:
    return bool(pattern.search(_plain(shape.head)) or (len(shape.main) < 200 and pattern.search(_plain(shape.main))))


def _plain(text: str) -> str:
    return strip_diacritics(text)
