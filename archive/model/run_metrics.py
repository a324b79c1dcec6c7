"""What a portal's night measured of its articles: the part of `run.json` that later nights are judged against.

Everything here follows from the run's own lines and those before it. Files that articles name do not count, and neither
does an article that had vanished before the night: it says nothing of this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Measures"]


@dataclass(frozen=True, slots=True)
class Measures:
    """What one night measured of the articles it asked for.

    `asked` counts them by the last outcome of each. `texts` is the number of new texts, `text_bytes` the median of
    their sizes in UTF-8. `dated` is the number of new texts with a publication date, `lag_days` the median of the days
    from that date to the night (negative: dated after it). `identical` counts the articles whose text is that of
    another article read in the same night, `repeated` the others whose text was kept before under another key.
    `near` counts the first texts that nearly say what another article says, `set_aside` the articles that the checks
    refused. A median is None where there is nothing to measure.
    """

    asked: Mapping[str, int] = field(default_factory=dict)
    texts: int = 0
    text_bytes: int | None = None
    dated: int = 0
    lag_days: int | None = None
    identical: int = 0
    repeated: int = 0
    near: int = 0
    set_aside: int = 0
