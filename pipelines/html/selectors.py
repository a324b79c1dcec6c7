"""Answer CSS selectors on one page from an index of its tags and attributes.

A layout asks dozens of selectors of every page, and an XPath scans the whole tree for each. `SelectorIndex` reads tags and
attributes once and compares only the elements that can match. What it does not know (`:has()`, `:first-child` and the like)
it leaves out: if an element is left then, lxml's XPath of the whole selector decides. The results are those of
`lxml.cssselect.CSSSelector`, in the order of the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cssselect import parse
from cssselect.parser import Attrib, Class, CombinedSelector, Element, Hash, Negation, Tree
from lxml.cssselect import CSSSelector
from lxml.etree import XPath
from lxml.html import HtmlElement

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.-]*")
_WORD = re.compile(r"[^ \t\r\n\f]+")
# The blanks of XPath's normalize-space(); str.split() knows more of them.
_BLANKS = re.compile(r"[ \t\r\n]+")
_COUNT = XPath("count(descendant::*)")

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _AttributeTest:
    """A condition on an attribute. `word` or `value` is the word in it or the whole value that is wanted."""

    name: str
    test: Test
    word: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class _Compound:
    """Conditions on one element: a tag (empty for any), attributes, and compounds that it must not match."""

    tag: str
    tests: tuple[_AttributeTest, ...]
    without: tuple[_Compound, ...]

    def holds(self, element: HtmlElement) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        for each in self.tests:
            value = element.get(each.name)
            if value is None or not each.test(value):
                return False
        return not any(other.holds(element) for other in self.without)

    @property
    def is_single(self) -> bool:
        """True if one condition is all of it, by which candidates are found already."""
        return not self.without and bool(self.tag) + len(self.tests) <= 1


@dataclass(frozen=True, slots=True)
class _Query:
    """A selector: the chains between its commas, each a list of combinator and compound from left to right.

    `xpath` is the whole selector where the chains do not say all of it.
    """

    chains: tuple[tuple[tuple[str, _Compound], ...], ...]
    xpath: CSSSelector | None


class SelectorIndex:
    """The elements of a page by tag and by attribute. The tree must not change while the index is in use."""

    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        self._elements: list[HtmlElement] = list(root.iter("*"))
        self._tags = _positions_by([element.tag for element in self._elements])
        self._values: dict[str, dict[str, list[int]]] = {}
        self._words: dict[str, dict[str, list[list[int]]]] = {}
        self._ends: dict[int, int] = {}
        self._siblings: dict[int, list[int]] = {}
        self._found: dict[str, tuple[HtmlElement, ...]] = {}

    def match(self, selector: str) -> list[HtmlElement]:
        """Return the elements that a CSS selector matches, in the order of the page. Raises cssselect's SelectorError."""
        found = self._found.get(selector)
        if found is None:
            found = self._found[selector] = tuple(self._match(selector))
        return list(found)

    def _match(self, selector: str) -> list[HtmlElement]:
        query = _query(selector)
        found = [position for chain in query.chains for position in self._positions(chain)]
        if query.xpath is not None:
            return query.xpath(self._root) if found else []  # type: ignore[return-value]  # an XPath of elements
        if len(query.chains) > 1:
            found = sorted(set(found))
        return [self._elements[position] for position in found]

    def _positions(self, chain: tuple[tuple[str, _Compound], ...]) -> Sequence[int]:
        """Return where a chain's last compound matches, in order. Each step reads an element once at the most."""
        found: Sequence[int] = ()
        if len(chain) > 1 and not self._candidates(chain[-1][1]):
            return ()
        for combinator, compound in chain:
            if combinator and not found:
                return ()
            if combinator == "~":
                found = [at for at in self._after(found) if compound.holds(self._elements[at])]
                continue
            reached = self._candidates(compound)
            if combinator == " ":
                reached = self._below(found, reached)
            if not compound.is_single:
                reached = [at for at in reached if compound.holds(self._elements[at])]
            found = reached if combinator in ("", " ") else self._related(found, reached, combinator)
        return found

    def _candidates(self, compound: _Compound) -> Sequence[int]:
        """Return the positions of the elements that can match, in order: those of one attribute, a tag, or all."""
        if compound.tests and (compound.tests[0].name in ("id", "class") or not compound.tag):
            groups = self._groups(compound.tests[0])
            return groups[0] if len(groups) == 1 else sorted(place for places in groups for place in places)
        return self._tags.get(compound.tag, ()) if compound.tag else range(len(self._elements))

    def _groups(self, test: _AttributeTest) -> list[list[int]]:
        """Return the positions of the elements whose attribute passes a test, by the attribute's value."""
        places = self._places(test.name)
        if test.value is not None:
            return [places[test.value]] if test.value in places else []
        if test.word is None:
            return [positions for value, positions in places.items() if test.test(value)]
        words = self._words.get(test.name)
        if words is None:
            words = self._words[test.name] = {}
            for value, positions in places.items():
                for word in set(_BLANKS.split(value)):
                    words.setdefault(word, []).append(positions)
        return words.get(test.word, [])

    def _places(self, name: str) -> dict[str, list[int]]:
        """Return the positions of the elements with an attribute, by its value."""
        places = self._values.get(name)
        if places is None:
            # Most pages lack most of the other attributes, which one scan in C tells.
            present = name in ("class", "id") or _has_attribute(name)(self._root)
            values = [element.get(name) for element in self._elements] if present else ()
            places = self._values[name] = _positions_by(values)
        return places

    def _below(self, left: Sequence[int], places: Sequence[int]) -> list[int]:
        """Return those of `places` that lie inside an element of `left`: an element's descendants follow it at once."""
        found: list[int] = []
        end = 0
        for start in left:
            if start >= end:  # else inside the element before
                end = self._end(start)
                found += places[bisect_right(places, start) : bisect_left(places, end)]
        return found

    def _end(self, start: int) -> int:
        """Return the position behind an element and all inside it."""
        if start not in self._ends:
            self._ends[start] = start + 1 + int(_COUNT(self._elements[start]))  # type: ignore[arg-type]  # count() is a number
        return self._ends[start]

    def _after(self, left: Sequence[int]) -> list[int]:
        """Return the later siblings of these elements, in order; those of an element are read once."""
        first: dict[HtmlElement | None, int] = {}
        for at in left:
            first.setdefault(self._elements[at].getparent(), at)
        found: list[int] = []
        for start in first.values():
            if start not in self._siblings:
                count = sum(1 for _ in self._elements[start].itersiblings("*"))
                later, at = list[int](), start
                for _ in range(count):
                    at = self._end(at)
                    later.append(at)
                self._siblings[start] = later
            found += self._siblings[start]
        return sorted(found) if len(first) > 1 else found

    def _related(self, left: Sequence[int], places: Sequence[int], combinator: str) -> list[int]:
        """Return those of `places` that are a child (`>`) or the next sibling (`+`) of one of `left`."""
        if not places:
            return []
        found = {self._elements[at] for at in left}
        if combinator == ">":
            return [at for at in places if self._elements[at].getparent() in found]
        return [at for at in places if next(self._elements[at].itersiblings("*", preceding=True), None) in found]


@lru_cache(maxsize=256)
def _has_attribute(name: str) -> XPath:
    return XPath(f"boolean(descendant-or-self::*/@{name})")


def _positions_by(names: Sequence[str | None]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if name is not None:
            if name in found:
                found[name].append(position)
            else:
                found[name] = [position]
    return found


@lru_cache(maxsize=2048)
def _query(selector: str) -> _Query:
    chains, exact = [], True
    for alternative in parse(selector):
        chain, whole = _chain(alternative.parsed_tree)
        chains.append(chain)
        exact = exact and whole and alternative.pseudo_element is None
    return _Query(tuple(chains), None if exact else CSSSelector(selector, translator="html"))


def _chain(tree: Tree) -> tuple[tuple[tuple[str, _Compound], ...], bool]:
    """Read the steps between two commas, and whether they say all of it."""
    steps: list[tuple[str, _Compound]] = []
    exact = True
    while isinstance(tree, CombinedSelector):
        compound, whole = _compound(tree.subselector)
        steps.append((tree.combinator, compound))
        exact, tree = exact and whole, tree.selector
    compound, whole = _compound(tree)
    return (("", compound), *reversed(steps)), exact and whole


def _compound(tree: Tree) -> tuple[_Compound, bool]:
    """Read the conditions on one element, and whether they are all of them."""
    tests: list[_AttributeTest] = []
    without: list[_Compound] = []
    exact = True
    while not isinstance(tree, Element):
        if isinstance(tree, CombinedSelector):  # only in an argument: `:not(a b)`
            return _Compound("", (), ()), False
        if isinstance(tree, Negation):
            other, whole = _compound(tree.subselector)
            if whole:
                without.append(other)
            exact = exact and whole
        elif test := _attribute_test(tree):
            tests.append(test)
        else:
            exact = False
        tree = tree.selector
    tests.sort(key=lambda test: ("id", "class").index(test.name) if test.name in ("id", "class") else 2)
    tag = (tree.element or "").lower()
    if tree.namespace or (tag and not _NAME.fullmatch(tag)):
        tag, exact = "", False
    return _Compound(tag, tuple(tests), tuple(without)), exact


def _attribute_test(tree: Tree) -> _AttributeTest | None:
    """Read a class, an id or an attribute; None where the index does not know its kind."""
    if isinstance(tree, Class):
        return _AttributeTest("class", _includes(tree.class_name), word=tree.class_name)
    if isinstance(tree, Hash):
        return _AttributeTest("id", tree.id.__eq__, value=tree.id)
    if not isinstance(tree, Attrib) or tree.namespace or tree.flag or not _NAME.fullmatch(tree.attrib):
        return None
    name = tree.attrib.lower()
    if tree.operator == "exists":
        return _AttributeTest(name, lambda _: True)
    wanted = tree.value.value if tree.value is not None else None
    if wanted is None:
        return None
    if tree.operator == "=":
        return _AttributeTest(name, wanted.__eq__, value=wanted)
    kind = _OPERATORS.get(tree.operator)
    return _AttributeTest(name, kind(wanted)) if kind is not None else None


def _includes(word: str) -> Test:
    if not _WORD.fullmatch(word):
        return lambda _: False
    return lambda value: word in value and word in _BLANKS.split(value)


def _begins(start: str) -> Test:
    return lambda value: bool(start) and value.startswith(start)


def _ends(end: str) -> Test:
    return lambda value: bool(end) and value.endswith(end)


def _contains(part: str) -> Test:
    return lambda value: bool(part) and part in value


def _begins_with_word(word: str) -> Test:
    return lambda value: value == word or value.startswith(f"{word}-")


_OPERATORS: dict[str, Callable[[str], Test]] = {
    "~=": _includes,
    "^=": _begins,
    "$=": _ends,
    "*=": _contains,
    "|=": _begins_with_word,
}
