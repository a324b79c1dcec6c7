"""What a module may write as a sentence of the record, read from its syntax tree: each way a text can turn out, slots marked.

Names are followed to what the same function assigns to them, calls to what the called function returns, dictionaries to
their values. What cannot be followed is a slot.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

__all__ = ["SLOT", "Module", "sentences"]

SLOT = "\ue000"
ROOT = Path(__file__).parents[1]
Function = ast.FunctionDef | ast.AsyncFunctionDef

ATTRIBUTES = {
    "away.words": "Away.words",
    "back.words": "Away.words",
    "sign.words": "Sign.words",
    "away.sign.words": "Sign.words",
    "ends.dissolved": "dissolution",
}
"""Attributes whose texts come from a function elsewhere."""

_MOST = 400  # ways one text can turn out


@dataclass(slots=True)
class Module:
    """A module's syntax tree. `returns`: its functions that return sentences; `calls`: function → which argument is one;
    `assigned`: what sentences are assigned to.

    What is called by one of the names `but` is a slot, and no sentence has one of the pieces `never`: ways that do not meet.
    """

    path: str
    returns: tuple[str, ...] = ()
    calls: dict[str, int | str] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse((ROOT / self.path).read_text(encoding="utf-8"))

    def functions(self) -> dict[str, Function]:
        """Every function by its name, a method by its class and name as well."""
        found: dict[str, Function] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                found.setdefault(node.name, node)
            elif isinstance(node, ast.ClassDef):
                found |= {f"{node.name}.{one.name}": one for one in node.body if isinstance(one, Function)}
        return found

    def constants(self) -> dict[str, ast.expr]:
        """What the module assigns to names."""
        plain = [node for node in self.tree.body if isinstance(node, ast.Assign)]
        told = {one.id: node.value for node in plain for one in node.targets if isinstance(one, ast.Name)}
        typed = [node for node in self.tree.body if isinstance(node, ast.AnnAssign) and node.value is not None]
        return told | {node.target.id: node.value for node in typed if isinstance(node.target, ast.Name) and node.value}


def sentences(module: Module, others: Iterable[Module]) -> set[str]:
    """The sentences that a module writes, without those that are nothing but a slot."""
    functions = {name: (other, one) for other in [*others, module] for name, one in other.functions().items()}
    functions = {name: one for name, one in functions.items() if name not in module.but}
    found: set[str] = set()
    known = module.functions()
    for name in module.returns:
        reader = _Reader(module, known[name], functions)
        for node in ast.walk(known[name]):
            if isinstance(node, ast.Return) and node.value is not None:
                found |= reader.texts(node.value)
    for place in (*dict.fromkeys(known.values()), *module.tree.body):
        reader = _Reader(module, place, functions)
        for node in ast.walk(place) if isinstance(place, Function | ast.Assign) else ():
            if isinstance(node, ast.Call) and (argument := _argument(module, node)) is not None:
                found |= reader.texts(argument)
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in module.assigned:
                found |= reader.texts(node.value)
    found = {text for text in found if not any(piece in text for piece in module.never)}
    return {text for text in found if text.replace(SLOT, "").strip()}


def _argument(module: Module, call: ast.Call) -> ast.expr | None:
    at = module.calls.get(ast.unparse(call.func))
    if isinstance(at, str):
        return next((one.value for one in call.keywords if one.arg == at), None)
    return call.args[at] if at is not None and len(call.args) > at else None


@dataclass(slots=True)
class _Reader:
    module: Module
    function: ast.stmt
    functions: dict[str, tuple[Module, Function]]
    following: tuple[str, ...] = ()

    def texts(self, node: ast.expr) -> set[str]:
        """The ways an expression can turn out; none where it is no text."""
        match node:
            case ast.Constant(value=str() as text):
                return {text}
            case ast.JoinedStr(values=values):
                return _joined([self._part(value) for value in values])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                both = self.texts(left), self.texts(right)
                return _joined([one or {SLOT} for one in both]) if any(both) else set()
            case ast.IfExp(body=body, orelse=other):
                return self.texts(body) | self.texts(other)
            case ast.BoolOp(values=[*values, last]):
                first = {text for value in values for text in self.texts(value) or {SLOT} if text}
                return first | self.texts(last) - {""}
            case ast.List(elts=each) | ast.Tuple(elts=each):
                return {text for one in each for text in self.texts(one)}
            case ast.Dict(values=values):
                return {text for value in values for text in self.texts(value)}
            case ast.Name():
                return self._named(node)
            case ast.Subscript(value=ast.Name() as named):
                return self._named(named)
            case ast.Call(func=ast.Attribute(value=ast.Name() as named, attr="get"), args=[_, *rest]):
                return self._named(named) | {text for one in rest for text in self.texts(one)}
            case ast.Call(func=ast.Name(id="next"), args=[ast.GeneratorExp(elt=one), *_]):
                return self.texts(one)
            case ast.Call(func=ast.Name(id=name)):
                return self._returned(name)
            case ast.Attribute():
                name = ast.unparse(node).removeprefix("self.")
                return self._returned(ATTRIBUTES.get(name, name))
        return set()

    def _part(self, value: ast.expr) -> set[str]:
        if not isinstance(value, ast.FormattedValue):
            return self.texts(value)
        spec = ast.unparse(value.format_spec) if value.format_spec is not None else ""
        if spec:
            return {SLOT + "%" * spec.endswith("%'")}
        return self.texts(value.value) or {SLOT}

    def _named(self, node: ast.Name) -> set[str]:
        name = node.id
        inner = _Reader(self.module, self.function, self.functions, (*self.following, name))
        looped = [one for one in ast.walk(self.function) if isinstance(one, ast.For | ast.comprehension)]
        for loop in looped:
            if _last_of(loop.target) == name and (isinstance(loop, ast.comprehension) or _within(node, loop)):
                return inner._items(loop.iter)
        found: set[str] = set()
        for one in ast.walk(self.function):
            if isinstance(one, ast.Assign) and any(ast.unparse(target) == name for target in one.targets):
                itself = any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(one.value))
                found |= set() if itself and name in self.following else inner.texts(one.value)
        for one in ast.walk(self.function):
            if isinstance(one, ast.AugAssign) and ast.unparse(one.target) == name and name not in self.following:
                found |= _joined([{text for text in found if text} or {SLOT}, inner.texts(one.value) or {SLOT}])
        constants = self.module.constants()
        return found or (inner.texts(constants[name]) if name in constants and name not in self.following else set())

    def _items(self, each: ast.expr) -> set[str]:
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name() as named, attr="items")):
                return self._named(named)
        return set()

    def _returned(self, name: str) -> set[str]:
        if name in self.following or name not in self.functions:
            return set()
        module, function = self.functions[name]
        inner = _Reader(module, function, self.functions, (*self.following, name))
        returned = (node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value)
        return {text for value in returned for text in inner.texts(value)}


def _within(node: ast.expr, loop: ast.For) -> bool:
    return loop.lineno <= node.lineno <= (loop.end_lineno or loop.lineno)


def _last_of(target: ast.expr) -> str:
    return ast.unparse(target.elts[-1] if isinstance(target, ast.Tuple) else target)


def _joined(parts: list[set[str]]) -> set[str]:
    return set(map("".join, _bounded(product(*parts))))


def _bounded(each: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for number, one in enumerate(each):
        if number == _MOST:
            raise AssertionError("a text that can turn out in too many ways to follow")
        yield one
