"""Make docs/reference/families.md and portals.md from the code: `python -m crawler.catalog.docs` (`--check`: only compare).

The text is that of the families' docstrings and the portals' files; nothing is written by hand.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from scrapy.settings import Settings

from archive.errors import ExitCode
from crawler.catalog.overview import Overview, families, family_of, overview, spiders
from crawler.catalog.provinces import province_table, with_provinces
from crawler.portal import FamilyMark, PortalSpider, Sure

COMMAND = "python -m crawler.catalog.docs"
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "reference"
READMES = ("README.md", "README.vi.md")
_HEAD = f"<!-- Made from the code by `{COMMAND}`. What is changed here by hand is lost. -->\n"
_FAMILIES = """\
A family is a product that several portals run on. `[seen]` is what a saved page or a public source shows, `[inferred]`
what was concluded from it. `scrapy probe URL` recognises a family by its marks (weight 4: hardly met elsewhere, 2: usual
for it, 1: a hint) and takes it only if its rules read the portal; `scrapy genspider -t FAMILY NAME URL` begins a spider.
"""
_PORTALS = """\
No live page has shown any of it to this project, so none is called verified. *recorded*: pages, texts or rows of the
portal were saved; *described*: a public source names its addresses and selectors; *inferred*: concluded from
addresses, one text or the family's likeness. The weakest statement decides. A portal that is *inferred* stays out of the
live nights until `python scheduler.py check PORTAL` has passed for it there; `python -m scrapy list -v` says which are in.
"""
_LABEL = re.compile(r"^(Recognise:|Portals:|Widgets:|\[seen\]|\[inferred\]|\[described\])", re.MULTILINE)


def pages(portals: Mapping[str, type[PortalSpider]]) -> dict[str, str]:
    """Return the text of each page by its file's name."""
    return {"families.md": families_page(portals), "portals.md": portals_page(portals)}


def families_page(portals: Mapping[str, type[PortalSpider]]) -> str:
    """Return the page of the families: the docstring of each module, its marks and layouts, its portals."""
    known = families()
    members = {module: [name for name, each in portals.items() if family_of(each) == module] for module in known}
    lines = [
        "# The CMS families",
        "",
        _HEAD,
        *_FAMILIES.splitlines(),
        "",
        "| family | `-t` | layouts | portals |",
        "|---|---|---:|---|",
    ]
    for module, family in known.items():
        names = ", ".join(f"`{name}`" for name in members[module]) or "none"
        anchor = re.sub(r"[^\w\- ]", "", family.family.lower()).replace(" ", "-")
        lines.append(f"| [{family.family}](#{anchor}) | `{module}` | {len(family.layouts)} | {names} |")
    for module, family in known.items():
        lines += ["", *_family(module, family, members[module])]
    return "\n".join(lines) + "\n"


def _family(module: str, family: type[PortalSpider], members: Sequence[str]) -> list[str]:
    manual = inspect.cleandoc(import_module(family.__module__).__doc__ or "")
    stands = ", ".join(f"`{name}`" for name in members) or "none"
    lines = [f"## {family.family}", "", _LABEL.sub(r"**\1**", manual), "", f"Spiders on it: {stands}. Begin one:", ""]
    lines += ["```console", f"$ python -m scrapy genspider -t {module} NAME https://HOST", "```", ""]
    if family.marks:
        lines += ["| mark | pattern | weight |", "|---|---|---:|", *map(_mark, family.marks), ""]
    lines += ["| layout | on pages with |", "|---|---|"]
    lines += [f"| {layout.name} | {_code(layout.fits)} |" for layout in family.layouts]
    return lines


def _mark(mark: FamilyMark) -> str:
    return f"| {mark.kind.value} | {_code(mark.pattern)} | {mark.weight} |"


def portals_page(portals: Mapping[str, type[PortalSpider]]) -> str:
    """Return the page of the portals: family, province, certainty of each declaration and its source."""
    overviews = [overview(each) for each in portals.values()]
    counts = {sure: sum(each.sure is sure for each in overviews) for sure in Sure}
    lines = [
        "# The portals",
        "",
        _HEAD,
        f"{len(overviews)} portals of {len({each.family for each in overviews})} families: {counts[Sure.RECORDED]} recorded, "
        f"{counts[Sure.DESCRIBED]} described, {counts[Sure.INFERRED]} inferred.",
        "",
        *_PORTALS.splitlines(),
        "",
        "## The provinces",
        "",
        *province_table(portals),
        "",
        "## Every portal",
        "",
        "| portal | family | province | sections | known | from | for machines | exceptions, end |",
        "|---|---|---|---:|---|---|---|---|",
        *map(_row, overviews),
        "",
        "## Sections",
        "",
        "| portal | sections |",
        "|---|---|",
    ]
    lines += [f"| `{each.name}` | {', '.join(each.sections)} |" for each in overviews]
    return "\n".join(lines) + "\n"


def _row(each: Overview) -> str:
    cells = (
        f"[`{each.name}`](../../crawler/spiders/{each.name}.py)<br>{each.title}<br>{each.home.removeprefix('https://')}",
        each.family,
        each.province or "none",
        str(len(each.sections)),
        each.known,
        each.basis,
        "<br>".join(each.endpoints),
        "; ".join([*each.exceptions, *([each.end] if each.end else [])]),
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _code(text: str) -> str:
    """Return code for a cell of a table, where a bar would end the cell."""
    shown = text.replace("|", "\\|")
    return f"`` {shown} ``" if "`" in text else f"`{shown}`"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or with `--check` name those that differ (exit code 1)."""
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Write docs/reference/families.md, docs/reference/portals.md and the READMEs' provinces from the code.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where a page differs")
    parser.add_argument("--docs", type=Path, default=DOCS, metavar="DIR", help="where the pages stand")
    options = parser.parse_args(arguments)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    portals = spiders(settings)
    made = {options.docs / name: text for name, text in pages(portals).items()}
    if options.docs == DOCS:
        made |= {ROOT / name: with_provinces(_read(ROOT / name), portals) for name in READMES}
    changed = [path for path, text in made.items() if text != _read(path)]
    for path in changed:
        sys.stdout.write(f"{'differs' if options.check else 'written'}: {path.name}\n")
        if not options.check:
            path.write_text(made[path], encoding="utf-8")
    return ExitCode.FINDINGS if changed and options.check else ExitCode.GOOD


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


if __name__ == "__main__":
    raise SystemExit(main())
