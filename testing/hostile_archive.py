"""Compose an archive whose portal attacks its readers: markup, addresses, control and bidi characters everywhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Outcome
from archive.model.records import Attachment, Capture, Document, PageRecord
from archive.store import Archive
from testing.archives import FIRST, at, finish, judge, make

PORTAL = "quang_tri"
SIGNAL = "pwned"
"""The traces of a payload that ran: a global, an element's id, a title, or a host that is asked."""

_RUN = f"window.{SIGNAL}=1"
PAYLOADS = (
    f"<script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea></style></script><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f'"><img src=x onerror="{_RUN}">',
    f"'><svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<math><mi//xlink:href='data:x,<script>{_RUN}</script>'>",
    f"<iframe srcdoc='<script>parent.{SIGNAL}=1</script>'></iframe>",
    "<iframe src=//pwned.invalid></iframe>",
    f"<object data='data:text/html,<script>{_RUN}</script>'></object>",
    f"<embed src='javascript:{_RUN}'>",
    f"<base href='javascript:{_RUN}//'>",
    "<base href='https://pwned.invalid/'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{_RUN}'>",
    "<meta http-equiv=refresh content='0;url=https://pwned.invalid/'>",
    "<link rel=stylesheet href=https://pwned.invalid/x.css>",
    "<style>*{display:none!important}@import url(https://pwned.invalid)</style>",
    "<form action=https://pwned.invalid><input autofocus onfocus=alert(1)>",
    f"<details open ontoggle={_RUN}>",
    f"<body onload={_RUN}>",
    f"<a href='javascript:{_RUN}' id=pwned>here</a>",
    f"javascript:{_RUN}",
    f" \x01javascript:{_RUN}",
    f"JaVaScRiPt&colon;{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f"vbscript:{_RUN}",
    "{{ 7*7 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "\u202egpj.exe\u202c bidi override",
    "\u2066isolate \u2067 with \u2069 no end \u200f\u200e",
    "zero\u200bwidth\u2060joined\ufefftext\u00ad",
    "nul\x00 bell\x07 escape\x1b[31m red backspace\x08",
    "\u2028line\u2029paragraph",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<x" + "<" * 200,
    "Z" + "\u0301" * 60 + "algo",
    "A" * 4000,
    '=HYPERLINK("https://pwned.invalid")',
    "'; DROP TABLE events; --",
    '" OR 1=1 NEAR( * ^ AND',
    "../../../../etc/passwd",
    "%3Cscript%3Ewindow.pwned=1%3C/script%3E",
    "+ADw-script+AD4-window.pwned=1+ADw-/script+AD4-",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    f"<template><script>{_RUN}</script></template><slot onslotchange={_RUN}>",
    f"<input type=hidden oncontentvisibilityautostatechange={_RUN} style=content-visibility:auto>",
    "<div id=main><div id=find><a name=forms>clobber</a></div></div>",
)

# As records of both ages hold them: sentences, and codes with the portal's words as a parameter.
REASONS = (
    Reason.sentence(PAYLOADS[3]),
    Reason.sentence(PAYLOADS[29]),
    *(Reason.of("title_of_error", title=payload) for payload in PAYLOADS[:34]),
)

BODIES = {
    "page": ("text/html", b"<!doctype html><script>window.pwned=1</script>"),
    "drawing": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.pwned=1</script></svg>'),
    "sheet": (
        "application/xhtml+xml",
        b'<html xmlns="http://www.w3.org/1999/xhtml"><script>window.pwned=1</script></html>',
    ),
    "feed": ("text/xml", b'<?xml-stylesheet href="https://pwned.invalid/x.xsl"?><rss/>'),
    "portable": ("application/pdf", b"%PDF-1.4 /OpenAction /JavaScript"),
}


def hostile(root: Path) -> Archive:
    """Two nights: every payload in every field that a portal fills, each edited in the second night."""
    archive = make(root)
    for number in range(2):
        night = archive.start(PORTAL, FIRST + timedelta(days=number), at(FIRST + timedelta(days=number)), judge)
        for place, payload in enumerate(PAYLOADS):
            _keep(night, f"p{place:02d}", payload, number)
        if number == 0:
            for name, (kind, body) in BODIES.items():
                _keep(night, name, f"Served as {name}", number, kind, body)
            _keep(night, "a/../b//<i>?q=#%2f", "A key with everything", number)
            _keep(night, "set-aside", PAYLOADS[0], number, reasons=REASONS)
        finish(night, at(FIRST + timedelta(days=number, seconds=9)))
        archive.seal(FIRST + timedelta(days=number), {"ninh_thuan": Reason.sentence(PAYLOADS[0])})
    return archive


def _keep(
    night: RunWriter,
    key: str,
    payload: str,
    number: int,
    kind: str = "text/html",
    body: bytes = b"",
    reasons: tuple[Reason, ...] = (),
) -> None:
    moment = at(night.night) + timedelta(seconds=1)
    clean = "".join(char for char in payload if char.isprintable() and char.isascii())[:300]
    headers = (("Content-Type", kind), ("X-Payload", clean), ("Link", '<https://pwned.invalid>; rel="stylesheet"'))
    url = payload if ":" in payload[:16] else f"https://{PORTAL}.gov.vn.replica.test/{clean}"
    ref = night.capture(Capture(url, 200, headers, body or f"{payload} {number}".encode(), moment, ArchiveKind.REPLICA))
    lines = (payload, f"number {number}", "unchanged", payload[::-1])
    document = Document(
        portal=night.portal,
        section=payload[:100].replace("\x00", ""),
        url=url,
        key=key,
        title=payload,
        text="\n\n".join([payload, "08:00 03/03/2025", *lines]) + "\n",
        content="\n".join([payload, *lines]),
        fetched_at=moment,
        via=ArchiveKind.REPLICA,
        warc=ref,
        published="2025-03-03T08:00:00+07:00",
        published_raw=payload[:60],
        author=payload,
        documents=(payload[:80],),
        attachments=(Attachment(payload[:200], url, "pdf"),),
    )
    page = PageRecord(url, Outcome.ARTICLE, moment, 200, key=key, section="tin", warc=ref)
    if reasons:
        night.write(page, document, reasons)
    else:
        night.write(page, document)
