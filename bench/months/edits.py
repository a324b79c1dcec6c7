"""Edits of each class made in any article's parts, and a near twin of it. Pure: None where an article has no such spot.

A spot is a fact that stands once in the whole text and whose new value stands nowhere in it: a fact that stands elsewhere
too is no changed fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from replicas.records import Kind, Part, ReplicaArticle

_UNITS = r"hộ|người|học sinh|đơn vị|doanh nghiệp|tỷ|triệu|ha|đại biểu|sản phẩm|dự án|tàu|giỏ|thuyền"
_NUMBER = re.compile(rf"(?<![\w/.,\-])(?P<spot>[1-9]\d{{1,3}})(?= (?:{_UNITS})\b)")
_DATE = re.compile(r"(?<=ngày )(?P<spot>[1-9]|1\d|2[0-7])(?=[/-](?:1[0-2]|0?[1-9])(?!\d))")
_DOCUMENT = re.compile(r"(?<![\w/.,\-])(?P<spot>[1-9]\d{1,4})(?=/(?:\d{4}/)?(?:QĐ|KH|NQ|NĐ|CT|TB|BC|CV|TT)-[A-ZĐ]{2})")
_NAME = re.compile(r"\b(?:ông|bà|đồng chí|chị|anh) (?P<first>\w+) (?P<second>\w+) (?P<spot>\w+)(?= (?P<next>\w+))")
_WORD = re.compile(r"(?<=[a-zà-ỹđ] )(?P<spot>cũng|đang|sẽ|vẫn|rất|thêm|nhiều)(?= [a-zà-ỹđ])")
_COMMA = re.compile(r"(?<=[a-zà-ỹđ])(?P<spot>, )(?=[a-zà-ỹđ])")
_BLANK = re.compile(r"(?<=[a-zà-ỹđ]{3})(?P<spot> )(?=[a-zà-ỹđ]{3})")
_ADDED = (
    "Bà con trong vùng hẹn nhau ghé lại một buổi nữa, mang theo bánh mới hấp và một ấm trà để chuyện trò cho thong thả."
)
_SIGNED = "Theo Bản tin Bến Cồn Mây"


@dataclass(frozen=True, slots=True)
class Edit:
    """Edit an article; `classes` are those of the revision that must follow, None where none may."""

    make: Callable[[ReplicaArticle], ReplicaArticle | None]
    classes: tuple[str, ...] | None


def text_of(article: ReplicaArticle) -> str:
    """Title, lead and body in one line."""
    return " ".join([article.title, article.lead, *(part.text for part in article.parts)])


def _at(
    spot: re.Pattern[str], new: Callable[[str], str], *, fact: bool = True
) -> Callable[[ReplicaArticle], ReplicaArticle | None]:
    """Return the article with one spot replaced in a paragraph that is neither the first nor the last."""

    def make(article: ReplicaArticle) -> ReplicaArticle | None:
        whole = text_of(article)
        for number, part in list(enumerate(article.parts))[1:-1]:
            if part.kind is not Kind.PARAGRAPH:
                continue
            for found in spot.finditer(part.text):
                if not _is_person(found):
                    continue
                old, fresh = found["spot"], new(found["spot"])
                once = _times(old, whole) == 1 and _times(fresh, whole) == 0
                if once or not fact:
                    text = part.text[: found.start("spot")] + fresh + part.text[found.end("spot") :]
                    return _with(article, number, text)
        return None

    return make


def _is_person(found: re.Match[str]) -> bool:
    """Of a spot in a name: three syllables with a capital, and the next word without."""
    said = found.groupdict()
    if "next" not in said:
        return True
    return all(said[name][0].isupper() for name in ("first", "second", "spot")) and not said["next"][0].isupper()


def _times(word: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def _with(article: ReplicaArticle, number: int, text: str) -> ReplicaArticle:
    parts = list(article.parts)
    parts[number] = replace(parts[number], text=text)
    return replace(article, parts=tuple(parts))


def _added(article: ReplicaArticle) -> ReplicaArticle:
    parts = list(article.parts)
    parts.insert(len(parts) // 2, Part(Kind.PARAGRAPH, _ADDED))
    return replace(article, parts=tuple(parts))


def _removed(article: ReplicaArticle) -> ReplicaArticle | None:
    """Without a paragraph of its middle that is long enough to differ from its neighbours."""
    middle = [number for number, part in list(enumerate(article.parts))[1:-1] if len(part.text) > 120]
    if not middle or article.parts[middle[len(middle) // 2]].kind is not Kind.PARAGRAPH:
        return None
    at = middle[len(middle) // 2]
    return replace(article, parts=(*article.parts[:at], *article.parts[at + 1 :]))


EDITS: Mapping[str, Edit] = {
    "document number": Edit(_at(_DOCUMENT, lambda old: str(int(old) + 7)), ("document_number",)),
    "name": Edit(_at(_NAME, lambda old: "Khuê" if old != "Khuê" else "Lụa"), ("name",)),
    "date": Edit(_at(_DATE, lambda old: str(int(old) + 1)), ("date",)),
    "number": Edit(_at(_NUMBER, lambda old: str(int(old) + 7)), ("number",)),
    "wording": Edit(_at(_WORD, lambda old: "quả là" if old != "rất" else "hết sức", fact=False), ("wording",)),
    "spacing": Edit(_at(_COMMA, lambda old: " , ", fact=False), ("spacing",)),
    "white space": Edit(_at(_BLANK, lambda old: "  \n ", fact=False), None),
    "title": Edit(lambda article: replace(article, title=f"{article.title}, bài cập nhật"), ("title",)),
    "paragraph added": Edit(_added, ("paragraph_added",)),
    "paragraph removed": Edit(_removed, ("paragraph_removed",)),
}
"""Kind → how it is made; what is hardest to find a spot for comes first."""


def near_twin(article: ReplicaArticle, *, cut: bool) -> ReplicaArticle:
    """Return what another office prints of it: the last third cut off, or whole, and signed by somebody else."""
    body = [part for part in article.parts if part.kind is not Kind.SIGNOFF]
    kept = body[: max(2, len(body) * 2 // 3)] if cut else body
    return replace(article, parts=(*kept, Part(Kind.SIGNOFF, _SIGNED)))
