"""Change a JSON value at one place, also inside of strings that are JSON themselves. Bytes alone seldom stay JSON."""

from __future__ import annotations

import json
from random import Random

_VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63, 2**64, 10**400, 0.5, -0.0, float("inf"), float("nan"), "", " ", "0", "a\nb", "\x00", "\ud800",
    "\u202e", "none", "unsigned", "../x", "/", "2026-11-22", "2026-02-30", "0000-00-00", "2026-W01-1", "2026-11-22T00:00:00+07:00",
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "A" * 44, "a" * 64, "A" * 64, [], {}, [None], [[]], {"": None},
    {"code": "", "params": {}},
)  # fmt: skip


def mutate_json(data: bytes, rng: Random) -> bytes:
    """Return the bytes of the value with one change; the bytes themselves where they are no JSON."""
    try:
        value = json.loads(data)
        changed = _changed(value, rng)
        return (
            json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
                "utf-8", "surrogatepass"
            )
            + b"\n"
        )
    except (ValueError, RecursionError):
        return data


def _changed(value: object, rng: Random) -> object:
    inside = isinstance(value, (dict, list)) and bool(value) and rng.random() < 0.85
    if isinstance(value, dict) and inside:
        name = rng.choice(sorted(value))
        rest = {key: each for key, each in value.items() if key != name}
        way = rng.random()
        if way < 0.08:
            return rest
        if way < 0.14:
            return {**rest, str(rng.choice((*sorted(value), "", "x", "head", "previous"))): value[name]}
        if way < 0.2:
            return {**value, name: value[rng.choice(sorted(value))]}
        return {**value, name: _changed(value[name], rng)}
    if isinstance(value, list) and inside:
        at = rng.randrange(len(value))
        way = rng.random()
        if way < 0.1:
            return value[:at] + value[at + 1 :]
        if way < 0.2:
            return [*value[:at], value[at], *value[at:]]
        return [*value[:at], _changed(value[at], rng), *value[at + 1 :]]
    if isinstance(value, str) and value[:1] in "{[" and rng.random() < 0.9:
        try:
            return _written(_changed(json.loads(value), rng)) + ("\n" if value.endswith("\n") else "")
        except (ValueError, RecursionError):
            return rng.choice(_VALUES)
    if isinstance(value, str) and value and rng.random() < 0.5:
        at = rng.randrange(len(value))
        return (
            value[:at]
            + rng.choice(("", "a", "0", " ", "\n", "/", "ế", "\u0301", "-", value[at].swapcase()))
            + value[at + 1 :]
        )
    if isinstance(value, int) and not isinstance(value, bool) and rng.random() < 0.5:
        return value + rng.choice((-1, 1, 2, 255))
    return rng.choice(_VALUES)


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
