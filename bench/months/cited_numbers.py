"""What numbers of official documents real articles name: `python -m bench.months.cited_numbers --articles FILE`.

Read from the CSV of danang.gov.vn, nothing of which is kept. No labels are needed: a number that is written with its year has to
stand beside a day of that year; a number that several articles name has to stand beside one day; and of one office and
year, days rise with numbers. The last line is JSON. Exit codes: 0; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from archive.coverage.number_series import issuer_of, read_series
from archive.errors import ArchiveError, ExitCode
from archive.index.rows import Mention
from bench.months.recorded_rows import Row, read_rows
from vietnam.documents import CitationContext, cited_documents, document_numbers, read_number

__all__ = ["main", "measured", "mentions_of"]

_PORTAL, _PROVINCE = "da_nang", "danang"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.months.cited_numbers", description="Count the numbers in recorded articles."
    )
    parser.add_argument("--articles", type=Path, required=True, metavar="FILE", help="the CSV of articles")
    asked = parser.parse_args(arguments)
    try:
        rows = read_rows(asked.articles)
    except ArchiveError as error:
        print(f"numbers: {error}", file=sys.stderr)
        return error.exit_code
    print(json.dumps({"articles": len(rows)} | measured(mentions_of(rows)), ensure_ascii=False))
    return ExitCode.GOOD


def mentions_of(rows: Iterable[Row]) -> list[Mention]:
    """Every number that the articles name, as the index would hold it."""
    found = []
    for row in rows:
        text = "\n\n".join((row.title, row.summary, row.content))
        beside = {cited.raw: cited for cited in cited_documents(text)}
        for raw in document_numbers(text):
            read = read_number(raw)
            if read is not None:
                said = beside.get(raw, CitationContext(raw))
                digits = read.number.rstrip("abcdefghijklmnopqrstuvwxyzđ")
                day = row.published.date()
                found.append(
                    Mention(
                        day, _PORTAL, _PROVINCE, row.slug, int(digits), read.number[len(digits) :], read.year, read.type,
                        read.organ, said.day, said.by, day, raw,
                    )
                )  # fmt: skip
    return found


def measured(mentions: Sequence[Mention]) -> dict[str, object]:
    """The counts."""
    dated = [one for one in mentions if one.issued is not None]
    with_year = [one for one in dated if one.year is not None]
    days: dict[tuple[int, int, str, str, int], list[date]] = defaultdict(list)
    for one in dated:
        if one.issued is not None:
            days[one.number, one.issued.year, one.type, one.organ, one.year or 0].append(one.issued)
    several = [each for each in days.values() if len(each) > 1]
    read = read_series(mentions, {})
    issuers = Counter(issuer_of(one) or "other offices" for one in mentions)
    return {
        "mentions": len(mentions),
        "different": len({(one.raw.replace(" ", "")) for one in mentions}),
        "with a day": len(dated),
        "with an issuer": sum(one.issuer is not None for one in mentions),
        "day and year agree": [
            sum(one.issued is not None and one.issued.year == one.year for one in with_year),
            len(with_year),
        ],
        "articles agree on the day": [sum(len(set(each)) == 1 for each in several), len(several)],
        "issuers": dict(issuers.most_common()),
        "series": [[one.issuer, one.name, one.period, one.first, one.last, len(one.seen)] for one in read.series],
        "thin": dict(read.thin),
        "misfits": read.misfits,
    }


if __name__ == "__main__":
    raise SystemExit(main())
