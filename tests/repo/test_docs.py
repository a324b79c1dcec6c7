"""Hold the pages to the tree: every link, path, module, make target and room that a page names exists."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types of its own

from archive.diff.classify import Change
from archive.index.schema import TABLES
from archive.leases.states import LeaseState
from archive.model.decommission import Decommission, DecommissionSign
from archive.model.enums import Event, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import HostVisit, LookbackCounts, PageRecord, Run, SectionWalk
from archive.model.run_metrics import Measures
from archive.storage.jsonl import ArticleLine
from crawler.portal import Sure
from tests.repo.test_architecture import ORDER

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS = [*PAGES, ROOT / "Makefile", *sorted(path for path in ROOT.glob("deploy/**/*") if path.is_file())]
TOPS = "archive|bench|crawler|deploy|docs|faults|pipelines|replicas|testing|tests|vietnam"
WRITTEN_LATER = {
    "crawler/spiders/huyen_mau.py",
    "replicas/pages/huyen_mau/",
    "crawler/spiders/residue.toml",
    "crawler/families/residue.toml",
}
"""Files that a command of a page writes."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target) if target else page
        assert file.exists(), f"{name(page)} links to {link}, which does not exist"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{name(page)}: {link} has no such heading"


@pytest.mark.parametrize("page", COMMANDS, ids=name)
def test_every_module_that_a_command_runs_exists(page: Path) -> None:
    for module in re.findall(
        r"(?:python3?|\$\(PYTHON\)|pylint) -m ([a-z_]+(?:\.[a-z_]+)*)", page.read_text(encoding="utf-8")
    ):
        spec = find_spec(module)
        assert spec is not None, f"{name(page)} runs python -m {module}, which does not exist"
        whole = spec.submodule_search_locations is None or find_spec(f"{module}.__main__") is not None
        assert whole, f"{name(page)} runs python -m {module}, a package without __main__"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    named = re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^make ([a-z-]+)", blocks, re.MULTILINE)
    assert set(named) <= targets, f"{name(page)} names {set(named) - targets}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_of_the_tree_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path in re.findall(rf"(?<![\w/.-])((?:{TOPS})/[\w./-]*\w/?)(?![\w*{{<])", text):
        assert path in WRITTEN_LATER or "NAME" in path or (ROOT / path).exists(), (
            f"{name(page)} names {path}, which does not exist"
        )


def test_every_page_that_the_code_names_exists() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in (ROOT / line for line in listed.split("\0") if line and not line.endswith(".md")):
        if not path.is_file() or path.suffix in {".png", ".gz", ".pdf", ".docx"}:
            continue
        for page in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_bytes().decode("utf-8", "replace")):
            assert (ROOT / page).exists(), f"{name(path)} names {page}, which does not exist"


def test_every_page_is_reached_from_the_index() -> None:
    """Every page of docs/ is linked from docs/index.md, or from a page that is."""
    seen, waiting = set(), [ROOT / "docs/index.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        for link in re.findall(r"\]\(([^)\s#]+\.md)", page.read_text(encoding="utf-8")):
            target = (page.parent / link).resolve()
            if target not in seen and target.is_relative_to(ROOT / "docs"):
                waiting.append(target)
    assert {name(page) for page in PAGES if name(page).startswith("docs/")} == {name(page) for page in seen}


def test_the_architecture_page_has_the_order_of_the_rooms() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"<!-- rooms, bottom first -->\n\n```\n(.*?)```", page, re.DOTALL)
    rows = [tuple(re.split(r",? +", line.partition("  #")[0].strip())) for line in block.splitlines() if line.strip()]
    assert rows == [tuple(row) for row in ORDER]


def test_the_architecture_page_names_classes_that_exist() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## What holds what\n.*?```\n(.*?)```", page, re.DOTALL)
    product = [path for top in ("archive", "crawler", "pipelines") for path in ROOT.glob(f"{top}/**/*.py")]
    defined = {name for path in product for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)}
    named = [re.split(r"  +| \(", line.strip())[0] for line in block.splitlines()]
    assert {name for names in named for name in names.split(", ")} <= defined


def test_readme_is_short_in_both_languages() -> None:
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "README.vi.md")]
    assert max(len(text.splitlines()) for text in texts) <= 110
    assert len({len(re.findall(r"^## ", text, re.MULTILINE)) for text in texts}) == 1
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 80


def test_a_decision_is_reported_in_four_parts() -> None:
    index = (ROOT / "docs/adr/index.md").read_text(encoding="utf-8")
    for page in sorted(ROOT.glob("docs/adr/0*.md")):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Alternatives", "Consequences"]
        assert len(text.splitlines()) <= 30, name(page)
        assert f"({page.name})" in index, f"docs/adr/index.md does not name {page.name}"


def test_the_format_page_has_every_field_and_code() -> None:
    page = (ROOT / "docs/format.md").read_text(encoding="utf-8")
    words = set(re.findall(r"`(\w+)`", page)) | set(re.findall(r"\w+", " ".join(re.findall(r"`(\{[^`]*\})`", page))))
    records = (ArticleLine, PageRecord, Run, Measures, HostVisit, LookbackCounts, Decommission, SectionWalk)
    fields = {field.name for record in records for field in dataclasses.fields(record)}
    codes = {
        code.value
        for enum in (Outcome, Event, Verdict, WalkEnd, FinishReason, Change, DecommissionSign, LeaseState)
        for code in enum
    }
    assert fields | codes | {table.name for table in TABLES} <= words


def test_the_hooks_are_those_of_make_fix() -> None:
    recipe = re.search(r"^fix:.*\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    fixes = [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe[1].splitlines()]
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert local["repo"] == "local"
    assert [hook["entry"].removesuffix(" --force-exclude") for hook in local["hooks"]] == fixes


def test_an_issue_form_asks_for_words_that_the_program_knows() -> None:
    forms = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in ROOT.glob(".github/ISSUE_TEMPLATE/*")
    }
    asked = {name: {part["id"]: part for part in form["body"]} for name, form in forms.items()}
    assert set(asked) == {"new-province", "portal-broke"}
    verdicts = set(asked["portal-broke"]["verdict"]["attributes"]["options"])
    assert verdicts == {verdict.value for verdict in Verdict} - {"good", "quiet"}
    basis = asked["new-province"]["basis"]["attributes"]["options"]
    assert [option.split()[0] for option in basis] == [sure.value for sure in Sure]
