"""What a check found, and how it is remembered: one file a portal, `var/checks/<portal>.json`, outside the repository.

A rehearsal's results stand apart (`<portal>.replica.json`): what a replica showed is no evidence of the portal itself.
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

__all__ = [
    "CheckResult",
    "FieldFinding",
    "FieldStatus",
    "as_told",
    "confirmed",
    "declaration",
    "last_check",
    "remember",
]


class FieldStatus(StrEnum):
    """Whether what a portal's file says of one field held."""

    OK = "ok"
    DOUBTFUL = "doubtful"  # a person should look; it holds nothing up
    WRONG = "wrong"  # the portal would be archived wrongly, or not at all
    UNTRIED = "not tried"


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """One field. `found` is what was seen, in words; `statement` the one of `inferred` that it bears on, empty for none."""

    field: str
    held: FieldStatus
    found: str
    statement: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check. `declared` is the digest of what was declared then; `passed_at` when a check of that last passed."""

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
        """Whether the portal said anything at all."""
        return not any(each.field == "address" and each.held is FieldStatus.UNTRIED for each in self.findings)

    @property
    def passed(self) -> bool:
        """Whether everything that was tried may be relied on."""
        return self.answered and not any(each.held is FieldStatus.WRONG for each in self.findings)


def declaration(portal: type[PortalSpider]) -> str:
    """A digest of what a check vouches for: the portal's own file, not its family's code, which every family member shares."""
    # A family's repair must not ask for new checks: it would take every portal of the family off the schedule, and the
    # nights' verdicts see what it breaks.
    own = vars(portal)
    says = [portal.family, portal.home, sorted(portal.hosts), portal.tls, repr(portal.sections)]
    says += [repr(own[name]) for name in ("structure", "layouts") if name in own]
    return hashlib.sha256(json.dumps(says, ensure_ascii=False).encode()).hexdigest()[:16]


def remember(checked: CheckResult, folder: Path) -> CheckResult:
    """Write a check and give it back with `passed_at`. A portal that did not answer keeps what an earlier check showed.

    Raises UsageError when it cannot be written.
    """
    before = last_check(folder, checked.portal, checked.via)
    kept = before.passed_at if before is not None and before.declared == checked.declared else None
    passed_at = checked.checked_at if checked.passed else None if checked.answered else kept
    given = {field.name: getattr(checked, field.name) for field in fields(checked)}
    told = CheckResult(**{**given, "passed_at": passed_at})
    path = _file(folder, checked.portal, checked.via)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(as_told(told), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise UsageError(
            f"cannot write {path} ({(error.strerror or str(error)).lower()}): name a folder with --checks"
        ) from None
    return told


def last_check(folder: Path, portal: str, via: ArchiveKind) -> CheckResult | None:
    """The last check of a portal; None where there is none that can be read: then it has to be checked again."""
    try:
        told = json.loads(_file(folder, portal, via).read_text(encoding="utf-8"))
        return CheckResult(
            portal=told["portal"],
            checked_at=datetime.fromisoformat(told["checked_at"]),
            via=ArchiveKind(told["via"]),
            declared=told["declared"],
            findings=tuple(FieldFinding(**{**each, "held": FieldStatus(each["held"])}) for each in told["findings"]),
            requests=told["requests"],
            asked=tuple(told["asked"]),
            passed_at=datetime.fromisoformat(told["passed_at"]) if told["passed_at"] else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def confirmed(findings: Iterable[FieldFinding], inferred: tuple[str, ...]) -> tuple[str, ...]:
    """The inferred statements of which every field that was tried held, and at least one was."""
    told = list(findings)
    return tuple(
        statement
        for statement in inferred
        if (
            about := [
                each.held for each in told if each.statement == statement and each.held is not FieldStatus.UNTRIED
            ]
        )
        and all(held is FieldStatus.OK for held in about)
    )


def _file(folder: Path, portal: str, via: ArchiveKind) -> Path:
    return folder / (f"{portal}.json" if via is ArchiveKind.LIVE else f"{portal}.replica.json")


def as_told(checked: CheckResult) -> dict[str, object]:
    """A check as it is written down."""
    return {
        **asdict(checked),
        "checked_at": checked.checked_at.isoformat(),
        "passed": checked.passed,
        "passed_at": checked.passed_at.isoformat() if checked.passed_at else None,
    }
