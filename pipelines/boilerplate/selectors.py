"""From the path of a box to the CSS selectors that could name it."""

from __future__ import annotations

import re

from pipelines.boilerplate.positions import Path

__all__ = ["selectors_of"]

_STEP = re.compile(r"(?P<tag>[a-z][a-z0-9]*)(?P<names>[.#].*)?")
_NAME = re.compile(r"-?[A-Za-z_][\w-]*")
_BEGINNING = re.compile(r"([A-Za-z_-]{4,})0")


def selectors_of(box: Path) -> tuple[str, ...]:
    """Selectors of a box, the shortest first: its own name, then the whole path; none where nothing has a name.

    A path has its digits as `0`: a class or id with digits gives the selector of its beginning.
    """
    steps = [_selector(step) for step in box]
    if not any(named for _, named in steps):
        return ()
    last, named = steps[-1]
    whole = " > ".join(selector for selector, _ in steps)
    return tuple(dict.fromkeys((*((last,) if named else ()), whole)))


def _selector(step: str) -> tuple[str, bool]:
    """A step as a selector, and whether it names more than a tag."""
    found = _STEP.fullmatch(step)
    if found is None or not found["names"]:
        return (found["tag"] if found else "*"), False
    tag, names = found["tag"], found["names"]
    if names.startswith("#"):
        name = _named(names[1:], "#{}", "id^")
        return (tag + name, True) if name else (tag, False)
    classes = "".join(_named(name, ".{}", "class*") for name in names[1:].split("."))
    return (tag + classes, True) if classes else (tag, False)


def _named(name: str, exact: str, attribute: str) -> str:
    if _NAME.fullmatch(name) and "0" not in name:
        return exact.format(name)
    beginning = _BEGINNING.match(name)
    return f'[{attribute}="{beginning[1]}"]' if beginning else ""
