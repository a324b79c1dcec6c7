"""Read and write the accepted rules: lines and boxes a portal or family repeats, in a file that is reviewed like code.

`residue.toml` stands beside the spider's or the family's own file. One table a rule, under the portal's name or the
family's; exactly one of `drop`, `before`, `among` and `after`, and `why`:

    [[quang_tri]]
    drop = "div.app-box"          # a CSS selector: the box goes, wherever it stands in lead or body
    why = "31 of 34 articles, 2025-03-03 to 2025-03-12: …"

    [[quang_tri]]
    after = "lượt đọc: #"         # a line's shape, `#` a number: it goes after the text, before it or among it

`scrapy suspects PORTAL --accept N` appends a rule; deleting its table takes it back.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Protocol

from lxml.cssselect import CSSSelector

from archive.errors import UsageError
from crawler.responses.facts import layouts_of
from pipelines.article import Layout
from pipelines.boilerplate.candidates import LineRole
from pipelines.boilerplate.recurring_lines import exclusion_reason

FILE = "residue.toml"
DROP = "drop"
_KINDS = (DROP, *(where.value for where in LineRole))
_HEAD = (
    "# Lines and boxes that are the portal's and not its articles', accepted with `scrapy suspects PORTAL --accept N`.\n"
    "# What each key means: crawler/boilerplate/rules.py. Delete a table to take its rule back.\n"
)


class RuleOwner(Protocol):
    """Part of a portal's class that is needed here."""

    layouts: ClassVar[tuple[Layout, ...]]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoilerplateRule:
    """One accepted rule: `kind` is `drop` or the place of the line; `value` a selector or the line's shape."""

    kind: str
    value: str
    why: str = ""


def file_of(owner: type) -> Path:
    """Return the file beside the module of a spider's class or of a family's."""
    return Path(sys.modules[owner.__module__].__file__ or "").with_name(FILE)


def rules_of(portal: type) -> tuple[BoilerplateRule, ...]:
    """Return the rules of a portal's families, then its own. Raises UsageError naming the file and its error."""
    found: list[BoilerplateRule] = []
    for owner in reversed(portal.__mro__):
        name = name_of(owner)
        if name:
            found += [rule for rule in _read(file_of(owner)).get(name, []) if rule not in found]
    return tuple(found)


def name_of(owner: type) -> str:
    """Return the name of a class's rules: its spider's, or its family's; empty for the bases of all."""
    named = owner.__dict__.get("name")
    family = owner.__dict__.get("family")
    return next((name for name in (named, family) if isinstance(name, str) and name), "")


def layouts_with_rules(portal: type[RuleOwner]) -> tuple[Layout, ...]:
    """Return the layouts of a portal's pages: the family's, with the portal's labels and the accepted rules."""
    return with_rules(layouts_of(portal.layouts, portal.labels), rules_of(portal))


def with_rules(layouts: tuple[Layout, ...], rules: Iterable[BoilerplateRule]) -> tuple[Layout, ...]:
    """Return the layouts with the rules in them."""
    accepted = tuple(rules)
    more = {kind: tuple(rule.value for rule in accepted if rule.kind == kind) for kind in _KINDS}
    return tuple(
        replace(
            layout,
            boxes=(*layout.boxes, *more[DROP]),
            before=(*layout.before, *more[LineRole.BEFORE]),
            among=(*layout.among, *more[LineRole.AMONG]),
            after=(*layout.after, *more[LineRole.AFTER]),
        )
        for layout in layouts
    )


def add_rule(owner: type, rule: BoilerplateRule) -> Path:
    """Append a rule to the owner's file, which is made where it is missing. Raises UsageError for a known rule."""
    path, name = file_of(owner), name_of(owner)
    if any((known.kind, known.value) == (rule.kind, rule.value) for known in _read(path).get(name, [])):
        raise UsageError(f"{path} has this rule of {name} already: nothing was written")
    key = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)
    table = f"\n[[{key}]]\n{rule.kind} = {_quoted(rule.value)}\nwhy = {_quoted(rule.why)}\n"
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
        path.write_text(text + table, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path} ({(error.strerror or str(error)).lower()}): make it writable") from None
    return path


def _quoted(text: str) -> str:
    # A JSON string is a TOML string but for DEL, which no line of text holds.
    return json.dumps(text.replace("\x7f", ""), ensure_ascii=False)


def _read(path: Path) -> dict[str, list[BoilerplateRule]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}; mend it, or take back the last change") from None
    return {name: [_rule(path, name, table) for table in _tables(path, name, given)] for name, given in tables.items()}


def _tables(path: Path, name: str, given: object) -> list[dict[str, object]]:
    if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
        raise UsageError(f"{path}: write [[{name}]] with two brackets, one table for each rule")
    return given


def _rule(path: Path, name: str, table: dict[str, object]) -> BoilerplateRule:
    kinds = [key for key in table if key in _KINDS]
    strange = [key for key in table if key not in (*_KINDS, "why")]
    if strange or len(kinds) != 1:
        wrong = f"does not know `{strange[0]}`" if strange else "should have exactly one rule"
        raise UsageError(f"{path}: a table of {name} {wrong}; it has one of {', '.join(_KINDS)}, and `why`")
    kind, value, why = kinds[0], table[kinds[0]], table.get("why", "")
    if not isinstance(value, str) or not value.strip() or not isinstance(why, str):
        raise UsageError(f"{path}: `{kind}` and `why` of {name} should be texts, found {value!r} and {why!r}")
    if kind != DROP and (never := exclusion_reason(value)):
        raise UsageError(f"{path}: {value!r} of {name} is {never}: it is never taken out of a text")
    if kind == DROP:
        try:
            CSSSelector(value, translator="html")
        except Exception:  # cssselect and lxml have no common root
            raise UsageError(f"{path}: `drop` of {name} is no CSS selector: {value!r}") from None
    return BoilerplateRule(kind, value, why)
