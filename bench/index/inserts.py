"""Writing into a filled archive: nights of a few portals by the writer of a portal's night, group by group.

The texts of the second night repeat, change and resemble those of the first, as they do on portals: of 25 articles 17 are
new, 5 near-duplicates, 2 revisions and one a copy.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as time_of_day

from archive.ingest.run_writer import RunWriter
from archive.model.enums import ArchiveKind, Outcome
from archive.model.records import Capture, Document, PageRecord
from archive.store import Archive
from bench.index.documents import PORTALS, SECTIONS, Synthetic, words
from pipelines.dedup import judge
from vietnam.date_forms import TZ
from vietnam.letters import strip_diacritics

GROUP = 25
_NEW, _NEAR, _REVISED = 17, 22, 24  # of the 25 kinds: new below the first, near-duplicates below the second ...


def inserts(
    archive: Archive, documents: Synthetic, portals: int, groups: int, rng: random.Random, first: int = 1
) -> Iterator[float]:
    """Write two nights, `first` and the next, and yield the seconds of each group of the second.

    A group is 25 responses written to the WARC, judged, stored and committed when its seconds are asked for.
    """
    earlier: list[Document] = []
    for number in (first, first + 1):
        night = documents.last_night + timedelta(days=number)
        moment = datetime.combine(night, time_of_day(23, 59, 59), TZ)
        fresh: list[Document] = []
        for portal in PORTALS[:portals]:
            crawl = archive.start(portal, night, moment, judge)
            for _ in range(groups):
                group = [_composed(documents, portal, moment, rng, kind, earlier) for kind in range(GROUP)]
                seconds = _write_group(crawl, group)
                if number > first:
                    yield seconds
                fresh += group
            crawl.suspend()
        earlier = fresh


def _write_group(crawl: RunWriter, group: list[Document]) -> float:
    start = time.perf_counter()
    for item in group:
        body = f"<h1>{item.title}</h1><p>{item.text}</p>".encode() * 4
        ref = crawl.capture(Capture(item.url, 200, (), body, item.fetched_at, ArchiveKind.REPLICA))
        page = PageRecord(item.url, Outcome.ARTICLE, item.fetched_at, 200, key=item.key, section=item.section, warc=ref)
        crawl.write(page, replace(item, warc=ref))
    crawl.commit()
    return time.perf_counter() - start


def _composed(
    documents: Synthetic, portal: str, moment: datetime, rng: random.Random, kind: int, earlier: list[Document]
) -> Document:
    """Return an article of one of the 25 kinds; without earlier ones all are new."""
    key = f"{strip_diacritics(' '.join(words(rng, 3))).replace(' ', '-')}-{rng.getrandbits(40):x}"
    if not earlier or kind < _NEW:
        said = _edited(rng.choice(documents.pool), rng, 14)
    elif kind < _NEAR:
        said = _edited(_body(rng.choice(earlier)), rng, 60)
    elif kind < _REVISED:
        before = rng.choice([item for item in earlier if item.portal == portal])
        key, said = before.key, _edited(_body(before), rng, 60)
    else:
        said = _body(rng.choice(earlier))
    title, shown = said[:60], f"08:00 {moment:%d/%m/%Y}"
    return Document(
        portal=portal, section=rng.choice(SECTIONS), url=f"https://{portal}.gov.vn.replica.test/{key}.html", key=key,
        title=title, text=f"{title}\n\n{shown}\n\n{said}\n", content=f"{title}\n{said}", fetched_at=moment,
        via=ArchiveKind.REPLICA, warc=None, published=moment.isoformat(), published_raw=shown,
    )  # fmt: skip


def _body(item: Document) -> str:
    return item.content.partition("\n")[2]


def _edited(text: str, rng: random.Random, every: int) -> str:
    """Return the text with one word of so many replaced."""
    fresh = iter(words(rng, 400))
    return " ".join(next(fresh).split()[0] if rng.randrange(every) == 0 else word for word in text.split(" "))
