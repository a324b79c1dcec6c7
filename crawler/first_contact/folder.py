"""Keep the results of an evening, one file a host, so that a killed evening goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from archive.errors import UsageError
from archive.model.enums import ArchiveKind
from archive.storage.fsync import disk_errors, make_folder, write_durably
from crawler.catalog.check_results import CheckResult
from crawler.first_contact.differences import DeclarationDifference
from crawler.first_contact.home import HomeAnswer, HomeState
from crawler.first_contact.hosts import ProvinceHost


@dataclass(frozen=True, slots=True)
class ProbeSummary:
    """Result of a probe. `family` is empty without a spider, `score` None where something could not be checked."""

    family: str
    score: int | None
    mean: int
    sections: int
    undecided: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostContact:
    """Result of one host. `portal` is the declared portal, None for none; `name` that of the proposed spider.

    `check` and `probe` are None where they were not made, `proposed` is the path of the written spider below the folder,
    `error` a failure of this program. `witnesses` say what each declared feed and archive of a day brought.
    """

    slug: str
    name: str
    host: str
    portal: str | None
    via: ArchiveKind
    asked_at: datetime
    home: HomeAnswer
    requests: int = 0
    robots: str = ""
    check: CheckResult | None = None
    probe: ProbeSummary | None = None
    differences: tuple[DeclarationDifference, ...] = ()
    witnesses: tuple[str, ...] = ()
    proposed: str | None = None
    error: str | None = None

    @property
    def is_good(self) -> bool:
        """Return whether the host answers as its portal declares, and nothing waits for a person."""
        answers = self.home.state is HomeState.ANSWERS
        return answers and self.check is not None and self.check.passed and not self.differences and not self.error


_RESULT = msgspec.json.Decoder(HostContact)


class ContactFolder:
    """The folder of an evening: `hosts/SLUG.json` is a finished host, `hosts/SLUG.begun` one that was not finished."""

    def __init__(self, root: Path, via: ArchiveKind) -> None:
        self.root, self._via = root, via
        with disk_errors(f"cannot write in {root}"):
            make_folder(root / "hosts")
        for each in self.results():
            if each.via is not via:
                raise UsageError(f"{root} holds results of a {each.via.value} evening: name another folder with --into")

    def results(self) -> list[HostContact]:
        """Return the results of all finished hosts; a file that cannot be read is a host that is asked again."""
        found = []
        for path in sorted((self.root / "hosts").glob("*.json")):
            try:
                found.append(_RESULT.decode(path.read_bytes()))
            except (OSError, msgspec.DecodeError):
                continue
        return found

    def waiting(self, hosts: Iterable[ProvinceHost], *, again: bool) -> list[ProvinceHost]:
        """Return the hosts without a result, those last during which an evening ended; with `again` all of them."""
        done = frozenset() if again else frozenset(each.slug for each in self.results())
        left = [host for host in hosts if host.province.slug not in done]
        return sorted(left, key=lambda host: self._begun(host.province.slug).exists())

    def begin(self, slug: str) -> None:
        """Record that a host is being asked."""
        self._begun(slug).touch()

    def store(self, result: HostContact) -> None:
        """Write a finished host's result. Raises DiskFull or ArchiveError."""
        with disk_errors(f"cannot write in {self.root}"):
            data = msgspec.json.format(msgspec.json.encode(result), indent=1)
            write_durably(self.root / "hosts" / f"{result.slug}.json", data)
            self._begun(result.slug).unlink(missing_ok=True)

    def _begun(self, slug: str) -> Path:
        return self.root / "hosts" / f"{slug}.begun"
