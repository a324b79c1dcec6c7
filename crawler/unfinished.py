"""What a generated spider still leaves open: every value that says TODO, named before anything is fetched with it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from archive.errors import UsageError

if TYPE_CHECKING:
    from crawler.walk import Walk

__all__ = ["TODO", "refuse_unfinished", "unfinished"]

TODO = "TODO"
_DECLARED = ("title", "home", "sections", "structure", "layouts", "labels", "hosts")


def unfinished(portal: type[Walk]) -> tuple[str, ...]:
    """The attributes of a portal's own class in which a value still says TODO."""
    own = vars(portal)
    return tuple(name for name in _DECLARED if name in own and _says_todo(own[name]))


def refuse_unfinished(portal: type[Walk]) -> None:
    """Raises UsageError, one line, for a portal that still has something to be written."""
    if left := unfinished(portal):
        file = f"{portal.__module__.replace('.', '/')}.py"
        raise UsageError(
            f"{portal.name}: {', '.join(left)} still say TODO; write them into {file}, or probe {portal.home}"
        )


def _says_todo(value: object) -> bool:
    if isinstance(value, str):
        return TODO in value
    if isinstance(value, (tuple, list)):
        return any(map(_says_todo, value))
    if is_dataclass(value) and not isinstance(value, type):
        return any(_says_todo(getattr(value, field.name)) for field in fields(value))
    return False
