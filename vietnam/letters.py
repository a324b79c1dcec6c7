"""Decode Vietnamese text, bring it to one stored form, and fold it for comparison.

Stored text is NFC with invisible characters removed and nothing else changed. `fold` and `strip_diacritics` are for
comparing and finding, never for storing. Legacy-font text and mojibake are detected, never repaired.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from webencodings import lookup  # type: ignore[import-untyped]  # ships no types

_LINE_ENDS = re.compile("\r\n|[\r\v\f\u2028\u2029]")
# Every separator of Unicode but the plain blank; U+200B is no separator there and goes below.
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# C0 and C1 controls but tab and newline, soft hyphen, zero-width, bidi marks and overrides, invisible operators,
# interlinear marks, tag characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_MOST_MARKS = 30
_MARKS = re.compile(f"[\u0300-\U0010ffff]{{{_MOST_MARKS + 1},}}")  # and other letters: a run is looked through
_SURROGATE = re.compile("[\ud800-\udfff]")
_JOINER = "\u034f"  # of all these the only one that str.isprintable() lets pass
_CACHED = 1000  # characters: a text is compared more than once, and a portal repeats its short lines

_TONES = "\u0300\u0301\u0309\u0303\u0323"
_TONED_PAIR = re.compile(f"(o(?=[ae][{_TONES}])|u(?=y[{_TONES}]))([aey])([{_TONES}])")
# Composed letters and signs of which none joins another one: nearly every text has no others, and need not be decomposed.
_PLAIN = re.compile("[\x00-\u00ffĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\u2010-\u2027\u2030-\u205e₫]*")
# The lower letters that are `a`, `e` or `y` with a tone, and may have a hook besides.
_COMPOSED_PAIR = re.compile("o[àáảãạậặèéẻẽẹệ]|u[ỳýỷỹỵ]")

# Letters only Vietnamese (or a proper Unicode text) uses: their presence speaks against a legacy font.
_PROPER = re.compile("[ăĂđĐơƠưƯ\u1ea0-\u1ef9]")
_WORD = re.compile(r"[^\s.,;:!?()\[\]\"“”/]+")
# TCVN3 (ABC): what its font shows as ® µ ¸ ¶ … stands inside words, where no Unicode Vietnamese has such signs; its
# accented letters alone are those of French or German names.
_TCVN3 = re.compile(r"[A-Za-zµ-þ][µ¸¶·¹¨©ª«¬»¼½¾§÷×]|[a-z][ÆËÎÏÑÖØÜÞÇ]|[®µ¸¶¨©ª«¬¼½¾¹§][A-Za-zµ-þ]")
_TCVN3_SIGNS = "µ¸¶·¹¨©ª«¬»¼½¾§÷×®ÆËÎÏÑÖØÜÞÇ"  # each match has one of them
_TCVN3_WEAK = re.compile("[A-Za-z][ÆÇËÎÏÑÖØÜÞßäåæçëîïñöøûüþ]")
# VNI: the tone or hook is a character of its own after the vowel, as in `Vieät Nam`, `ñoàng`.
_VNI = re.compile(
    "[aeAE][äàåáãâéèúüëÄÀÅÁÃÂÉÈÚÜË]|[aeouyôöAEOUYÔÖ][ùøûõÙØÛÕ]|[aeouyôöAEOUYÔÖ][ïÏ](?![a-z])|ñ[aeiouyöôòó]|Ñ[AEIOUYÖÔaeiouyöô]"
)

# What the bytes 80 to BF look like as cp1252 or latin-1.
_CP1252_CONTINUATION = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
# á» and áº begin two thirds of the Vietnamese letters in UTF-8; Ä‘ is đ, Æ° ư, Æ¡ ơ, Äƒ ă. A quotation mark after a
# real `Ã` (`THỊ XÃ”`) is no evidence, so two-byte forms count only with signs that never follow a letter.
_MOJIBAKE = re.compile(
    f"á[»º][{_CP1252_CONTINUATION}]|Ä[‘\x91ƒ\x83\x90‚\x82]|Æ[°¡¯\\s]|[ÃĂ][¡¢£¨©ª¬­²³´µ¹º½±°§¼¾]|â€[œ\x9d™˜¦“”\x93\x94]|Â[°±²³·©®º]"
)
_MOJIBAKE_SIGNS = "»ºÄÆÃĂ€Â"
_REPLACED = re.compile("(?<!\ufffd)(?:(?<=[^\\W\\d_])\ufffd++(?=[^\\W\\d_]|\\b|$)|\ufffd++(?=[^\\W\\d_]))")
_QUESTIONED = re.compile(r"(?:^|\s)[^\W\d_]+\?[^\W\d_]+(?=[\s.,;:]|$)")

_WINDOWS_1258_TONES = frozenset(b"\xcc\xd2\xde\xec\xf2")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A body as text, the encoding it was read by, and the count of unreadable characters (U+FFFD)."""

    text: str
    encoding: str
    replaced: int


def _is_composed(s: str) -> bool:
    """Return whether a text is normalized, as nearly every one is; that is found in linear time."""
    return s.isascii() or unicodedata.is_normalized("NFC", s)


def _stream_safe(s: str) -> str:
    """Return the text without the marks of a run after the thirtieth (UAX #15, D4), which no language writes.

    Normalizing sorts the marks of a run in quadratic time, and cannot be interrupted.
    """
    return s if _is_composed(s) else _MARKS.sub(_without_surplus_marks, s)


def _without_surplus_marks(run: re.Match[str]) -> str:
    marks, left = 0, list[str]()
    for letter in run[0]:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= _MOST_MARKS:
            left.append(letter)
    return "".join(left)


def nfc(s: str) -> str:
    """Return the composed form in which all text is stored and compared; of a run of marks only thirty stay."""
    return s if _is_composed(s) else unicodedata.normalize("NFC", _MARKS.sub(_without_surplus_marks, s))


def fold_spaces(s: str) -> str:
    """Replace every run of white space by one blank, none at the ends."""
    return " ".join(s.split())


def clean_letters(s: str) -> str:
    r"""Return the stored form: NFC, every blank a plain one, line ends as `\\n`, invisible characters removed.

    Lone surrogates become U+FFFD. No word, tone mark or punctuation is changed.
    """
    if s.isprintable() and _JOINER not in s:
        return nfc(s)
    s = _LINE_ENDS.sub("\n", s)
    s = _INVISIBLE.sub("", _BLANKS.sub(" ", s))
    return nfc(_SURROGATE.sub("\ufffd", s))


def fold(s: str) -> str:
    """Fold case, spaces and the two tone styles (`hoà`, `hòa`), for comparison only; `Ð` (U+00D0) counts as `Đ`."""
    if s.isascii():
        return fold_spaces(s.lower())
    return _fold_short(s) if len(s) <= _CACHED else _fold(s)


def _fold(s: str) -> str:
    if _PLAIN.fullmatch(s):
        return fold_spaces(_COMPOSED_PAIR.sub(_folded_pair, s.casefold()).replace("ð", "đ"))
    return _fold_decomposed(s)


def _folded_pair(found: re.Match[str]) -> str:
    return _FOLDED_PAIRS[found[0]]


def _fold_decomposed(s: str) -> str:
    s = unicodedata.normalize("NFD", unicodedata.normalize("NFD", _stream_safe(s)).casefold())
    s = _TONED_PAIR.sub(r"\1\3\2", s).replace("ð", "đ")
    return fold_spaces(nfc(s))


_fold_short = lru_cache(maxsize=4096)(_fold)
_FOLDED_PAIRS = {
    pair: _fold_decomposed(pair) for pair in (*(f"o{c}" for c in "àáảãạậặèéẻẽẹệ"), *(f"u{c}" for c in "ỳýỷỹỵ"))
}


def strip_diacritics(s: str) -> str:
    """Return lower case without tone marks, hooks and bars (`Đồng Nghị` gives `dong nghi`), for finding only."""
    return s.translate(_without_marks()) if _PLAIN.fullmatch(s) else _strip_decomposed(s)


def _strip_decomposed(s: str) -> str:
    s = unicodedata.normalize("NFD", _stream_safe(s)).lower()
    bare = "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c))
    return nfc(bare.replace("đ", "d").replace("ð", "d"))


@cache
def _without_marks() -> dict[int, str]:
    """Return what becomes of each plain letter: none of them joins another one."""
    return {code: _strip_decomposed(chr(code)) for code in range(0x20AC) if _PLAIN.fullmatch(chr(code))}


def _vietnamese_share(body: bytes) -> float:
    """Return the share of windows-1258 tone bytes that stand after a vowel."""
    tones = sum(1 for c in body if c in _WINDOWS_1258_TONES)
    if not tones:
        return 0.0
    vowels = frozenset(b"aeiouyAEIOUY\xc2\xc3\xca\xd4\xd5\xdd\xe2\xe3\xea\xf4\xf5\xfd")
    placed = sum(1 for a, b in pairwise(body) if b in _WINDOWS_1258_TONES and a in vowels)
    return placed / tones


def _mostly_utf8(body: bytes) -> bool:
    """Return whether a body with bad bytes is damaged UTF-8 rather than another encoding: sound sequences prevail."""
    sound = sum(1 for c in body.decode("utf-8", "ignore") if ord(c) > 127)
    bad = body.decode("utf-8", "replace").count("\ufffd")
    return sound > 2 * bad


def _read(body: bytes, encoding: str) -> DecodedText:
    text = body.decode(encoding, "replace")
    return DecodedText(text, encoding, text.count("\ufffd"))


_SPELLINGS = {"utf-8-sig": "utf-8", "latin-1": "iso-8859-1", "utf16": "utf-16"}
"""Labels that portals and programs write beside those of the WHATWG table."""


def _encoding_name(declared: str | None) -> str | None:
    """Return Python's name of the declared encoding; None where the WHATWG table has no such label (latin-1 is cp1252).

    Python's own registry also has codecs that are no encodings of pages: some fail, some take quadratic time.
    """
    label = (declared or "").strip().strip("\"'").lower()
    found = lookup(_SPELLINGS.get(label, label))
    if found is None or found.name in ("replacement", "x-user-defined"):
        return None
    return str(found.name if found.name in ("utf-8", "windows-1252", "windows-1258") else found.codec_info.name)


def decode(body: bytes, declared: str | None) -> DecodedText:
    """Decode a body to NFC: byte order mark, sound UTF-8, then the declaration if it fits.

    Bytes that are no UTF-8 though declared so, or undeclared, are read as windows-1258 (tones as combining marks, made
    NFC) unless sound UTF-8 sequences prevail. Never raises; unreadable characters are U+FFFD and counted.
    """
    served = decode_as_served(body, declared)
    return replace(served, text=nfc(served.text))


def decode_as_served(body: bytes, declared: str | None) -> DecodedText:
    """Decode a body as `decode` does, its letters composed or not as they were served."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return _read(body[len(mark) :], encoding)
    try:
        return DecodedText(body.decode("utf-8"), "utf-8", 0)
    except UnicodeDecodeError:
        pass
    name = _encoding_name(declared)
    if name not in (None, "utf-8", "windows-1252", "windows-1258"):
        return _read(body, name)
    if name in (None, "utf-8") and _mostly_utf8(body):
        return _read(body, "utf-8")
    # cp1252 and 1258 share their bytes: the tones after vowels tell them apart when the declaration may be a default.
    if name == "windows-1252" and _vietnamese_share(body) < 0.8:
        return _read(body, name)
    return _read(body, "windows-1258")


def is_mojibake(s: str) -> bool:
    """Return whether UTF-8 was read as a one-byte encoding (`Há»™i nghá»‹`), or letters were lost to U+FFFD or `?`."""
    words = len(s.split())
    # Each pattern needs one of its signs; most texts have none, and that is found much sooner.
    if any(sign in s for sign in _MOJIBAKE_SIGNS) and len(_MOJIBAKE.findall(s)) >= (1 if words < 4 else 2):
        return True
    replaced = len(_REPLACED.findall(s)) if "\ufffd" in s else 0
    if replaced >= 2 and replaced * 20 >= words:
        return True
    questioned = len(_QUESTIONED.findall(s)) if "?" in s else 0
    return questioned >= 3 and questioned * 5 >= words


def is_legacy_font(s: str) -> bool:
    """Return whether the text was typed for a TCVN3 (ABC) or VNI font (`Céng hoµ x· héi`, `Coäng hoøa xaõ hoäi`)."""
    if not (any(sign in s for sign in _TCVN3_SIGNS) and _TCVN3.search(s)) and not _VNI.search(s):
        return False
    words = _WORD.findall(s)
    strong = sum(1 for word in words if _TCVN3.search(word) or _VNI.search(word))
    weak = sum(1 for word in words if _TCVN3_WEAK.search(word)) if strong else 0
    proper = sum(1 for word in words if _PROPER.search(word))
    marked = max(strong, weak)
    return marked >= 2 and marked * 4 >= len(words) and marked > 2 * proper and not is_mojibake(s)
