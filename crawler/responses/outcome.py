"""What came back: one of the closed list of outcomes, judged by the structure of the answer, never by one phrase.

A phrase counts only together with the structure around it: `Chi tiết bài viết tạm thời không có.` stands below good
articles (it is the empty related list), and password fields and captcha widgets stand in the dialogs of good pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archive.model.enums import Outcome
from crawler.downloader.decompression import CUT, DATALOSS, TOO_LARGE, UNKNOWN_ENCODING
from crawler.requests import Expect
from crawler.responses.page_shape import PageShape, read_shape
from pipelines.readers.json_values import JsonError, json_text, value_of
from vietnam.letters import strip_diacritics

__all__ = ["ResponseFacts", "classify"]


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """An answer as `classify` needs it.

    `headers` have lower-case names; `body` is decoded from its transfer form; `text` is None when the body is no text.
    `url` is where the answer came from, `requested_url` what was asked for before redirects; `home` is the portal's
    front page, `own` its hosts, all three with the replica suffix in a rehearsal. `flags` are those of crawler.downloader.decompression
    and Scrapy. `has_article` says that a layout of the portal found a title and a body in the page,
    `json` that an interface was asked, which answers in JSON.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    text: str | None
    url: str
    requested_url: str
    expect: Expect
    home: str
    own: frozenset[str]
    flags: frozenset[str] = field(default_factory=frozenset)
    has_article: bool = False
    json: bool = False


Judged = tuple[Outcome, str | None]

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
_SHORT = 700  # characters of main text: the articles of the field guide that are shorter have a title block
_TINY = 4096  # bytes: the recorded challenges have 155 to 177


def classify(seen: ResponseFacts) -> Judged:
    """The outcome of an answer and a short detail for the page's line. Pure; the order of the questions matters."""
    data = json_text(seen.text) if seen.json and seen.text is not None else None
    shape = read_shape(seen.text) if seen.text is not None and data is None else None
    return (
        _transfer(seen)
        or _blocked(seen, shape)
        or _status(seen, shape)
        or _place(seen)
        or _type(seen)
        or _content(seen, shape)
        or (_json(seen, data) if seen.json else None)
        or (Outcome(seen.expect.value), None)
    )


def _transfer(seen: ResponseFacts) -> Judged | None:
    if TOO_LARGE in seen.flags or "download_stopped" in seen.flags:
        return Outcome.TOO_LARGE, "larger than the limit after decompression"
    if DATALOSS in seen.flags:
        return Outcome.TRUNCATED, "fewer bytes than announced"
    if CUT in seen.flags:
        return Outcome.TRUNCATED, "the compressed body has no valid end"
    if UNKNOWN_ENCODING in seen.flags:
        return Outcome.UNSUPPORTED_TYPE, f"content encoding {seen.headers.get('content-encoding', '')}"[:80]
    return None


def _blocked(seen: ResponseFacts, shape: PageShape | None) -> Judged | None:
    """Challenges and robot checks come with 200 as well as with 403 and 503."""
    if seen.text is None or shape is None or seen.has_article:
        return None
    if len(seen.body) <= _TINY and shape.sets_cookie and shape.reloads and len(shape.visible) < 200:
        return Outcome.CHALLENGE, f"cookie and reload in {len(seen.body)} bytes"
    if shape.captcha and (shape.returns_here or len(shape.main) < _SHORT):
        return Outcome.ROBOT_CHECK, f"asks for {shape.captcha}"
    return None


def _status(seen: ResponseFacts, shape: PageShape | None) -> Judged | None:
    if seen.status in _STATUS:
        return _STATUS[seen.status], f"status {seen.status}"
    if seen.status == 503 and ("retry-after" in seen.headers or (shape and _MAINTENANCE.search(_plain(shape.head)))):
        return Outcome.MAINTENANCE, "status 503"
    if seen.status >= 500:
        return Outcome.SERVER_ERROR, f"status {seen.status}"
    if seen.status in (204, 205) or (seen.status == 200 and not seen.body.strip()):
        return Outcome.EMPTY, "no body"
    if seen.status != 200:
        return Outcome.ERROR, f"status {seen.status}"
    return None


def _place(seen: ResponseFacts) -> Judged | None:
    at, asked = urlsplit(seen.url), urlsplit(seen.requested_url)
    if (at.hostname or "") not in seen.own:
        return Outcome.WRONG_HOST, f"came from {at.hostname}"
    if at == asked:
        return None
    if _LOGIN_PATH.search(at.path) and not _LOGIN_PATH.search(asked.path):
        return Outcome.LOGIN, "redirected to the login page"
    # The front page's address may itself be a section's first page, so only what was asked deeper counts.
    if _FRONT.fullmatch(at.path) and not at.query and not _FRONT.fullmatch(asked.path) and not seen.has_article:
        return Outcome.SOFT_404, "redirected to the front page"
    return None


def _type(seen: ResponseFacts) -> Judged | None:
    if seen.expect is Expect.ATTACHMENT:
        return None
    kind = seen.headers.get("content-type", "").partition(";")[0].strip().lower()
    for magic, name in (*_MAGIC, *_MAGIC_IMAGES):
        if seen.body.startswith(magic):
            return Outcome.UNSUPPORTED_TYPE, name
    allowed = (*_HTML, *_XML) if seen.expect is Expect.LISTING else _HTML
    if seen.json:
        allowed = (*_JSON, *_HTML)  # the body says what it is: interfaces send JSON under either
    if kind not in allowed or seen.text is None:
        return Outcome.UNSUPPORTED_TYPE, (kind or "no text")[:80]
    return None


def _content(seen: ResponseFacts, shape: PageShape | None) -> Judged | None:
    if shape is None or seen.expect is Expect.ATTACHMENT or shape.is_xml:
        return None
    if not seen.has_article:
        return _without_article(seen, shape)
    if _is_bare(shape) and _says(_NOT_FOUND, shape):
        return Outcome.SOFT_404, "the page says so under its title"
    return _cut_html(seen, shape)


def _json(seen: ResponseFacts, data: str | None) -> Judged | None:
    """What an interface answers when it does not answer: a page, JSON that is broken, or nothing under the id."""
    if data is None:
        return Outcome.UNSUPPORTED_TYPE, "a page instead of JSON"
    try:
        value = value_of(data)
    except JsonError as error:
        return (Outcome.TRUNCATED if error.cut else Outcome.ERROR), str(error)[:200]
    if seen.expect is Expect.ARTICLE and not seen.has_article:
        if value in (None, [], {}, ""):
            return Outcome.SOFT_404, "the interface has no such article"
        return Outcome.EMPTY, "JSON without an article's title and text"
    return None


def _without_article(seen: ResponseFacts, shape: PageShape) -> Judged | None:
    if shape.app_root and len(shape.visible) < 200:
        return Outcome.APP_SHELL, f"empty #{shape.app_root}"
    if _is_bare(shape) and _says(_MAINTENANCE, shape) and shape.links < 40:
        return Outcome.MAINTENANCE, "the page says so"
    if seen.expect is Expect.ARTICLE and shape.password and _is_bare(shape):
        return Outcome.LOGIN, "a password field and no article"
    if seen.expect is Expect.ARTICLE and _is_bare(shape) and _says(_NOT_FOUND, shape):
        return Outcome.SOFT_404, "the page says so and has no article"
    if len(shape.main) < 40 and (seen.expect is Expect.ARTICLE or not shape.links):
        return Outcome.EMPTY, "no text besides menu and frame"
    return _cut_html(seen, shape)


def _cut_html(seen: ResponseFacts, shape: PageShape) -> Judged | None:
    """A document that begins and does not end: cut where the connection carries its end, else accepted and noted."""
    if not shape.begins_html or shape.ends_html:
        return None
    if "partial" in seen.flags:  # no Content-Length: only the closed connection said that this is all
        return Outcome.TRUNCATED, "the connection ended before </html>"
    return Outcome(seen.expect.value), "no </html>"


def _is_bare(shape: PageShape) -> bool:
    """Whether the page's main text is too little for an article: short, and not two paragraphs of it."""
    return len(shape.main) < _SHORT and shape.paragraphs < 2


def _says(pattern: re.Pattern[str], shape: PageShape) -> bool:
    return bool(pattern.search(_plain(shape.head)) or (len(shape.main) < 200 and pattern.search(_plain(shape.main))))


def _plain(text: str) -> str:
    return strip_diacritics(text)
