"""Targets that read bytes and texts by themselves: encodings, packed bodies, dates, search queries."""

from __future__ import annotations

import gzip
import unicodedata
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import webencodings  # type: ignore[import-untyped]  # ships no types

from archive.errors import UsageError
from archive.search import query, snippet
from fuzz.targets import require, require_words
from pipelines.html.decoding import NOT_COMPRESSED, TOO_LARGE, decode_body
from vietnam.dates import (
    FIRST_YEAR,
    Moment,
    find_published,
    later_moments,
    read_machine,
    read_published,
    read_upload,
    read_url_day,
)
from vietnam.letters import clean_letters, decode, decode_as_served, fold, is_mojibake, nfc, strip_diacritics

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_LIMIT = 1 << 16


def first_line(data: bytes) -> tuple[str, bytes]:
    """Return the first line as text and the rest."""
    line, _, rest = data.partition(b"\n")
    return line.decode("utf-8", "replace"), rest


def decode_text(data: bytes) -> None:
    """Decode a body under the label in the first line; an encoding that was used gives what the WHATWG table gives."""
    label, body = first_line(data)
    for declared in (label, None):
        served = decode_as_served(body, declared)
        text = served.text.encode("utf-8").decode()  # a lone surrogate raises
        require(served.replaced == text.count("\ufffd"), "what is unreadable is counted")
        composed = decode(body, declared)
        require(composed == replace(served, text=nfc(text)), "`decode` composes what `decode_as_served` reads")
        require(unicodedata.is_normalized("NFC", composed.text), "a decoded text is NFC")
        stored = clean_letters(text)
        require(clean_letters(stored) == stored, "the stored form is final")
        require(fold(fold(text)) == fold(text), "the folded form is final")
        require(strip_diacritics(strip_diacritics(text)) == strip_diacritics(text), "a text without marks stays so")
        is_mojibake(text)
    known = webencodings.lookup(label.strip().strip("\"'").lower())
    served = decode_as_served(body, label)
    if (
        known is not None
        and known.codec_info.name == served.encoding
        and not body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    ):
        require(served.text == webencodings.decode(body, known)[0], f"{label} is read by the WHATWG table")


def decompress(data: bytes) -> None:
    """Undo the encodings in the first line, of the bytes as they stand and packed once."""
    encoding, body = first_line(data)
    found = decode_body(body, encoding, _LIMIT)
    require(len(found.data) <= max(_LIMIT, len(body)), "no body is larger than its limit")
    packed = {"gzip": gzip.compress(body, mtime=0), "deflate": zlib.compress(body)}
    for name, sent in packed.items():
        read = decode_body(sent, name, _LIMIT)
        require(read.data == body and not read.flags, f"{name} gives what was packed")
        cut = decode_body(sent[:-1], name, _LIMIT)
        require((cut.flags and body.startswith(cut.data)) or NOT_COMPRESSED in cut.flags, "a cut body is marked")
        require(TOO_LARGE in decode_body(sent, name, max(0, len(body) - 1)).flags or not body, "a limit holds")


def read_dates(data: bytes) -> None:
    """Read a text as every kind of date; what is read is in bounds, and is read again from its own ISO form."""
    text = data.decode("utf-8", "replace")
    with later_moments() as later:
        shown = find_published(text, NOW)
        found = [
            shown[0] if shown else None,
            read_published(text, NOW),
            read_machine(text, NOW),
            read_upload(text, NOW),
        ]
    for moment in found:
        if moment is not None:
            _require_moment(moment)
    if shown is not None:
        require(shown[1] and "\n" not in shown[1], "a date line is one line")
    if not later:
        again = [find_published(text, NOW + timedelta(days=4000)), read_published(text, NOW + timedelta(days=4000))]
        require(again == [shown, found[1]], "a text reads the same later when nothing in it is to come")
    day = read_url_day(text)
    require(day is None or day.year >= FIRST_YEAR, "no address has a day before the web")


def _require_moment(moment: Moment) -> None:
    require(moment.day.year >= FIRST_YEAR and moment.known_by(NOW), "a date is neither before the web nor to come")
    written = moment.isoformat()
    again = read_machine(written, NOW)
    require(again is not None and again.isoformat() == written, f"{written} is read as itself")


def parse_query(data: bytes) -> None:
    """Parse a line, or lines of options; mark its words in a text that has them."""
    line, rest = first_line(data)
    options = [
        (name, value)
        for name, _, value in (each.partition("=") for each in rest.decode("utf-8", "replace").split("\n"))
        if name in (*query.FILTERS, "without")
    ]
    try:
        parsed = query.parse(line, options=options)
    except UsageError as error:
        require_words(error)
        return
    require(query.parse(line, options=options) == parsed, "a line has one meaning")
    for term in parsed.terms:
        require(
            all(word and not any(map(str.isspace, word)) for word in (*term.exact, *term.plain)), "words have no blanks"
        )
    text = f"{line} {line}"
    for exact in (False, True):
        segments = snippet.marks(text, replace(parsed, exact=exact))
        require(
            "".join("".join(segment.text for segment in segments).split()) == "".join(text.split()),
            "marks leave out nothing but blanks",
        )
        snippet.snippet([line, text], replace(parsed, exact=exact))
