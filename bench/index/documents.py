"""Synthetic documents: what 32 invented portals published, 10 a night each, with the pages and looks that belong to them.

Every value follows from the document's number and the seed. A document is an article with its first response, six looks
after 1, 2, 4, 7, 14 and 30 days that found nothing new, its place on a list, a signature and the signature's bands. One in
32 repeats the text of another portal. Nights are full: a size is rounded up to whole nights of 320 documents.

Chance shares bands: two unrelated texts of a real portal had a band in common in 5 of 10,000 cases (`make near`: bands a
pair), so half of each text's bands are those of one of 480 composed texts.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256, shake_128

from archive.similarity.minhash import Signature, signature
from vietnam.date_forms import TZ

PORTALS = tuple(f"tinh_{number:02d}" for number in range(32))
SECTIONS = ("tin-tuc", "thong-bao", "chi-dao", "van-ban")
NIGHTLY = 10
LOOKS = (1, 2, 4, 7, 14, 30)
FIRST = date(2021, 1, 1)
_A_NIGHT = NIGHTLY * len(PORTALS)
TWIN = 32
_POOL = 480
_SHARED = 0.5
_ONE = signature("một hai ba bốn năm")
_BANDS, _ROWS = len(_ONE.bands), len(_ONE.rows)
_SYLLABLES = (
    "an bình cầu dân đường gia hà huyện khai kiểm lúa mưa năm ngày nông phường quả rừng sáng sông tỉnh thôn trường "
    "ủy vùng xã xuân yên đồng đảo giống hội khách làng mùa nghề nhà nước phố quê ruộng tàu thuyền trạm vải vườn xưởng"
).split()


def words(rng: random.Random, count: int) -> list[str]:
    """Composed Vietnamese words, two syllables each."""
    return [f"{rng.choice(_SYLLABLES)} {rng.choice(_SYLLABLES)}" for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Document:
    """One document: where it stands, and what it is looked up by."""

    number: int
    portal: str
    night: date
    seq: int
    key: str
    url: str
    title: str
    content: str
    digest: str
    is_twin: bool

    @property
    def id(self) -> str:
        """Its version."""
        return f"{self.portal}/{self.key}@{self.digest[:16]}"

    @property
    def section(self) -> str:
        """The list it stood in."""
        return SECTIONS[self.seq % len(SECTIONS)]

    @property
    def at(self) -> datetime:
        """Return the moment of the fetch."""
        return datetime.combine(self.night, time(23, 59, 59), TZ)


class Synthetic:
    """The documents of an archive of this size."""

    def __init__(self, size: int, seed: int = 4) -> None:
        self.nights = -(-size // _A_NIGHT)
        self.size = self.nights * _A_NIGHT
        self.seed = seed
        # A document is asked for again with each of its looks, for 30 nights.
        self.document = lru_cache(maxsize=16384)(self._document)

    @property
    def last_night(self) -> date:
        """The last filled night."""
        return self.night(self.nights - 1)

    def night(self, number: int) -> date:
        """Return a night by its number."""
        return FIRST + timedelta(days=number)

    def number(self, night: int, portal: int, seq: int) -> int:
        """Return the document that a portal published in a night as number `seq`."""
        return (night * len(PORTALS) + portal) * NIGHTLY + seq

    def _document(self, number: int) -> Document:
        """One document; the same number gives the same one."""
        run, seq = divmod(number, NIGHTLY)
        night, owner = divmod(run, len(PORTALS))
        said = number - NIGHTLY if _is_twin(number) else number
        content = sha256(f"{self.seed} content {said}".encode()).hexdigest()
        digest = sha256(f"{self.seed} text {said}".encode()).hexdigest()
        title = " ".join(_SYLLABLES[int(content[i : i + 2], 16) % len(_SYLLABLES)] for i in range(0, 24, 2))
        key = f"{title.replace(' ', '-')}-{number}"
        url = f"https://{PORTALS[owner]}.gov.vn.replica.test/{SECTIONS[seq % 4]}/{content[:12]}-{number}.html"
        return Document(
            number, PORTALS[owner], self.night(night), seq, key, url, title, content, digest, said != number
        )

    def documents(self) -> Iterator[Document]:
        """All of them, night after night."""
        return (self.document(number) for number in range(self.size))

    @cached_property
    def pool(self) -> list[str]:
        """The texts whose bands other texts have by chance."""
        return [" ".join(words(random.Random(f"{self.seed} pool {number}"), 150)) for number in range(_POOL)]

    @cached_property
    def _pool_bands(self) -> list[tuple[int, ...]]:
        return [signature(text).bands for text in self.pool]

    def signature(self, number: int) -> Signature:
        """Return a signature with the bands that chance gives it: what a new text is looked up by."""
        rng = random.Random(f"{self.seed} signature {number}")
        found = [
            rng.choice(self._pool_bands)[band] if rng.random() < _SHARED else rng.getrandbits(31)
            for band in range(_BANDS)
        ]
        return Signature(tuple(found), rng.randbytes(_ROWS))

    def stored(self) -> Iterator[tuple[int, date, str, int]]:
        """Yield number, night, portal and line of every document with a text of its own."""
        for number in range(self.size):
            if not _is_twin(number):
                run, seq = divmod(number, NIGHTLY)
                night, owner = divmod(run, len(PORTALS))
                yield number, self.night(night), PORTALS[owner], seq

    def stored_signature(self, number: int) -> Signature:
        """Return the signature of a stored text. Numbers that no other text has are random: what they would be."""
        drawn = shake_128(f"{self.seed} bands {number}".encode()).digest(8 * _BANDS + _ROWS)
        own = struct.unpack_from(f">{_BANDS}I", drawn)
        chance = struct.unpack_from(f">{2 * _BANDS}H", drawn, 4 * _BANDS)
        pool, shared = self._pool_bands, int(_SHARED * 0x10000)
        found = (
            pool[chance[_BANDS + band] % _POOL][band] if chance[band] < shared else own[band] >> 1
            for band in range(_BANDS)
        )
        return Signature(tuple(found), drawn[8 * _BANDS :])


def _is_twin(number: int) -> bool:
    return number % TWIN == TWIN - 1 and number >= NIGHTLY
