"""Options of a crawl, read strictly."""

from __future__ import annotations

import pytest

from archive.errors import UsageError
from crawler.config.run_options import RunOptions


@pytest.mark.parametrize(
    ("said", "looks"),
    [("", ()), ("1,7,30", (1, 7, 30)), (" 30, 1 ", (1, 30))],
    ids=["portal's own", "given", "any order"],
)
def test_the_operators_looks(said: str, looks: tuple[int, ...]) -> None:
    assert RunOptions.read({"REPLICA": "1", "NIGHT": "2025-03-03", "LOOKS": said}).recheck_days == looks


@pytest.mark.parametrize("said", ["0", "-1", "1,,7", "daily"])
def test_looks_that_are_no_days_are_refused(said: str) -> None:
    with pytest.raises(UsageError, match="are no days: write them as 1,7,30"):
        RunOptions.read({"REPLICA": "1", "NIGHT": "2025-03-03", "LOOKS": said})
