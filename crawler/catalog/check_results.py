"""The results of checks, one file a portal: `var/checks/<portal>.json`, outside of the repository.

Those of a rehearsal are apart (`<portal>.replica.json`): a replica is no evidence of the portal itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import UsageError
from archive.model.enums import ArchiveKind

if TYPE_CHECKING:
    from crawler.portal import PortalSpider


class FieldStatus(StrEnum):
    """The result for one field of a portal's declaration."""

    OK = "ok"
    DOUBTFUL = "doubtful"  # a person should look; the check passes
    WRONG = "wrong"  # the portal would be archived wrongly, or not at all
    UNTRIED = "not tried"


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """One field. `found` is the observation in words, `statement` the entry of `inferred` that it concerns, or empty."""

    field: str
    held: FieldStatus
    found: str
    statement: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check. `declared` is the digest of the declaration, `passed_at` the time of its last check that passed."""

    portal: str
    checked_at: datetime
    via: ArchiveKind
    declared: str
    findings: tuple[FieldFinding, ...]
    requests: int = 0
    asked: tuple[str, ...] = ()
    passed_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Return whether the portal answered at all."""
        return not any(each.field == "address" and each.held is FieldStatus.UNTRIED for each in self.findings)

    @property
    def passed(self) -> bool:
        """Return whether no field that was tried is wrong."""
        return self.answered and not any(each.held is FieldStatus.WRONG for each in self.findings)


def declaration(portal: type[PortalSpider]) -> str:
    """Return a digest of what a check vouches for: the portal's own file, and not the code of its family."""
    # A family's repair must not ask for new checks: it would take every portal of the family off the schedule, and the
    # nights' verdicts see what it breaks.
    own = vars(portal)
    says = [portal.family, portal.home, sorted(portal.hosts), portal.tls, repr(portal.sections)]
    says += [repr(own[name]) for name in ("structure", "layouts") if name in own]
    return hashlib.sha256(json.dumps(says, ensure_ascii=False).encode()).hexdigest()[:16]


def store_check(checked: CheckResult, folder: Path) -> CheckResult:
    """Write a check and return it with `passed_at`. A portal that did not answer keeps that of an earlier check.

    Raises:
        UsageError: It cannot be written.
    """
    before = last_check(folder, checked.portal, checked.via)
    earlier = before.passed_at if before is not None and before.declared == checked.declared else None
    passed_at = checked.checked_at if checked.passed else None if checked.answered else earlier
    given = {field.name: getattr(checked, field.name) for field in fields(checked)}
    stored = CheckResult(**{**given, "passed_at": passed_at})
    path = _file(folder, checked.portal, checked.via)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(as_plain(stored), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise UsageError(
            f"cannot write {path} ({(error.strerror or str(error)).lower()}): name a folder with --checks"
        ) from None
    return stored


def last_check(folder: Path, portal: str, via: ArchiveKind) -> CheckResult | None:
    """Return the last check of a portal; None where no readable one is stored."""
    try:
        plain = json.loads(_file(folder, portal, via).read_text(encoding="utf-8"))
        return CheckResult(
            portal=plain["portal"],
            checked_at=datetime.fromisoformat(plain["checked_at"]),
            via=ArchiveKind(plain["via"]),
            declared=plain["declared"],
            findings=tuple(FieldFinding(**{**each, "held": FieldStatus(each["held"])}) for each in plain["findings"]),
            requests=plain["requests"],
            asked=tuple(plain["asked"]),
            passed_at=datetime.fromisoformat(plain["passed_at"]) if plain["passed_at"] else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def confirmed(findings: Iterable[FieldFinding], inferred: tuple[str, ...]) -> tuple[str, ...]:
    """Return the inferred statements of which at least one field was tried and every tried field held."""
    every = list(findings)
    return tuple(
        statement
        for statement in inferred
        if (
            about := [
                each.held for each in every if each.statement == statement and each.held is not FieldStatus.UNTRIED
            ]
        )
        and all(held is FieldStatus.OK for held in about)
    )


def _file(folder: Path, portal: str, via: ArchiveKind) -> Path:
    return folder / (f"{portal}.json" if via is ArchiveKind.LIVE else f"{portal}.replica.json")


def as_plain(checked: CheckResult) -> dict[str, object]:
    """Return a check as JSON values."""
    return {
        **asdict(checked),
        "checked_at": checked.checked_at.isoformat(),
        "passed": checked.passed,
        "passed_at": checked.passed_at.isoformat() if checked.passed_at else None,
    }
