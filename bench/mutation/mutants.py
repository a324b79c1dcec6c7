"""Make the mutants of a module: mutmut's operators, and checks that fall out.

Left out are words: docstrings, annotations, the texts of errors and reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
import libcst.matchers as m
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_assignment, operator_string


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change.

    `name` has the function and the statement before and after; lines added elsewhere leave it as it is. `lines` are those
    of the statement. `imported` says that the change takes effect while the module is imported.
    """

    name: str
    source: str
    lines: range
    imported: bool


def _forced(node: cst.If | cst.While) -> Iterator[cst.CSTNode]:
    """Take the one branch always, and the other."""
    yield node.with_changes(test=cst.Name("False"))
    if isinstance(node, cst.If):
        yield node.with_changes(test=cst.Name("True"))


def _operands(node: cst.BooleanOperation) -> Iterator[cst.CSTNode]:
    """Leave one of two conditions out."""
    yield from (node.left, node.right)


def _dropped(node: cst.Expr | cst.Raise) -> Iterator[cst.CSTNode]:
    """Leave a call or an error out."""
    if isinstance(node, cst.Raise) or m.matches(node.value, m.Call()):
        yield cst.Pass()


def _unfiltered(node: cst.CompFor) -> Iterator[cst.CSTNode]:
    """Leave a condition of a comprehension out."""
    for place in range(len(node.ifs)):
        yield node.with_changes(ifs=[*node.ifs[:place], *node.ifs[place + 1 :]])


def _arguments(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Leave an argument with a name out, and put None for any: without one of the others the call fails at once."""
    if m.matches(node.func, m.Name("len") | m.Name("isinstance") | m.Name("cast")):
        return
    places = sum(argument.keyword is None for argument in node.args)
    for changed in operator_arg_removal(node):
        if isinstance(changed, cst.Call) and sum(argument.keyword is None for argument in changed.args) == places:
            yield changed


def _one_string(node: cst.BaseString) -> Iterator[cst.CSTNode]:
    """Change a string in one way: the other two differ in case only."""
    yield from list(operator_string(node))[:1]


_Operator = Callable[[Any], Iterable[cst.CSTNode]]
_REPLACED: dict[_Operator, _Operator] = {operator_arg_removal: _arguments, operator_string: _one_string}
_OPERATORS: list[tuple[type[cst.CSTNode], _Operator]] = [
    # Of an assignment it makes None: nearly always an error at once.
    *((kind, _REPLACED.get(made, made)) for kind, made in mutation_operators if made is not operator_assignment),
    (cst.If, _forced),
    (cst.While, _forced),
    (cst.BooleanOperation, _operands),
    (cst.Expr, _dropped),
    (cst.Raise, _dropped),
    (cst.CompFor, _unfiltered),
]
_TOLD = m.Call(func=m.Attribute(value=m.Name("Reason")) | m.Name("print"))
_NEEDED = m.Call(func=m.Name("need"))  # of docs/check_proof.py: a condition and words
_SKIPPED = (
    m.If(test=m.Name("TYPE_CHECKING"))
    | m.Annotation()
    | m.Decorator()
    | m.Import()
    | m.ImportFrom()
    | m.Expr(m.BaseString())
)


class _Change(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, ByteSpanPositionProvider)

    def __init__(self, path: Path, module: cst.Module) -> None:
        super().__init__()
        self.found: dict[str, Mutant] = {}
        self._path, self._module, self._source = path, module, module.code.encode()
        self._scopes: list[str] = []
        self._statements: list[range] = []
        self._functions = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _SKIPPED):
            return False
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            place = self.get_metadata(PositionProvider, node)
            last = place.end.line
            if isinstance(node, cst.BaseCompoundStatement):
                last = max(place.start.line, self.get_metadata(PositionProvider, node.body).start.line - 1)
            self._statements.append(range(place.start.line, last + 1))
        if m.matches(node, _TOLD):
            return False
        if m.matches(node, _NEEDED):
            cst.ensure_type(node, cst.Call).args[0].visit(self)
            return False
        for kind, operator in _OPERATORS:
            if isinstance(node, kind):
                for changed in operator(node):
                    self._add(node, changed)
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._scopes.append(node.name.value)
            self._functions += isinstance(node, cst.FunctionDef)
        return not isinstance(node, cst.Raise)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if m.matches(original_node, _SKIPPED):
            return
        if isinstance(original_node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._statements.pop()
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._scopes.pop()
            self._functions -= isinstance(original_node, cst.FunctionDef)

    def visit_Param_default(self, node: cst.Param) -> None:
        self._functions -= 1

    def leave_Param_default(self, node: cst.Param) -> None:
        self._functions += 1

    def _add(self, node: cst.CSTNode, changed: cst.CSTNode) -> None:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        new = self._module.code_for_node(changed).encode()
        end = span.start + span.length
        if isinstance(node, cst.BaseCompoundStatement):  # its test alone: the rest stays as it stands
            test, other = (getattr(version, "test", version) for version in (node, changed))
            if test is node:
                return
            inner = self.get_metadata(ByteSpanPositionProvider, test)
            span, end = inner, inner.start + inner.length
            new = self._module.code_for_node(other).encode()
        source = (self._source[: span.start] + new + self._source[end:]).decode()
        try:
            compile(source, str(self._path), "exec")
        except (SyntaxError, ValueError):
            return
        lines = self._statements[-1]
        first, last = lines.start - 1, len(self._source.decode().splitlines()) - lines.stop + 1
        before = self._source.decode().splitlines()[first : lines.stop - 1]
        rows = source.splitlines()
        after = rows[first : len(rows) - last]
        words = " → ".join(" ".join(" ".join(part).split()) for part in (before, after))
        name = f"{'.'.join(self._scopes) or 'module'}: {words}"
        # A function that no longer names its class has another closure, and cannot be given to the one that is there.
        imported = self._functions < 1 or source.count("super()") != self._source.count(b"super()")
        if before != after:
            self.found.setdefault(name, Mutant(name, source, lines, imported))


def mutants(path: Path) -> list[Mutant]:
    """Return the mutants of a module that can be compiled, in the order of its lines."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")), unsafe_skip_copy=True)
    change = _Change(path, wrapper.module)
    wrapper.visit(change)
    return sorted(change.found.values(), key=lambda mutant: mutant.lines.start)
