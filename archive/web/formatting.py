"""Format archived words, numbers and days for the page: portals' texts are shown, never obeyed."""

from __future__ import annotations

import unicodedata
from calendar import day_name, month_abbr, month_name
from datetime import date, datetime
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from vietnam.date_forms import TZ

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
    "en": tuple(day_name),
}


def _is_hidden(char: str) -> bool:
    return char not in "\n\t" and unicodedata.category(char) in _HIDDEN


def _escape_of(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def visible(text: str | None) -> str:
    """Return the text with control, bidi and invisible characters as escapes; for titles of windows and attributes."""
    return "".join(_escape_of(char) if _is_hidden(char) else char for char in text or "")


def inline(text: str | None) -> Markup:
    """Return the text as safe markup, its escapes set apart from the portal's own characters."""
    parts: list[Markup] = []
    plain: list[str] = []
    for char in text or "":
        if _is_hidden(char):
            parts += [escape("".join(plain)), Markup('<span class="hidden-char">{}</span>').format(_escape_of(char))]
            plain = []
        else:
            plain.append(char)
    return Markup("").join([*parts, escape("".join(plain))])


def isolated(markup: Markup) -> Markup:
    """Return markup whose writing direction cannot reach its neighbours."""
    return Markup("<bdi>{}</bdi>").format(markup)


def archived(text: str | None) -> Markup:
    """Return a portal's text, on one line of ours."""
    return isolated(inline(text))


def as_link(url: str) -> str | None:
    """Return the address if a person may follow it, else None: `http` or `https`, a host, nothing invisible."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    sound = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return url if sound and not any(_is_hidden(char) or char.isspace() for char in url) else None


def path_part(text: str) -> str:
    """Return a key as the end of a path, readable where no browser would make another path of it."""
    steps = text.split("/")
    plain = all(step and set(step) != {"."} for step in steps)
    return quote(text, safe="/~:@!" if plain else "~").replace("..", "%2E%2E" if not plain else "..")


def number(value: float, language: str, decimals: int = 0) -> str:
    """Format a number: `1.234,5` in Vietnamese, `1,234.5` in English."""
    text = f"{value:,.{decimals}f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def size(count: int, language: str) -> str:
    """Format a number of bytes for people: `12,3 kB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{number(count / factor, language, 1)} {unit}"
    return f"{count} B"


def short_day(day: date | datetime | None, language: str) -> str:
    """Format a day: `05/03/2025` in Vietnamese, `5 Mar 2025` in English."""
    if day is None:
        return "–"
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day.day} {month_abbr[day.month]} {day.year}"


def full_day(day: date, language: str) -> str:
    """Format a day: `Thứ Tư, 05/03/2025`, `Wednesday, 5 March 2025`."""
    weekday = _WEEKDAYS[language][day.weekday()]
    written = f"{day:%d/%m/%Y}" if language == "vi" else f"{day.day} {month_name[day.month]} {day.year}"
    return f"{weekday}, {written}"


def clock(moment: str | datetime) -> str:
    """Format a moment as the time of day in Việt Nam with its zone, `2025-03-04 21:59 UTC+7`.

    A day, a time without an offset and what is neither stay as they are: nothing says which zone they are of.
    """
    try:
        known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        return visible(str(moment))
    if known.tzinfo is None:
        return visible(str(moment).replace("T", " "))
    return f"{known.astimezone(TZ):%Y-%m-%d %H:%M} UTC+7"
