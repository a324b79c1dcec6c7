"""A composed archive for measuring searches: sealed nights of 32 portals, its texts drawn as words are used.

The language is invented and has the shape of Vietnamese: some 6,000 syllables of initials, rhymes and tones, whose frequency
falls with their rank (Zipf), runs of two and three that come back as phrases, figures, and numbers of documents. A text has 400
syllables on average, from 60 to 1,500. Everything follows from the seed.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import accumulate, product
from pathlib import Path

from archive.index.transaction import Transaction
from archive.model.enums import ArchiveKind, Event, Verdict
from archive.model.records import CaptureRef, Run
from archive.storage import merkle
from archive.storage.fsync import make_folder
from archive.storage.jsonl import ArticleLine, encode_article
from archive.storage.manifest import Previous, Seal, describe, leaves, manifest_path
from archive.storage.run_record import RUN_FILE, run_bytes
from archive.storage.texts import content_sha256, file_name, text_bytes, text_content, version_id
from archive.store import Archive
from vietnam.dates import TZ
from vietnam.provinces import PROVINCES

__all__ = ["FIRST", "Composer", "fill_archive"]

FIRST = date(2024, 1, 1)
_PORTALS = sorted(PROVINCES)[:32]
_NIGHTLY = 10
_TWIN = 32
_INITIALS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
_RHYMES = (
    "a ai an ang anh ao at au ăm ăn ăng ân âng ây e em en eo ê êm ên ênh êu i ia iên iêt iêu im in inh o oa oan oi om on ong ô"
    " ôi ôn ông ơ ơi ơn u ua uân uê ui un ung uôc uôn ư ưa ưng ươc ương ưu y yên"
).split()
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0323")
_TYPES = ("QĐ-UBND", "NQ-HĐND", "KH-UBND", "TB-SNV")
_VOWELS = frozenset("aăâeêioôơuưy")


def _syllables() -> list[str]:
    found = []
    for initial, rhyme, tone in product(_INITIALS, _RHYMES, _TONES):
        at = next(i for i, letter in enumerate(rhyme) if letter in _VOWELS)
        found.append(unicodedata.normalize("NFC", f"{initial}{rhyme[: at + 1]}{tone}{rhyme[at + 1 :]}"))
    return sorted(set(found))


class Composer:
    """Texts by number; what was drawn once is drawn again for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        rng = random.Random(seed)
        self.seed = seed
        self.syllables = rng.sample(_syllables(), 6000)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.syllables))))
        self.phrases = [" ".join(self._drawn(rng, rng.choice((2, 2, 3)))) for _ in range(20_000)]
        self._of_phrases = list(accumulate(1 / (rank + 10) for rank in range(len(self.phrases))))

    def _drawn(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.syllables, cum_weights=self._weights, k=count)

    def text(self, number: int) -> tuple[str, list[str]]:
        """A title and paragraphs."""
        rng = random.Random(f"{self.seed} {number}")
        length = min(max(int(rng.lognormvariate(5.85, 0.55)), 60), 1500)
        words: list[str] = []
        while len(words) < length:
            words += rng.choices(self.phrases, cum_weights=self._of_phrases, k=12)
            words += self._drawn(rng, 12)
        words.insert(rng.randrange(len(words)), f"{rng.randrange(1, 3000)}/{rng.choice(_TYPES)}")
        words.insert(rng.randrange(len(words)), f"{rng.randrange(1, 999)}.{rng.randrange(1000):03d}")
        title, rest = " ".join(words[:9]).capitalize(), words[9:]
        return title, [" ".join(rest[start : start + 55]).capitalize() + "." for start in range(0, len(rest), 55)]


@dataclass(frozen=True, slots=True)
class _Composed:
    """One article and the bytes of its text; a copy has none."""

    line: ArticleLine
    data: bytes | None


def fill_archive(archive: Archive, size: int, composer: Composer) -> int:
    """Write sealed nights with at least so many texts, their rows in the index; returns how many texts there are."""
    texts, night, previous = 0, FIRST, None
    while texts < size:
        with archive.index.writing() as transaction:
            texts = _night(archive, transaction, composer, night, texts)
            seal = _seal(archive, night, previous)
            transaction.add_seal(seal)
        previous = Previous(night, 1, seal.head)
        night += timedelta(days=1)
    return texts


def _night(archive: Archive, transaction: Transaction, composer: Composer, night: date, number: int) -> int:
    last: ArticleLine | None = None
    for portal in _PORTALS:
        folder = archive.paths.night(night) / portal
        make_folder(folder)
        lines: list[ArticleLine] = []
        for seq in range(_NIGHTLY):
            copied = last if (seq == 0 and _PORTALS.index(portal) % 3 == 2) else None
            one = _composed(composer, portal, night, seq, number, copied)
            if one.data is not None:
                (folder / str(one.line.file)).write_bytes(one.data)
                number += 1
                last = one.line
            lines.append(one.line)
            transaction.add_event(night, portal, one.line)
        (folder / "articles.jsonl").write_bytes(b"".join(map(encode_article, lines)))
        (folder / "pages.jsonl").write_bytes(b"")
        run = _run(portal, night, lines)
        (folder / RUN_FILE).write_bytes(run_bytes(run))
        transaction.add_run(run)
    return number


def _composed(
    composer: Composer, portal: str, night: date, seq: int, number: int, copied: ArticleLine | None
) -> _Composed:
    moment = datetime.combine(night, time(8, seq), TZ)
    raw = f"{moment:%d/%m/%Y %H:%M}"
    title, paragraphs = composer.text(number)
    data = text_bytes("\n\n".join([title, raw, *paragraphs]) + "\n")
    digest = sha256(data).hexdigest()
    key = f"{night:%Y%m%d}-{seq}"
    line = ArticleLine(
        event=Event.DUPLICATE if copied else Event.NEW,
        id=version_id(portal, key, copied.content_sha256 if copied else digest),
        seq=seq, portal=portal, section="tin", url=f"https://{portal}.gov.vn.replica.test/{key}", key=key,
        title=copied.title if copied else title, published=moment.isoformat(), published_raw=raw, published_from="page",
        author=None, fetched_at=moment, via=ArchiveKind.REPLICA.value, file=None if copied else file_name(seq, digest),
        sha256=None if copied else digest,
        content_sha256=copied.content_sha256 if copied else content_sha256(text_content(data.decode(), raw)),
        bytes=None if copied else len(data), warc=CaptureRef("pages-00001.warc.gz", 0, 1, "0" * 64), layout="none",
        extractor="composed", duplicate_of=copied.id if copied else None,
    )  # fmt: skip
    return _Composed(line, None if copied else data)


def _run(portal: str, night: date, lines: list[ArticleLine]) -> Run:
    moment = datetime.combine(night, time(23, 59, 59), TZ)
    return Run(
        portal=portal, night=night, run=portal, via=ArchiveKind.REPLICA, started_at=moment, finished_at=moment, complete=True,
        finish_reason="finished", verdict=Verdict.GOOD, reasons=("composed",), listed=len(lines), requests=len(lines),
        bytes=0, province=portal,
    )  # fmt: skip


def _seal(archive: Archive, night: date, previous: Previous | None) -> Seal:
    folder = archive.paths.night(night)
    files = tuple(sorted((describe(folder, path) for path in _files(folder)), key=lambda entry: entry.path))
    hashes = leaves(folder, [Path(portal) for portal in _PORTALS], files)
    seal = Seal(
        archive=archive.identity.id, night=night, number=1, files=files, missed={}, root=merkle.root(hashes).hex(),
        leaves=len(hashes), chained=previous,
    )  # fmt: skip
    manifest_path(archive.paths, night, 1).write_bytes(seal.to_bytes())
    return seal


def _files(folder: Path) -> Iterator[Path]:
    for portal in _PORTALS:
        yield from sorted((folder / portal).iterdir())
