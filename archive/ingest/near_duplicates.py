"""Find the stored texts that a new text nearly repeats: likely ones by their signatures, confirmed by their words.

At most `READ` texts are read for one new text, one of each article, the likeliest first, and none after the `LINKS`th
near-duplicate; at most `LINKS` are named on its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from archive.index.queries.clusters import article_of
from archive.index.queries.similar import Fingerprint, StoredText
from archive.model.enums import Event
from archive.model.records import NearDuplicate
from archive.similarity.minhash import near, signature
from archive.storage.jsonl import ArticleLine
from archive.storage.stored_file import read_text_file
from archive.storage.texts import text_content

READ = 8
LINKS = 5
# A text cut to a third has a fifth of all word runs in common with the whole: what is estimated is how much of the
# shorter text stands in the longer one. `near` asks for 0.7 of it; the estimate errs by less than what is left here.
_HARDLY = 0.4

Read = Callable[[StoredText], str | None]
"""The text of a version without its published line; None when its file is damaged, withheld or gone."""


def holds_text(line: ArticleLine) -> bool:
    """Return whether a line stores a text of an article: no attachment's, and none in quarantine."""
    return line.file is not None and line.event is not Event.QUARANTINED and line.attachment_of is None


def fingerprint(data: bytes, published_raw: str | None) -> Fingerprint:
    """Return what is stored of a text file's bytes to find others like it."""
    content = text_content(data.decode("utf-8", "replace"), published_raw)
    return Fingerprint(signature(content), len(content), published_raw)


def content_of(data: bytes, text: Fingerprint) -> str:
    """Return a text file's content without its published line."""
    return text_content(data.decode("utf-8", "replace"), text.published_raw)


def read_fingerprint(folder: Path, line: ArticleLine) -> Fingerprint | None:
    """Return the fingerprint of a line's file; None when the file is not the one that the line names."""
    data = read_text_file(folder / str(line.file), line.sha256)
    return None if data is None else fingerprint(data, line.published_raw)


def read_fingerprints(folder: Path, lines: Iterable[ArticleLine]) -> dict[int, Fingerprint]:
    """Return the fingerprints of a run's readable texts, by the numbers of their lines."""
    read = {line.seq: read_fingerprint(folder, line) for line in lines if holds_text(line)}
    return {seq: text for seq, text in read.items() if text is not None}


def read_content(folder: Path, text: StoredText) -> str | None:
    """Return a stored text without its published line; None when the file in the run's folder is another one."""
    data = read_text_file(folder / text.file, text.sha256)
    return None if data is None else content_of(data, text.fingerprint)


def links(
    line: ArticleLine, new: Fingerprint, content: str, found: Iterable[StoredText], read: Read
) -> tuple[NearDuplicate, ...]:
    """Return the near-duplicates of a line's text among these.

    Left out are its article's own versions, its exact copies, and versions of articles that the line names already.
    """
    confirmed = []
    for text in _likeliest(line, new, found):
        other = read(text)
        alike = near(content, other) if other is not None else None
        if alike is not None:
            confirmed.append(NearDuplicate(text.id, alike))
        if len(confirmed) == LINKS:
            break
    return merged((), confirmed)


def merged(known: Iterable[NearDuplicate], more: Iterable[NearDuplicate]) -> tuple[NearDuplicate, ...]:
    """Return the `LINKS` most alike of both, the most alike first; merging again changes nothing."""
    each = {link.id: link for link in (*known, *more)}
    return tuple(sorted(each.values(), key=lambda link: (-link.similarity, link.id))[:LINKS])


def linked(line: ArticleLine, near_ones: tuple[NearDuplicate, ...]) -> ArticleLine:
    """Return the line with these links; a new text that has one is a near-duplicate, a revision stays one."""
    is_first = line.event is Event.NEW and near_ones
    return replace(line, event=Event.NEAR_DUPLICATE if is_first else line.event, near=near_ones)


def _likeliest(line: ArticleLine, new: Fingerprint, found: Iterable[StoredText]) -> list[StoredText]:
    scored = []
    named = {(line.portal, line.key), *(article_of(link.id) for link in line.near)}
    for text in found:
        is_copy = line.duplicate_of is not None and text.content_sha256 == line.content_sha256
        if (text.portal, text.key) not in named and not is_copy:
            share = _shared(new, text.fingerprint)
            if share >= _HARDLY:
                scored.append((-share, text.id, text.night, text.run, text))
    scored.sort(key=lambda one: one[:4])
    first: dict[tuple[str, str], StoredText] = {}
    for *_, text in scored:
        first.setdefault((text.portal, text.key), text)
    return list(first.values())[:READ]


def _shared(one: Fingerprint, other: Fingerprint) -> float:
    """Estimate the share of the shorter text that stands in the longer one."""
    less, more = sorted((one.size, other.size))
    if not less:
        return 0.0
    alike = one.signature.likeness(other.signature)
    return alike / (1 + alike) * (less + more) / less
