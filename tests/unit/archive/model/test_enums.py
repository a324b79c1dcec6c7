"""The closed vocabularies: what another version of the program wrote can still be read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from archive.model.enums import FinishReason
from archive.storage.run_record import run_bytes, run_from
from testing.night_rows import row


def test_a_finish_reason_of_another_version_is_kept_as_it_is() -> None:
    other = FinishReason("memusage_exceeded")
    assert (other.value, json.dumps(other), f"{other}") == ("memusage_exceeded", '"memusage_exceeded"', other.value)
    assert other == FinishReason("memusage_exceeded")
    assert other not in set(FinishReason)
    assert FinishReason("finished") is FinishReason.FINISHED
    with pytest.raises(ValueError, match="is not a valid FinishReason"):
        FinishReason(5)  # type: ignore[arg-type]  # what a damaged record may hold


def test_a_record_with_such_a_reason_is_written_as_it_was_read() -> None:
    run = row("da_nang").run
    assert run is not None
    written = run_bytes(replace(run, finish_reason=FinishReason("memusage_exceeded")))
    assert run_bytes(run_from(written)) == written
    assert run_from(written).crawled
