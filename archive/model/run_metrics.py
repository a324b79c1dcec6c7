"""Hold the measures of a run's articles: the part of `run.json` that later nights are judged against.

All of them follow from the lines of the run and of those before it. Attachments do not count, nor do articles that had
vanished before the night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""A number, a size in bytes or a place in a file, as far as both databases hold it; a file with another one is damaged."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its time zone; a file with another one is damaged."""


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of the articles requested in one night.

    `asked` counts them by the last outcome of each. `texts` is the number of new texts, `text_bytes` the median of
    their sizes in UTF-8. `dated` is the number of new texts with a publication date, `lag_days` the median of the days
    from that date to the night (negative: dated after it). `identical` counts the articles whose text is that of
    another article read in the same night, `repeated` the others whose text was stored before under another key.
    `near` counts the first texts that are near-duplicates of another article, `set_aside` the quarantined articles.
    A median is None where there is nothing to measure.
    """

    asked: Mapping[str, Count] = field(default_factory=dict)
    texts: Count = 0
    text_bytes: Count | None = None
    dated: Count = 0
    lag_days: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | None = None
    identical: Count = 0
    repeated: Count = 0
    near: Count = 0
    set_aside: Count = 0
