"""The table `[alerts]` of nights.toml: recipients of reports, the verdicts that are reported, heartbeat addresses.

Addresses often carry tokens and passwords. They may stand in a file of their own or in the environment
(LUU_TRU_ALERT_URLS, LUU_TRU_HEARTBEAT_URL), and are never shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field

from archive.errors import UsageError
from archive.leases.states import LeaseState
from archive.model.enums import Verdict
from crawler.config.setting_types import TABLE, Count, OptionalFile, ShouldBe, WebAddress, YesOrNo
from crawler.log.redaction import secrets_of_addresses

REPORTABLE = (*Verdict, LeaseState.FAILED, LeaseState.MISSED, LeaseState.PARTIAL)
"""Every word for a portal's night that a report may use, and so every word that `on` takes."""
DEFAULT_ON = tuple(word.value for word in REPORTABLE if word not in (Verdict.GOOD, Verdict.QUIET))


def _reportable(words: tuple[str, ...]) -> tuple[str, ...]:
    if all(word in REPORTABLE for word in words):
        return tuple(dict.fromkeys(words))
    raise ValueError


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Recipients, the verdicts that are reported, and the nights without a seal after which silence is reported."""

    __pydantic_config__: ClassVar[ConfigDict] = TABLE

    urls: Annotated[
        tuple[Annotated[str, Field(pattern="://")], ...],
        ShouldBe('a list of Apprise addresses like ["mailto://user:password@example.vn"]'),
    ] = field(default=(), repr=False)
    urls_file: Annotated[OptionalFile, ShouldBe("the path of a file with an address a line, or empty")] = None
    on: Annotated[tuple[str, ...], AfterValidator(_reportable), ShouldBe(f"a list of {', '.join(REPORTABLE)}")] = (
        DEFAULT_ON
    )
    rehearsals: YesOrNo = False
    silent_nights: Annotated[Count, Field(ge=0, le=30), ShouldBe("a whole number from 0 (never) to 30")] = 1
    heartbeat_url: WebAddress = field(default="", repr=False)
    heartbeat_fail_url: WebAddress = field(default="", repr=False)
    heartbeat_file: Annotated[OptionalFile, ShouldBe("the path of a file, or empty")] = None

    def addresses(self, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
        """Return every alert address of the settings, the file and the environment, each once.

        Raises:
            UsageError: The file cannot be read.
        """
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
        """Return the address that is called after each sealed night, or an empty string."""
        return self.heartbeat_url or environment.get("LUU_TRU_HEARTBEAT_URL", "")

    def secrets(self, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
        """Yield the addresses and the parts of them that must never be shown."""
        yield from secrets_of_addresses(
            [*self.addresses(environment), self.heartbeat(environment), self.heartbeat_fail_url]
        )
