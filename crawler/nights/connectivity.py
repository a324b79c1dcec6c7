"""Whether the network itself is gone: told from portals that fall silent one after another while none answers."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Network"]

_SILENT_PORTALS = 3


@dataclass(slots=True)
class Network:
    """What the portals of a night say of the network. One that answers shows that it is there."""

    _silent: set[str] = field(default_factory=set)

    def silent(self, portal: str) -> None:
        """A portal did not answer at all."""
        self._silent.add(portal)

    def heard(self) -> None:
        """Some portal answered something."""
        self._silent.clear()

    @property
    def gone(self) -> bool:
        """Three portals in a row did not answer, and nobody has answered since the first of them."""
        return len(self._silent) >= _SILENT_PORTALS

    @property
    def words(self) -> str:
        """For the ledger and the log."""
        return f"the network seems to be gone: {', '.join(sorted(self._silent))} did not answer, and nobody else did"
