"""The table `[alerts]` of nights.toml: who is told of what, and where a dead man's switch listens.

Addresses are secrets as a rule (they carry tokens and passwords): they may stand in a file of their own or in the
environment (LUU_TRU_ALERT_URLS, LUU_TRU_HEARTBEAT_URL), and are never shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.errors import UsageError
from archive.leases.ledger import LeaseState
from archive.model.enums import Verdict
from crawler.config.parsing import Keys, path, read_table, web_address, whole, words_of, yes_or_no
from crawler.log.redaction import secrets_of_addresses

__all__ = ["DEFAULT_ON", "TOLD", "AlertSettings", "read_alerts"]

TOLD = {
    **{verdict.value: verdict for verdict in Verdict},
    **{state.value: state for state in (LeaseState.FAILED, LeaseState.MISSED, LeaseState.PARTIAL)},
}
"""What a portal's night may be called in a report, and so in `on`."""
DEFAULT_ON = tuple(word for word in TOLD if word not in (Verdict.GOOD, Verdict.QUIET))


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Who is told, of which verdicts, and after how many nights without a seal silence itself is told."""

    urls: tuple[str, ...] = field(default=(), repr=False)
    urls_file: Path | None = None
    on: tuple[str, ...] = DEFAULT_ON
    rehearsals: bool = False
    silent_nights: int = 1
    heartbeat_url: str = field(default="", repr=False)
    heartbeat_fail_url: str = field(default="", repr=False)
    heartbeat_file: Path | None = None

    def addresses(self, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
        """Every alert address: of the settings, the file and the environment. Raises UsageError for an unreadable file."""
        found = [*self.urls]
        if self.urls_file is not None:
            try:
                lines = self.urls_file.read_text(encoding="utf-8").splitlines()
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or "it is no text"
                raise UsageError(
                    f"{self.urls_file} cannot be read ({why}): write one alert address a line, or clear `alerts.urls_file`"
                ) from None
            found += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        found += environment.get("LUU_TRU_ALERT_URLS", "").split()
        return tuple(dict.fromkeys(found))

    def heartbeat(self, environment: Mapping[str, str] = os.environ) -> str:
        """The address that is called after each night that was sealed; empty: none."""
        return self.heartbeat_url or environment.get("LUU_TRU_HEARTBEAT_URL", "")

    def secrets(self, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
        """What of all this must never be shown."""
        yield from secrets_of_addresses(
            [*self.addresses(environment), self.heartbeat(environment), self.heartbeat_fail_url]
        )


def read_alerts(raw: object, where: str, base: Path) -> AlertSettings:
    """Read the table; paths count from `base`. Raises UsageError."""
    if not isinstance(raw, dict):
        raise UsageError(f"{where}: `alerts` should be a table [alerts]")
    settings = AlertSettings(**read_table(raw, _KEYS, where, "alerts."))
    return replace(
        settings,
        urls_file=None if settings.urls_file is None else base / settings.urls_file,
        heartbeat_file=None if settings.heartbeat_file is None else base / settings.heartbeat_file,
    )


def _urls(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(url, str) and "://" in url for url in value):
        return tuple(value)
    raise ValueError


def _file(value: object) -> Path | None:
    return None if value == "" else path(value)


_KEYS: Keys = {
    "urls": ("urls", 'a list of Apprise addresses like ["mailto://user:password@example.vn"]', _urls),
    "urls_file": ("urls_file", "the path of a file with an address a line, or empty", _file),
    "on": ("on", f"a list of {', '.join(TOLD)}", words_of(TOLD)),
    "rehearsals": ("rehearsals", "true or false", yes_or_no),
    "silent_nights": ("silent_nights", "a whole number from 0 (never) to 30", whole(0, 30)),
    "heartbeat_url": ("heartbeat_url", "a web address, or empty", web_address),
    "heartbeat_fail_url": ("heartbeat_fail_url", "a web address, or empty", web_address),
    "heartbeat_file": ("heartbeat_file", "the path of a file, or empty", _file),
}
