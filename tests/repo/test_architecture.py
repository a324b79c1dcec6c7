"""Hold the tree to its shape: imports go one way between rooms, rooms have a bounded size and say what is in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Bottom first. A room imports only from rows above its own in this list, and from itself; `docs/architecture.md` shows it.
ORDER: tuple[tuple[str, ...], ...] = (
    ("vietnam",),
    ("archive.errors", "archive.messages"),
    ("archive.model", "archive.similarity", "archive.diff", "archive.processes"),
    ("archive.storage",),
    ("archive.leases", "archive.index"),
    ("archive.ingest",),
    ("archive.sealing", "archive.rebuild"),
    ("archive.store",),
    ("archive.search", "archive.coverage", "archive.export"),
    ("archive.withhold",),
    ("archive.audit",),
    ("archive.web",),
    ("archive.cli",),
    ("pipelines.prefork",),
    ("pipelines.article", "pipelines.line_shape", "pipelines.dedup"),
    ("pipelines.html", "pipelines.check", "pipelines.clean", "pipelines.article_json"),
    ("pipelines.readers", "pipelines.capture"),
    ("pipelines.extract", "pipelines.rules_version"),
    ("pipelines.sandbox",),
    ("pipelines.boilerplate", "pipelines.reread"),
    ("pipelines.stages",),
    ("pipelines.files",),
    ("crawler.scrapy_imports", "crawler.clock", "crawler.urls", "crawler.disk_space"),
    ("crawler.requests",),
    ("crawler.request_queue",),
    ("crawler.downloader",),
    ("crawler.settings",),
    ("crawler.listings", "crawler.responses"),
    ("crawler.sandbox",),
    ("crawler.boilerplate", "crawler.log"),
    ("crawler.config",),
    ("crawler.verdicts", "crawler.spider"),
    ("crawler.portal", "crawler.run"),
    ("crawler.article_keys",),
    ("crawler.families",),
    ("crawler.spiders", "crawler.catalog"),
    ("crawler.check", "crawler.reextract", "crawler.reports"),
    ("archive.__main__",),
    ("crawler.nights", "crawler.probe"),
    ("crawler.first_contact",),
    ("crawler.command_line",),
    ("crawler.commands",),
    ("scheduler",),
    ("replicas",),
    ("replicas.records",),
    ("replicas.reading",),
    ("replicas.files",),
    ("replicas.sites",),
    ("replicas.prose",),
    ("replicas.drawn",),
    ("replicas.articles",),
    ("replicas.serve",),
    ("replicas.demo",),
    ("testing",),
    ("bench",),
    ("faults",),
    ("fuzz",),
    ("supply",),
    ("tests",),
)
FLOOR = {room: number for number, row in enumerate(ORDER) for room in row}
PRODUCT = ("vietnam", "archive", "pipelines", "crawler", "scheduler")
LARGER = {"crawler.spiders", "crawler.families", "crawler.probe", "archive.cli"}  # catalogues
TOPS = (*PRODUCT, "replicas", "testing", "bench", "faults", "fuzz", "supply", "tests")
MODULES = sorted(path for top in TOPS for path in [*ROOT.glob(f"{top}.py"), *ROOT.glob(f"{top}/**/*.py")])


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room(module: str) -> str | None:
    """Return the longest room that a module belongs to; None for a bare top package or for another's module."""
    parts = module.split(".")
    return next((name for end in (2, 1) if (name := ".".join(parts[:end])) in FLOOR), None)


def statements(path: Path) -> Iterator[ast.AST]:
    """Yield every statement of a file and what holds statements, without the expressions: a third of the nodes."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        yield (node := waiting.pop())
        if not isinstance(node, ast.expr):
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                waiting += getattr(node, field, ())


@cache
def imports(path: Path) -> frozenset[str]:
    """Return every module that a file imports, at its top or inside of functions."""
    found: set[str] = set()
    for node in statements(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the whole name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


@pytest.mark.parametrize("top", TOPS)
def test_imports_go_one_way(top: str) -> None:
    wrong = []
    for path in MODULES:
        own = room(dotted(path))
        if dotted(path).partition(".")[0] != top:
            continue
        if own is None:  # a top package's own __init__
            wrong += [f"{top} imports {module}" for module in imports(path)]
            continue
        for module in imports(path):
            other = room(module)
            if other is not None and other != own and FLOOR[other] >= FLOOR[own]:
                wrong.append(f"{dotted(path)} imports {module}: {other} does not stand below {own}")
    assert wrong == []


def test_every_module_has_a_room() -> None:
    assert [dotted(path) for path in MODULES if room(dotted(path)) is None] == ["archive", "crawler", "pipelines"]


def test_rooms_are_neither_halls_nor_cupboards() -> None:
    for folder in {
        path.parent
        for path in MODULES
        if path.is_relative_to(ROOT / "archive") or path.is_relative_to(ROOT / "crawler")
    }:
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        name = dotted(folder)
        assert name in LARGER or 2 <= len(modules) <= 15, f"{name} has {len(modules)} modules"


@pytest.mark.parametrize("name", ["utils", "util", "helpers", "helper", "common", "misc", "manager"])
def test_no_drawer_without_a_name(name: str) -> None:
    assert not [path for path in MODULES if path.stem == name]


def test_no_class_name_of_ours_stands_for_two_things() -> None:
    places: dict[str, list[str]] = {}
    for path in MODULES:
        if path.relative_to(ROOT).parts[0] in PRODUCT and room(dotted(path)) not in (
            "crawler.spiders",
            "crawler.commands",
        ):
            for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
                places.setdefault(name, []).append(dotted(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_clock_is_read_but_at_the_edges() -> None:
    """`now` is an argument: only the commands and the crawl's clock may ask what time it is."""
    edges = {"scheduler", "archive.cli.arguments", "crawler.clock", "crawler.nights.service", "pipelines.extract"}
    asking = {"now", "today", "utcnow"}
    for path in MODULES:
        if path.relative_to(ROOT).parts[0].removesuffix(".py") not in PRODUCT or dotted(path) in edges:
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if any(name in text for name in asking) else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in asking:
                owner = ast.unparse(node.func.value)
                assert owner.split(".")[-1] not in {"datetime", "date"}, f"{dotted(path)}:{node.lineno} reads the clock"


OF_STRANGERS = tuple(
    "crawler/families crawler/listings crawler/responses crawler/sandbox crawler/probe crawler/first_contact crawler/spider "
    "crawler/downloader crawler/check crawler/boilerplate crawler/reextract crawler/run crawler/spiders crawler/urls.py "
    "crawler/article_keys.py crawler/portal.py pipelines".split()
)
"""Rooms in which addresses are a page's words."""


def _raising(node: ast.AST, guarded: bool = False) -> Iterator[ast.Call]:
    """Yield the calls that raise ValueError for a broken address and stand in no `try` for it."""
    if isinstance(node, ast.Try):
        caught = any("ValueError" in ast.unparse(each.type or node) for each in node.handlers)
        for inside in node.body:
            yield from _raising(inside, guarded or caught)
        for beside in (*node.handlers, *node.orelse, *node.finalbody):
            yield from _raising(beside, guarded)
        return
    if isinstance(node, ast.With):
        guarded = guarded or any("suppress(ValueError" in ast.unparse(each) for each in node.items)
    if isinstance(node, ast.Call) and not guarded:
        if ast.unparse(node.func).rpartition(".")[2] in {"urlsplit", "urlparse", "urljoin"}:
            yield node
    for child in ast.iter_child_nodes(node):
        yield from _raising(child, guarded)


def test_a_broken_address_of_a_page_raises_nowhere() -> None:
    """`http://[::1/` makes urlsplit raise: a page's addresses are split and joined by `pipelines.html.addresses`."""
    assert len(list(_raising(ast.parse("urlsplit(a)\ntry: urljoin(a)\nexcept ValueError: urlparse(a)")))) == 2
    for path in MODULES:
        if path.relative_to(ROOT).as_posix().startswith(OF_STRANGERS):
            for call in _raising(ast.parse(path.read_text(encoding="utf-8"))):
                raise AssertionError(f"{dotted(path)}:{call.lineno} splits or joins an address that may be none")


# What decodes, parses or normalises a body. A crawl's own process asks its child for what these say.
READERS = (
    "lxml",
    "parsel",
    "trafilatura",
    "vietnam.letters.decode",
    "vietnam.letters.decode_as_served",
    "pipelines.extract",
    "pipelines.html.tree",
    "pipelines.html.page_shape.read_shape",
    "pipelines.html.page_shape.shape_of",
    "pipelines.readers",
    "pipelines.sandbox.crosscheck",
    "pipelines.sandbox.page_answer",
    "pipelines.sandbox.page_facts",
    "pipelines.boilerplate.positions",
    "crawler.listings.empty_notice",
    "crawler.listings.feeds",
    "crawler.listings.html_list",
    "crawler.listings.json_api",
    "crawler.listings.load_more",
    "crawler.listings.pagination",
    "crawler.responses.facts.facts_of",
    "crawler.responses.facts.listing_text",
    "crawler.responses.facts.page_text",
    "crawler.responses.facts.read_facts",
    "crawler.sandbox.response_answer.answer_response",
)
CRAWLING = (
    "crawler.commands.crawl",
    "crawler.downloader",
    "crawler.requests",
    "crawler.run",
    "crawler.sandbox",
    "crawler.spider",
    "crawler.verdicts",
    "pipelines.capture",
    "pipelines.files.stage",
    "pipelines.stages",
)
"""The rooms and modules that run in a crawl's own process."""
IN_THE_CHILD = {
    "crawler.sandbox.block_places": "locate_blocks runs in `answer_blocks`, which the child calls",
    "crawler.sandbox.portal_worker": "the child's program",
    "crawler.sandbox.response_answer": "the child's reading",
}


def _stands_in(module: str, names: Sequence[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def test_a_crawls_own_process_reads_no_body() -> None:
    found = {
        f"{dotted(path)} imports {module}"
        for path in MODULES
        if _stands_in(dotted(path), CRAWLING) and dotted(path) not in IN_THE_CHILD
        for module in imports(path)
        if _stands_in(module, READERS)
    }
    assert found == set()


def test_a_crawls_own_process_calls_what_reads_bodies_only_in_its_child() -> None:
    """A class or function that is imported for its name alone may not be called either: `answer_response`, `portal_of`."""
    calls = {"answer_response", "answer_blocks", "portal_of", "read_listing", "read_answer", "read_day", "decide"}
    allowed = {*IN_THE_CHILD, "crawler.downloader.robots"}  # a visit's robots.txt; a crawl's is read in the child
    for path in MODULES:
        if not _stands_in(dotted(path), CRAWLING) or dotted(path) in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                classmethod = name == "read_listing" and dotted(path) == "crawler.spider.crawl"  # read_answer's default
                assert classmethod or name not in calls, f"{dotted(path)}:{node.lineno} calls {name}"
