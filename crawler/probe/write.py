"""Write a probe's result as files: the spider, the saved pages, and the spider's reading of them, for review."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

from crawler.families import CENTRED_CAPTIONS
from crawler.families.declared import Structure
from crawler.listings.listing import Following, Section
from crawler.portal import PortalSpider
from crawler.probe.explore import Exploration
from crawler.probe.page import VisitedPage
from crawler.probe.result import PortalDraft, ProbeResult, listing_of, section_at, spider_of
from crawler.urls import REPLICA_SUFFIX
from pipelines.article import Layout
from pipelines.article_json import article_to_json
from pipelines.extract import extract

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 120
_LISTS, _ARTICLES = 2, 3


def spider_source(portal: PortalDraft, inferred: Iterable[str]) -> str:
    """Return the spider's module, formatted as the project's formatter would."""
    family = portal.family
    imports = [
        f"from {family.__module__} import {', '.join(_names(portal))}",
        "from crawler.listings.listing import Section",
    ]
    if any(CENTRED_CAPTIONS == layout.captions[-len(CENTRED_CAPTIONS) :] for layout in _own_layouts(portal)):
        imports.insert(0, "from crawler.families import CENTRED_CAPTIONS")
    imports.append("from crawler.portal import Sure")
    if portal.layouts:
        imports.append("from pipelines.article import Layout")
    camel = "".join(part.capitalize() for part in portal.name.split("_"))
    lines = [
        f'"""{_escaped(portal.title)}."""',
        "",
        *imports,
        "",
        "",
        f"class {camel}({family.__name__}):",
        f"    name = {_text(portal.name)}",
        f"    title = {_text(portal.title)}",
        f"    province = {_text(portal.province) if portal.province else None}",
        f"    home = {_text(portal.home)}",
        *_tuple("sections", [_section(section) for section in portal.sections]),
        "    sure = Sure.INFERRED  # as probed; a person has still to review its saved pages",
    ]
    values = tuple(inferred)
    if values:
        shown = ", ".join(map(_text, values))
        lines.append(f"    inferred = ({shown}{',' if len(values) == 1 else ''})")
    if portal.structure is not None:
        lines += _call("    structure = Structure", _parts(portal.structure), 4)
    if portal.layouts:
        lines += _layouts(portal)
    return "\n".join(lines) + "\n"


def _names(portal: PortalDraft) -> list[str]:
    return sorted([portal.family.__name__, *(["Structure"] if portal.structure is not None else [])])


def _own_layouts(portal: PortalDraft) -> list[Layout]:
    return [layout for layout in portal.layouts if layout not in portal.family.layouts or portal.structure]


def _layouts(portal: PortalDraft) -> list[str]:
    own = _own_layouts(portal)
    lines = ["    layouts = ("]
    for layout in own:
        lines += _call("        Layout", _parts(layout), 8, ",")
    if len(own) < len(portal.layouts):
        lines.append(f"        *{portal.family.__name__}.layouts,")
    return [*lines, "    )"]


def _parts(record: Layout | Structure) -> list[str]:
    """Return the arguments that differ from the record's defaults; the first ones always."""
    values = []
    for field in fields(record):
        value = getattr(record, field.name)
        if value != field.default:
            shown = (
                _strings(value) if isinstance(value, tuple) else _text(value) if isinstance(value, str) else str(value)
            )
            values.append(f"{field.name}={shown}")
    return values


def _call(head: str, arguments: list[str], indent: int, tail: str = "") -> list[str]:
    pad = " " * (indent + 4)
    return [f"{head}(", *(line for each in arguments for line in _broken(pad, each)), " " * indent + ")" + tail]


def _broken(pad: str, argument: str) -> Iterator[str]:
    """Yield an argument on its line; a tuple that is too long one value a line."""
    if len(pad + argument) + 1 <= WIDTH or "=(" not in argument:
        yield f"{pad}{argument},"
        return
    name, _, values = argument.partition("=(")
    yield f"{pad}{name}=("
    yield from (f"{pad}    {value}," for value in _split(values.removesuffix(")").rstrip(",")))
    yield f"{pad}),"


def _split(values: str) -> list[str]:
    parts: list[str] = []
    quote, start = "", 0
    for at, char in enumerate(values):
        if quote:
            quote = "" if char == quote and values[at - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char == ",":
            parts.append(values[start:at].strip())
            start = at + 1
    return [*parts, values[start:].strip()]


def _tuple(name: str, values: list[str]) -> list[str]:
    one = f"    {name} = ({values[0]},)"
    if len(values) == 1 and len(one) <= WIDTH:
        return [one]
    return [f"    {name} = (", *(line for each in values for line in _value(each)), "    )"]


def _value(call: str) -> list[str]:
    if len(call) + 9 <= WIDTH:
        return [f"        {call},"]
    head, _, rest = call.partition("(")
    return [f"        {head}(", *(f"            {part}," for part in _split(rest.removesuffix(")"))), "        ),"]


def _section(section: Section) -> str:
    return f"Section({_text(section.name)}, {_text(section.path)}, {_text(section.title)})"


def _strings(values: tuple[str, ...]) -> str:
    if values[-len(CENTRED_CAPTIONS) :] == CENTRED_CAPTIONS:
        return f"({', '.join([*map(_text, values[: -len(CENTRED_CAPTIONS)]), '*CENTRED_CAPTIONS'])})"
    return f"({', '.join(map(_text, values))}{',' if len(values) == 1 else ''})"


def _text(value: str) -> str:
    if "\\" in value and '"' not in value:
        return f'r"{value}"'
    if '"' in value and "'" not in value and "\\" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _escaped(words: str) -> str:
    return words.replace("\\", "").replace('"', "'").rstrip(".")


# the saved pages ---------------------------------------------------------------------------------------------------


def saved_pages(
    found: ProbeResult, exploration: Exploration, now: datetime
) -> Iterator[tuple[str, bytes, dict[str, object]]]:
    """Yield name, bytes and expectation of the pages to save: two lists and three articles of different kinds."""
    assert found.portal is not None  # noqa: S101  only what has a spider is saved
    spider = spider_of(found.portal)
    for number, probed in enumerate(exploration.lists[:_LISTS], 1):
        page = real_page(probed.visited)
        yield f"list-{number}.html", page.body, expectation(spider, page, "list", now)
    kinds = sorted(found.articles, key=lambda pair: (not pair[1].attachments, -len(pair[1].blocks)))
    chosen = {page.url: page for page, _ in [*kinds[:1], *found.articles]}
    for number, visited in enumerate(list(chosen.values())[:_ARTICLES], 1):
        page = real_page(visited)
        yield f"article-{number}.html", page.body, expectation(spider, page, "article", now)


def expectation(spider: type[PortalSpider], page: VisitedPage, kind: str, now: datetime) -> dict[str, object]:
    """Return the spider's reading of a saved page, with the moment of the fetch; it waits for review."""
    values: dict[str, object] = {"url": page.url, "kind": kind, "fetched_at": now.isoformat(), "reviewed": False}
    if page.charset:
        values["charset"] = page.charset
    if kind == "list":
        listing = listing_of(spider, page, section_at(spider, page.requested))
        values["entries"] = [
            {"key": entry.key, "url": entry.url, "title": entry.title, "day": entry.day and entry.day.isoformat()}
            for entry in listing.entries
        ]
        values["next"] = _way(listing.next)
        return values
    values["key"] = spider.article_key(page.url)
    values["article"] = article_to_json(extract(page.body, page.url, spider.layouts, now, page.charset))
    return values


def _way(following: Following | None) -> object:
    """Return the way to the next page as JSON: an address, or a request."""
    if following is None or isinstance(following, str):
        return following
    return {"url": following.url, "method": following.method, "body": following.body}


def real_page(page: VisitedPage) -> VisitedPage:
    """Return the page as the portal itself serves it, without a rehearsal's suffix in its addresses and words."""
    return replace(
        page,
        requested=page.requested.replace(REPLICA_SUFFIX, ""),
        url=page.url.replace(REPLICA_SUFFIX, ""),
        body=page.body.replace(REPLICA_SUFFIX.encode(), b""),
    )


def write(
    found: ProbeResult, source: str, exploration: Exploration, spiders: Path, pages: Path, now: datetime
) -> list[Path]:
    """Write the spider and its pages; returns the written files, the spider first."""
    assert found.portal is not None  # noqa: S101  only what has a spider is written
    module = spiders / f"{found.portal.name}.py"
    folder = pages / found.portal.name
    folder.mkdir(parents=True, exist_ok=True)
    written = [module]
    expected = {}
    for name, body, values in saved_pages(found, exploration, now):
        (folder / name).write_bytes(body)
        expected[name] = values
        written.append(folder / name)
    listing = json.dumps(expected, ensure_ascii=False, indent=1) + "\n"
    (folder / "expected.json").write_text(listing, encoding="utf-8")
    module.write_text(source, encoding="utf-8")
    return [*written, folder / "expected.json"]


def mark_reviewed(folder: Path) -> int:
    """Mark the saved pages of a portal as compared by a person; returns how many were waiting.

    Raises OSError where there is none, ValueError where the file is no expectation.
    """
    listing = folder / "expected.json"
    values: dict[str, dict[str, object]] = json.loads(listing.read_text(encoding="utf-8"))
    waiting = [page for page in values.values() if page.get("reviewed") is not True]
    for page in waiting:
        page["reviewed"] = True
    listing.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(waiting)


def shown_path(path: Path) -> Path:
    """Return a path as a person reads it: from the checkout's folder where it lies in there."""
    return path.relative_to(ROOT) if path.is_absolute() and path.is_relative_to(ROOT) else path
