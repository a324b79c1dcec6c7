"""Letters and encodings: NULs, broken and false UTF-8, legacy fonts, decomposed and invisible letters, terminal codes."""

from __future__ import annotations

import unicodedata

from archive.model.enums import Event, Outcome
from faults.catalogue import Place, require, row
from faults.content.versions import article_of
from faults.network.crawl import KEYS, crawl_failing, portal
from faults.process.commands import archive, expect
from testing.ba_song_pages import article, listing
from testing.http_server import response

_TITLE = "Ủy ban nhân dân tỉnh họp về phòng chống thiên tai"
_WORDS = ("Chủ tịch xã An Bình mở lớp học bơi cho trẻ em.", "Lớp học do thầy Trần Văn Lúa dạy, mỗi tuần hai buổi.") * 3
_TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam. §éc lËp - Tù do - H¹nh phóc. Uû ban nh©n d©n tØnh Qu¶ng TrÞ."
_VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam. Ñoäc laäp - Töï do - Haïnh phuùc. UÛy ban nhaân daân tænh."
_BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff\u00ad\U000e0041\U000e007f"


def _invisible(text: str) -> list[str]:
    return [
        f"U+{ord(letter):04X}"
        for letter in set(text) - {"\n", "\t"}
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs")
    ]


@row("C7", "NUL bytes in text, title and address", weight=8)
def _c7(place: Place) -> str:
    nul = article_of("Xã An\0 Bình mở lớp\0", *_WORDS).replace("thầy".encode(), b"th\0\xe1\xba\xa7y")
    named = listing(["a", "c", "d", "b\0", "b%00"]).replace(b"<ul>", b"<ul>\0\0")
    begins = b"\0" * 40 + article(3)
    night = crawl_failing(place, portal(list=response(named), a=response(nul), d=response(begins)))
    require("thầy Trần Văn Lúa" in night.text("a") and night.line("a").title == "Xã An Bình mở lớp", night.text("a"))
    require(night.kept >= {"a", "c", "d"}, f"kept are {sorted(night.kept)}: {night.outcomes}")
    odd = [path for path in night.asked if "\0" in path or "%00" in path]
    require(not odd and not _invisible(night.text("a") + night.text("d")), f"asked for {odd}")
    return f"removed from text and title, an address with one is not asked for: {night.run.outcomes}"


@row("C8", "invalid UTF-8: single letters of a text, and half of it", weight=8)
def _c8(place: Place) -> str:
    one = article_of(_TITLE, *_WORDS * 4).replace("Lúa".encode(), b"L\xfaa", 1)
    many = article_of(_TITLE, *_WORDS).replace("ầ".encode(), b"\xff\xfe").replace("ớ".encode(), b"\xff")
    night = crawl_failing(place, portal(b=response(one), c=response(many)))
    require(night.text("b").count("\ufffd") == 1, f"{night.text('b').count(chr(0xFFFD))} letters are replaced")
    line = night.line("c", Event.QUARANTINED)
    reasons = [reason.code for reason in line.reasons]
    night.line("b", Event.NEW)
    require(reasons, "it is quarantined without a reason")
    return f"one letter in a long text becomes U+FFFD and the article is kept; one with many is quarantined ({', '.join(map(str, reasons))})"


@row("C9", "windows-1258: declared, not declared, declared as UTF-8", weight=8)
def _c9(place: Place) -> str:
    body = b"".join(map(_in_code_page, article_of(_TITLE, *_WORDS).decode()))
    night = crawl_failing(
        place,
        portal(
            b=response(body, kind="text/html; charset=windows-1258"),
            c=response(body, kind="text/html"),
            d=response(body, kind="text/html; charset=utf-8"),
        ),
    )
    for key in ("b", "c", "d"):
        require(night.line(key).title == _TITLE, f"{key}: {night.line(key).title}")
        require(night.line(key).event in (Event.NEW, Event.DUPLICATE), f"{key} is {night.line(key).event.value}")
    text = night.text("b")
    require(all(word in text for word in _WORDS) and unicodedata.is_normalized("NFC", text), f"the text is {text}")
    require(night.kept == {"a", "b"}, f"not one text, but of {sorted(night.kept)}")
    return "all three read as the same Vietnamese, in NFC"


def _in_code_page(letter: str) -> bytes:
    """Encode a letter; the code page has it whole, or its tone follows it."""
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        base, *marks = list(unicodedata.normalize("NFD", letter))
        tones = "".join(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        rest = "".join(mark for mark in marks if mark not in tones)
        return (unicodedata.normalize("NFC", base + rest) + tones).encode("cp1258")


@row("C10", "text for the fonts of TCVN3 and VNI", weight=8)
def _c10(place: Place) -> str:
    old, older = article_of(_TCVN3[:36], *[_TCVN3] * 3), article_of(_VNI[:40], *[_VNI] * 3)
    attached = article_of(_TITLE, *_WORDS, _TCVN3)
    night = crawl_failing(place, portal(b=response(old), c=response(older), d=response(attached)))
    for key, words in (("b", _TCVN3), ("c", _VNI)):
        reasons = [reason.code for reason in night.line(key, Event.QUARANTINED).reasons]
        require(reasons == ["legacy_font"], f"{key}: {reasons}")
        require(words in night.text(key), f"{key} was cleaned: {night.text(key)}")
    return f"both quarantined as legacy_font, their letters as served; one line of it in a sound text: {night.line('d').event.value}"


@row("C11", "decomposed letters; one article composed and decomposed", weight=8)
def _c11(place: Place) -> str:
    page = article_of(_TITLE, *_WORDS)
    apart = unicodedata.normalize("NFD", page.decode()).encode()
    night = crawl_failing(place, portal(b=response(page), c=response(apart)), code=0)
    require(night.line("b", Event.NEW).title == night.line("c", Event.DUPLICATE).title == _TITLE, "the titles differ")
    require(unicodedata.is_normalized("NFC", night.text("b")), "the text is not NFC")
    return "stored in NFC; the decomposed one is a duplicate of the other"


@row("C12", "bidi overrides, zero-width, soft hyphens, tag characters in text, title, link and address", weight=8)
def _c12(place: Place) -> str:
    hidden = article_of(f"Xã An{_BIDI} Bình \u202emở lớp", *(f"{word[:9]}{_BIDI}{word[9:]}" for word in _WORDS))
    named = listing(KEYS).decode().replace("Tin b", f"Tin {_BIDI}b").replace("/tin/c.html", f"/tin/c{_BIDI}.html")
    night = crawl_failing(place, portal(b=response(hidden), list=response(named.encode())))
    line = night.line("b", Event.NEW)
    found = _invisible(night.text("b") + line.title + "".join(one.title for page in night.pages for one in page.listed))
    require(not found and line.title == "Xã An Bình mở lớp", f"left are {found} in {line.title!r}")
    require(_WORDS[0] in night.text("b"), f"words are torn: {night.text('b')}")
    shown = archive("list", root=night.root).out + night.stderr
    require(not _invisible(shown), f"the terminal shows {_invisible(shown)}")
    return f"removed from text and title; the address with them: {night.outcomes.get('c')}; the terminal shows none"


@row("C13", "lone surrogates: character references and escapes of JSON", weight=8)
def _c13(place: Place) -> str:
    half = article_of("Xã An Bình &#xD800; mở lớp", *_WORDS, "&#55296;&#xDFFF; cuối bài là thầy Lúa.")
    raw = article_of(_TITLE, *_WORDS).replace(b"</h1>", b" \xed\xa0\x80</h1>", 1)
    night = crawl_failing(place, portal(b=response(half), c=response(raw)))
    require("cuối bài là thầy Lúa" in night.text("b"), "what stands after it is lost")
    for key in ("b", "c"):
        require(not _invisible(night.text(key) + night.line(key).title), f"{key} holds {_invisible(night.text(key))}")
    return f"replaced or left out, nothing behind them is lost ({night.line('b').title!r})"


@row("C14", "terminal escape codes in a title, and what the commands print", weight=8)
def _c14(place: Place) -> str:
    ring = "\x1b[2J\x1b]0;x\x07 Xã An Bình \x9b31m mở lớp \x08\r\n2026 ERROR"
    named = listing(KEYS).decode().replace("Tin b", f"Tin {ring}b")
    pages = portal(b=response(article_of(ring, *_WORDS)), list=response(named.encode()))
    night = crawl_failing(place, pages, "-s", "LOG_LEVEL=DEBUG")
    identifier = night.line("b").id
    printed = [archive("list", root=night.root), archive("show", identifier, root=night.root)]
    for done in printed:
        expect(done, 0)
        require(not _invisible(done.out), f"printed is {_invisible(done.out)}")
    require(not _invisible(night.stderr), f"the log holds {_invisible(night.stderr)}")
    require(night.outcomes["b"] is Outcome.ARTICLE, f"b ended as {night.outcomes['b']}")
    return f"the title is {night.line('b').title!r}; list, show and log print no control character"
