"""Show where an article's processor time goes: samples of py-spy, by process and by module of ours. Used by `--profile`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

RATE = 200
"""Samples a second."""
STACKS = "stacks.txt"
"""The file of a night's stacks."""
IMPORTS, OTHERS = "imports", "Scrapy, Twisted and the rest"
READER = "reader"
"""The name of a process that reads pages."""
_READS = "(pipelines/sandbox/child_process.py:"  # in a frame of each of its stacks
TASKS = {
    "reader: tags, attributes and selectors of the layout": ("pipelines.html.selectors",),
    "reader: decoding, bounds, tree, texts of elements": ("pipelines.html.tree", "pipelines.html.page_bounds"),
    "reader: trafilatura over the text, and over one page in ten": ("pipelines.readers.trafilatura",),
    "reader: digest of the region, for later looks": ("pipelines.readers.region", "pipelines.sandbox.page_region"),
    "reader: letters, composed and folded": ("vietnam.letters",),
    "reader: shape of the page, for its outcome": ("pipelines.html.page_shape", "pipelines.readers.article_presence"),
    "reader: blocks, pieces, pictures and files of the layout": (
        "pipelines.html",
        "pipelines.readers",
        "pipelines.extract",
    ),
    "reader: cleaning and checks, lines of widgets": ("pipelines.clean", "pipelines.check", "vietnam.residue"),
    "reader: dates, sign-offs, words": ("vietnam",),
    "reader: comparison with the whole page, of one in ten": (
        "pipelines.sandbox.crosscheck",
        "pipelines.sandbox.element_letters",
    ),
    "reader: questions and answers on the pipe": ("pipelines.sandbox",),
    "reader: lists, feeds, sitemaps": ("crawler",),
    "start: imports": (IMPORTS,),
    "crawl: Scrapy and Twisted": (OTHERS,),
    "crawl: guard, turns, robots, retries": ("crawler.downloader",),
    "crawl: pages to the reader and back": ("pipelines.sandbox", "crawler.sandbox", "pipelines.stages"),
    "crawl: capture, WARC record, digests": ("archive.storage.warc", "pipelines.capture"),
    "crawl: files written and flushed": ("archive.storage.fsync",),
    "crawl: signature of the text, near-duplicates": (
        "archive.similarity",
        "archive.index.queries.similar",
        "archive.ingest.near_duplicates",
    ),
    "crawl: texts and lines": ("archive.storage", "archive.model", "pipelines", "vietnam"),
    "crawl: judgement and commit of a group": ("archive.ingest", "archive.leases", "archive.store"),
    "crawl: rows of the index": ("archive.index",),
    "crawl: lists, walk and rechecks": (
        "crawler.spider",
        "crawler.listings",
        "crawler.responses",
        "crawler.requests",
        "crawler.urls",
        "crawler.article_keys",
        "crawler.families",
    ),
    "crawl: counts, verdict, report, repeated lines": ("crawler", "archive"),
}
"""The tasks of a night with the modules that do them: the first whose process and module fit."""
_OURS = re.compile(r"\(((?:archive|crawler|pipelines|vietnam)/[\w/]+)\.py:\d+\)$")
_AROUND = ("crawler/run/portal_run", "crawler/command_line")  # below them runs the reactor
_MODULE = re.compile(r'process \d+:".*? -m ([\w.]+)')


def recorded(spy: str, output: Path, command: list[str]) -> list[str]:
    """Return the command that runs `command` and all it starts under py-spy and leaves folded stacks in `output`."""
    return [
        spy,
        "record",
        "--subprocesses",
        "--function",
        "-r",
        str(RATE),
        "-f",
        "raw",
        "-o",
        str(output),
        "--",
        *command,
    ]


def by_module(stacks: Iterable[str]) -> Counter[tuple[str, str]]:
    """Return the samples of folded stacks, `frame;frame;… count`, by process and by the innermost module of ours.

    A process is named by the module that it was started with, and `READER` where it reads pages. What stands in an import
    is `IMPORTS`, what has no module of ours `OTHERS`.
    """
    found: Counter[tuple[str, str]] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        found[_named(frames), _part(frames)] += int(count)
    return found


def by_task(samples: Counter[tuple[str, str]]) -> Counter[str]:
    """Return the samples of `by_module` by task; none is left out."""
    found: Counter[str] = Counter()
    for (process, part), count in samples.items():
        is_read = process == READER and part not in (IMPORTS, OTHERS)
        found[_task_of(part, is_read)] += count
    return found


def _task_of(part: str, is_read: bool) -> str:
    for task, modules in TASKS.items():
        fits = any(part == module or part.startswith(f"{module}.") for module in modules)
        if fits and task.startswith("reader") == is_read:
            return task
    return "everything else"


def _named(frames: list[str]) -> str:
    if any(_READS in frame for frame in frames):
        return READER
    # The last of the processes, each of which started the next one.
    return next((match[1] for frame in reversed(frames) if (match := _MODULE.match(frame))), "")


def _part(frames: list[str]) -> str:
    if any(frame.startswith("_find_and_load ") for frame in frames):
        return IMPORTS
    ours = [match[1] for frame in frames if (match := _OURS.search(frame))]
    return OTHERS if not ours or ours[-1] in _AROUND else ours[-1].replace("/", ".")
