"""Read publication dates as Vietnamese portals write them: visible lines, machine values, URLs.

Day before month always. A moment later than `now`, before 1997 (Viet Nam's first web year), impossible, incomplete or
in a form that two orders could explain gives None, never a guess. A string does not show whether it stands in the title
block or in the site's clock: the caller looks in the right place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from vietnam.date_forms import TZ, DateMatch, Label, date_matches
from vietnam.letters import clean_letters, fold_spaces

FIRST_YEAR = 1997
_LONGEST_LINE = 200  # characters of a published line with its labels, counters and byline
_LONGEST_BLOCK = 2_000  # characters: each date of a text is read with all that stands around it

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE | re.ASCII,
)
_RFC_822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\s+\d{2}:(?P<minute>\d{2})(?::\d{2})?\s+"
    r"(?P<zone>(?:UTC|GMT)?\s?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?|UTC|GMT|Z)",
    re.ASCII,
)
_TICKS = re.compile(r"(\d{18})\.\w{2,5}$", re.ASCII)
_URL_DAY = re.compile(r"/(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?=/|$)", re.ASCII)

# Words before a date that is not the publication: licence, term, effect, issue, birth, event.
_OTHER_DATE = re.compile(
    r"giấy\s+phép|/gp-?|gpxb|cấp\s+ngày|cấp\s+phép|hiệu\s+lực|tự\s+động|©|copyright|bản\s+quyền|(?<!\w)hạn(?!\w)|thời\s+hạn|"
    r"ban\s+hành|(?<!\w)ký(?!\w)|ngày\s+sinh|sinh\s+ngày|(?:từ|đến|trước|sau|hết)\s+ngày|kết\s+thúc|bắt\s+đầu|khai\s+mạc|"
    r"diễn\s+ra|áp\s+dụng|hôm\s+nay|<!--|[?&]\w*date=",
    re.IGNORECASE,
)
# A gazette's issue: `Số 47 Ngày 25/7/2026`.
_ISSUE = re.compile(r"\s*số\s+\d+\s*[,-]?\s*", re.IGNORECASE)
_SEGMENT = re.compile(r"[\n|•;]")
_COUNTER = re.compile(r"(?:số\s+)?(?:lượt|lần)\s+(?:xem|đọc|truy\s+cập)|đã\s+(?:xem|đọc)|views?(?!\w)", re.IGNORECASE)
# Words a date line may carry beside the date and its label: counters, buttons, the number of a gazette's issue.
_BESIDE = re.compile(
    r"(?:(?:số\s+)?(?:lượt|lần)\s+(?:xem|đọc|truy\s+cập|nghe|tải)|đã\s+(?:xem|đọc)|views?|hits?|bình\s+luận|phản\s+hồi|chia\s+sẻ|"
    r"lượt\s+thích|comments?|in\s+ra|admin|(?:in|lưu)(?:\s+(?:bài|trang|tin))?(?:\s+viết)?|email|cỡ\s+chữ|đọc\s+bài|nghe\s+bài|xem|print|"
    r"danh\s+mục\s+văn\s+bản|số|ngày|giờ|lúc|a[+-]?|aa)(?!\w)|\d[\d.,]*",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:(?:tác\s+giả|nguồn|theo|(?:(?:được\s+)?(?:đăng|viết)\s+)?bởi|người\s+đăng|by)\s*:?\s*)?(?P<name>.*)",
    re.IGNORECASE,
)
# `Ngày ký:`, `Ngày có hiệu lực:` before a date beside a labelled one.
_OTHER_LABEL = re.compile(r"(?<!\w)[^\W\d_]+(?: [^\W\d_]+){0,4}\s*:?\s*$")
# Behind a date: `by admin`, `bởi quantri`. The label says that a name follows, however it is written.
_WRITTEN_BY = re.compile(
    r"\0[\s,|-]*(?:(?:được\s+)?(?:đăng|viết|gửi|posted|submitted)\s+)?(?:bởi|by)\s*:?\s+[^\s\0|,]+(?:\s+[^\s\0|,]+){0,5}\s*(?=$|[\0|,])",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:(?:được\s+)?(?:đăng|viết|gửi|posted|submitted)\s+)?(?:bởi|by)(?!\w)", re.IGNORECASE)

# What has the form of a day and of a time, whatever its numbers: `31/02/2025`, `05/03/20205`, `NaN/NaN/NaN`, `25:61`.
_WRITTEN_DAY = re.compile(
    r"(?<![\w/.-])(?:\d{1,6}|NaN)\s?([/.-])\s?(?:\d{1,2}|NaN)\s?\1\s?(?:\d{1,6}|NaN)(?!(?!T\d)[/.-]?\w)"
    r"|(?<![\w/.-])\d{1,3}\s*,?\s*tháng\s*\w{1,5}(?:\s+\w{1,4})?[\s,]+(?:năm\s+)?\d{1,6}(?!\w)"
    r"|(?<![\w/.-])\d{1,3}[\s-](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[.,]{0,2}[\s-]\d{1,6}(?!\w)",
    re.IGNORECASE,
)
_WRITTEN_TIME = re.compile(
    r"(?<![\w:])(?:\d{1,3}|NaN)\s?(?::|h|giờ)\s?(?:\d{2,3}|NaN)(?:\s?:\s?(?:\d{1,3}|NaN))?(?:\s*(?:AM|PM|SA|CH))?(?![\w:])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day of Viet Nam, or a time of that day, in Asia/Ho_Chi_Minh (UTC+7 all year)."""

    day: date
    clock: time | None = None

    def isoformat(self) -> str:
        """Return `2023-11-30`, or `2023-11-30T07:51:00+07:00` when the time of day is known."""
        return self.day.isoformat() if self.clock is None else self.at().isoformat()

    def at(self) -> datetime:
        """Return the moment as an aware time; midnight when only the day is known."""
        return datetime.combine(self.day, self.clock or time(0), TZ)

    def known_by(self, now: datetime) -> bool:
        """Return whether the moment is not later than `now` (aware); a day counts once it has begun in Viet Nam."""
        known = self.day <= now.astimezone(TZ).date() if self.clock is None else self.at() <= now
        if not known and (later := _LATER.get()) is not None:
            later.append(self)
        return known


_LATER: ContextVar[list[Moment] | None] = ContextVar("later", default=None)


@contextmanager
def later_moments() -> Iterator[list[Moment]]:
    """Collect the moments that a reading in this context refuses because they are later than its `now`.

    Where none is refused, the same text reads the same at any later `now`; else at any before the earliest of them.
    """
    found: list[Moment] = []
    token = _LATER.set(found)
    try:
        yield found
    finally:
        _LATER.reset(token)


def _possible(day: date, clock: time | None, now: datetime) -> Moment | None:
    moment = Moment(day, clock)
    return moment if day.year >= FIRST_YEAR and moment.known_by(now) else None


def _lines(text: str) -> str:
    """Fold spaces but keep line breaks, since a line break ends a label's reach."""
    return re.sub(r"\s+", lambda run: "\n" if "\n" in run[0] else " ", clean_letters(text)).strip()


def _segment(text: str, shown: DateMatch) -> tuple[str, str]:
    """Return the text before and after a date in its own line or between its bars."""
    before, after = text[: shown.label_start], text[shown.end :]
    if shown.label is Label.PUBLISHED:
        # Its own label ends the reach of what stands before an earlier date.
        before = before[max((other.end for other in date_matches(before)), default=0) :]
    return _SEGMENT.split(before)[-1], _SEGMENT.split(after)[0]


def _is_published(text: str, shown: DateMatch) -> bool:
    """Return whether the words around a date in a title block let it be the publication date."""
    before, after = _segment(text, shown)
    if _OTHER_DATE.search(before) or re.match(r"\s*\(?(?:hết hạn|có hiệu lực)", after, re.IGNORECASE):
        return False
    first = after.lstrip(" )").lstrip()
    if shown.label is not Label.NONE:
        return True
    if re.search(r"[^\W\d_]\s*:\s*$", before):
        return False  # a label of another kind of date: `Ngày trả lời:`
    # A date inside a sentence has words before it, or goes on with a comma or with words.
    opened = not re.search(r"\w\W{0,2}$", before) or bool(re.search(r"[-–—]\s*$", before) or _ISSUE.fullmatch(before))
    ended = not re.match(r"[^\W\d_]|,", first) or bool(_COUNTER.match(first) or _BY.match(first))
    if shown.clock is None:
        return opened and ended
    # A title may follow a full date line on the same line; a byline may come before it.
    return ended or (opened and not first.startswith(",") and text[shown.end - 1] in "0123456789)]")


def _best(text: str, now: datetime) -> tuple[Moment, DateMatch] | None:
    """Return the most likely publication date: labelled so, then with a time of day, then the first."""
    found = [
        (moment, shown)
        for shown in date_matches(text)
        if _is_published(text, shown) and (moment := _possible(shown.day, shown.clock, now)) is not None
    ]
    return max(found, key=lambda pair: (pair[1].label, pair[0].clock is not None), default=None)


def find_published(text: str, now: datetime) -> tuple[Moment, str] | None:
    """Return the publication moment in a title block, with the date line as shown: label, weekday, date, time, zone.

    Counters and other words around it are left out and spaces folded. Dates of sentences, licences, terms and ranges
    are skipped. A date labelled as publication wins over others; one labelled as update loses. None for a text of more
    than 2,000 characters, which is no title block.
    """
    text = _lines(text)
    best = _best(text, now) if len(text) <= _LONGEST_BLOCK else None
    if best is None:
        return None
    moment, shown = best
    raw = fold_spaces(text[shown.label_start : shown.end])
    return moment, raw if raw.count("(") >= raw.count(")") else raw.rstrip(") ")


def _is_byline(words: str) -> bool:
    """Return whether the words beside a date can be a byline: a label and a name, or at least two capitalised words."""
    found = _BYLINE.fullmatch(words)
    name = found["name"] if found else words
    parts = [part for part in re.split(r"[\s,\-–—/().]+", name) if part]
    alone = len(parts) == 1 and name == words and not name.isupper()
    return len(parts) <= 8 and not alone and all(part[0].isupper() for part in parts)


def read_published(text: str, now: datetime) -> Moment | None:
    """Read a visible date line as exactly as it allows; None when the text is anything else than a date line.

    Labels, a weekday, view counters, a zone and a byline may share the line. A machine value is read as one.
    """
    if (moment := read_machine(text, now)) is not None:
        return moment
    line = _lines(text)
    if len(line) > _LONGEST_LINE or (best := _best(line, now)) is None:
        return None
    labelled = best[1].label is Label.PUBLISHED
    for shown in sorted(date_matches(line), key=lambda shown: shown.start, reverse=True):
        # `Ngày ký: … | Ngày đăng: …`: beside a labelled day of publication another label is no doubt.
        other = _OTHER_LABEL.search(line[: shown.label_start]) if labelled and shown.start != best[1].start else None
        line = line[: other.start() if other else shown.label_start] + "\0" + line[shown.end :]
    segments = [segment for segment in _SEGMENT.split(line) if "\0" in segment]
    if any(map(_OTHER_DATE.search, segments if labelled else [line])):
        return None
    for segment in segments:
        apart = r"\0|:|\s[-–—]\s" if best[0].clock is None else r"\0|:|^.*\s[-–—]\s"
        for words in re.split(apart, _BESIDE.sub(" ", _WRITTEN_BY.sub("\0", segment))):
            if (words := words.strip(" -–—,.()[]/")) and not _is_byline(words):
                return None
    return best[0]


def shows_no_moment(text: str, now: datetime) -> bool:
    """Return whether a text has the form of a published line, though its day or time is none that `read_published` takes.

    It does where the same line with a possible day and time would be read: `Ngày đăng: 31/02/2025 25:61`.
    """
    line = _lines(text)
    if len(line) > _LONGEST_LINE or not _WRITTEN_DAY.search(line) or read_published(line, now) is not None:
        return False
    return read_published(_WRITTEN_TIME.sub("08:00", _WRITTEN_DAY.sub("2003-03-03", line)), now) is not None


def read_machine(text: str, now: datetime) -> Moment | None:
    """Read an attribute, metadata field or feed value: ISO 8601 or RFC 822, converted to Asia/Ho_Chi_Minh.

    Without an offset the time is local. A GMT time whose minutes equal its month is refused: NukeViet prints the month
    in their place (`D, j M Y H:m:s`).
    """
    text = fold_spaces(clean_letters(text))
    try:
        if iso := _ISO.fullmatch(text):
            return _read_iso(iso, now)
        if rfc := _RFC_822.fullmatch(text):
            # `GMT+7` is no zone of RFC 822, though many a feed says so.
            zone = f"{rfc['sign']}{int(rfc['hours']):02}{rfc['minutes'] or '00'}" if rfc["sign"] else rfc["zone"]
            at = parsedate_to_datetime(f"{text[: rfc.start('zone')]}{zone}")
            if rfc["zone"] == "GMT" and int(rfc["minute"]) == at.month:
                return None
            local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(TZ)
            return _possible(local.date(), local.time(), now)
    except (ValueError, OverflowError):
        return None
    return None


def _read_iso(iso: re.Match[str], now: datetime) -> Moment | None:
    day = date(int(iso[1]), int(iso[2]), int(iso[3]))
    if iso[4] is None:
        return _possible(day, None, now)
    clock = time(int(iso[4]), int(iso[5]), int(iso[6] or 0))
    zone = (iso[7] or "").upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "+0000"
    if not zone:
        return _possible(day, clock, now)
    digits = zone.replace(":", "").ljust(5, "0")
    if int(digits[1:3]) > 14 or int(digits[3:]) > 59:
        return None
    local = datetime.strptime(f"{datetime.combine(day, clock):%Y-%m-%dT%H:%M:%S}{digits}", "%Y-%m-%dT%H:%M:%S%z")
    local = local.astimezone(TZ)
    return _possible(local.date(), local.time(), now)


def read_url_day(url: str) -> date | None:
    """Return the day that is a whole part of a URL's path (`/2024-4-25/`, `/2024/04/25/`), None when there is none.

    Years alone and the numbers of slugs and ids are no days: most are the time the record was made.
    """
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    found = _URL_DAY.search(path)
    if found is None or int(found[1]) < FIRST_YEAR:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def read_upload(url: str, now: datetime) -> Moment | None:
    """Return when a file was uploaded, by the .NET ticks at the end of its name; None where it has none.

    Ticks are tenths of microseconds since the year 1, in local time, in 18 digits (VNPT Portal). A copy of a file has a
    stamp behind that of its source: the last one counts. The day of an upload is no day of publication, only near it.
    """
    found = _TICKS.search(re.split(r"[?#]", url, maxsplit=1)[0])
    if found is None:
        return None
    at = datetime(1, 1, 1) + timedelta(microseconds=int(found[1]) // 10)
    return _possible(at.date(), at.time().replace(microsecond=0), now)
