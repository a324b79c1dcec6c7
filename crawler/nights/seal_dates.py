"""Let others date a live seal: a timestamp authority and calendars of OpenTimestamps, where the settings name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from archive.errors import ArchiveError
from archive.sealing.receipts import ask_calendars, complete, keep_receipt, kept_receipt, receipt_path
from archive.sealing.timestamps import ask_authority, keep_timestamp, timestamp_request
from archive.storage.manifest import Seal, seals_on_disk
from archive.storage.paths import Paths
from crawler.config.settings_file import NightSettings

_PROMISED = timedelta(days=30)
"""Nights whose receipts are asked for again: a calendar writes into a block within a day, or has lost what it promised."""


def date_seal(paths: Paths, seal: Seal, settings: NightSettings) -> list[str]:
    """Ask for a timestamp and a receipt of a new seal, and for the blocks of earlier receipts; returns what went wrong.

    What is missing holds up nothing: by the chain that of a later seal dates this one too.
    """
    return [*_stamp(paths, seal, settings.timestamp_url), *_ask_calendars(paths, seal, settings.calendars)]


def _stamp(paths: Paths, seal: Seal, url: str) -> Iterator[str]:
    if not url:
        return
    try:
        keep_timestamp(paths, seal, ask_authority(url, timestamp_request(seal)))
    except (ArchiveError, OSError) as error:
        yield f"the seal of {seal.night} has no timestamp: {error}"


def _ask_calendars(paths: Paths, seal: Seal, urls: Sequence[str]) -> Iterator[str]:
    if not urls:
        return
    try:
        receipt, troubles = ask_calendars(urls, seal.head)
        if receipt is None:
            yield f"the seal of {seal.night} has no receipt: {'; '.join(troubles)}"
        else:
            keep_receipt(paths, seal, receipt)
    except (ArchiveError, OSError) as error:
        yield f"the receipt of the seal of {seal.night} cannot be kept: {error}"
    yield from _complete(paths, seal, urls)


def _complete(paths: Paths, seal: Seal, urls: Sequence[str]) -> Iterator[str]:
    """Ask for the blocks of earlier receipts. A calendar that does not answer is asked after the next seal."""
    silent: dict[str, str] = {}
    for night in paths.nights():
        if not seal.night - _PROMISED <= night < seal.night:
            continue
        try:
            for earlier in seals_on_disk(paths, night):
                receipt = kept_receipt(receipt_path(paths, earlier))
                if receipt is not None:
                    keep_receipt(paths, earlier, complete(receipt, urls, silent))
        except (ArchiveError, OSError) as error:
            yield f"a receipt of {night} cannot be completed: {error}"
