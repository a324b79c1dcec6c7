"""Probe portals that the probe was not tuned on, run the spiders it wrote unedited, and compare with what was composed.

`python -m bench.probe --seeds 20 [--first 1000]`: per seed a portal built by hand, or (every tenth) one of a known family
under a drawn skin; the real commands, `scrapy probe` and `scrapy crawl`, over a server on loopback. With `--rules` the same
exploration and the spider file that was written run over the site in memory, in seconds instead of a minute.

With `--score` the portals have faults that a spider's own rules do not see, and the last line gives the portals with score
100 of which anything is wrong or missing; exit code 1 where there is one.

A spider counts as good when at least 95 % of the portal's articles are archived with right title, time and text. The
others are EDIT when the report says what is missing, SILENT when it does not; `to edit` are the declarations to mend. Exit
code 1 under ten of twelve.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.storage.paths import Paths
from bench.probe.handmade import DRAWN, KINDS, HandmadePortal, truth_blocks
from bench.probe.machine import draw_machine_side
from bench.probe.skins import skin
from bench.probe.walk import WalkResult, walk_site
from bench.runner import call, new_archive, runs_of
from replicas import LAST_NIGHT
from replicas.articles import articles
from replicas.records import Kind, ReplicaArticle, plain
from replicas.serve import ReplicaServer
from replicas.sites.catalogue import SITES
from replicas.sites.site import Site, Suffixer
from testing.run_lines import ReadLines

_ENOUGH = 0.95
_ROUND = 30  # consecutive seeds in which every kind of portal stands: 25 habits, twice none, 3 families
_habits = iter(kind for kind in KINDS if kind != DRAWN)
_KINDS = {place: DRAWN if place % 15 == 3 else next(_habits) for place in range(_ROUND) if place % 10}


@dataclass(frozen=True, slots=True)
class Truth:
    """Hold what an article says: title, ISO time, and its blocks, lead first."""

    title: str
    published: str
    blocks: tuple[str, ...]


def draw_portal(seed: int, *, faults: bool = False) -> tuple[str, Site, list[Truth]]:
    """Return the portal of a seed: what it is, its site, and what its lists show at the last composed night.

    With `faults` a third of the portals built by hand have one of `bench.probe.machine.FAULTS`.
    """
    host = f"probe{seed}.mau.vn"
    what = _KINDS.get(seed % _ROUND)
    if what is not None:
        made = HandmadePortal(what, seed, host, draw_machine_side(seed, faults=faults, whole=what == DRAWN))
        what += f", fault: {made.side.fault}" if made.side.fault else ""
        return what, made, [truth_of(article, truth_blocks(made, article)) for article in made.shown]
    portal = random.Random(seed * 7919).choice(sorted(SITES))
    kind = SITES[portal]
    skinned = skin(kind, articles(portal), seed, host)
    site = skinned.site
    listed = {row.article.key: row.article for s in site.sections for row in site.rows(s, LAST_NIGHT)}
    shown = [article for article in listed.values() if not article.withdrawn]
    return f"{kind.family}", skinned, [truth_of(article, _blocks(article)) for article in shown]


def _blocks(article: ReplicaArticle) -> tuple[str, ...]:
    lead = (plain(article.lead),) if article.lead else ()
    return (*lead, *(plain(part.text) for part in article.parts if part.text and part.kind is not Kind.TABLE_ROW))


def truth_of(article: ReplicaArticle, blocks: tuple[str, ...]) -> Truth:
    """Return what a reader should find of an article."""
    when = article.published.isoformat() if article.clock else article.day.isoformat()
    return Truth(plain(article.title), when, blocks)


def measure(seed: int, rules: bool, *, faults: bool = False) -> dict[str, object]:
    """Probe and crawl the portal of a seed, with `rules` in memory; what came of it.

    `score` is None where it is unchecked. `whole` says that nothing is missing and nothing wrong.
    """
    what, site, truth = draw_portal(seed, faults=faults)
    began = time.monotonic()
    seen = walk_site(site, f"probe{seed}") if rules else _crawled(site, f"probe{seed}")
    right, wrong = judge_articles(truth, seen.texts) if seen.written else (0, ["no spider was written"])
    is_enough = right >= _ENOUGH * len(truth)
    return {
        "seed": seed,
        "portal": what,
        "score": seen.score,
        "mean": seen.mean,
        "whole": bool(truth) and right == len(truth) and _strangers(truth, seen) == 0,
        "requests": seen.requests,
        "articles": len(truth),
        "right": right,
        "unedited": bool(truth) and is_enough,
        "undecided": seen.undecided,
        "unchecked": seen.unchecked,
        "edit": [] if is_enough else _to_edit(wrong, seen.written),
        "wrong": wrong[:4],
        "seconds": round(time.monotonic() - began, 1),
    }


def _crawled(site: Site, name: str) -> WalkResult:
    """Probe and crawl a portal by the real commands over a server on loopback."""
    with tempfile.TemporaryDirectory(prefix="probe-") as scratch, ReplicaServer([site]) as server:
        folder = Path(scratch)
        spiders = folder / "probed"
        spiders.mkdir()
        (spiders / "__init__.py").touch()
        server.suffixer = Suffixer([site.host])
        env = {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(server.port), "PYTHONPATH": scratch}
        night = ["--night", LAST_NIGHT.isoformat()]
        where = ["--name", name, "--spiders", str(spiders), "--pages", str(folder / "pages")]
        probe = call(["-m", "scrapy", "probe", f"https://{site.host}/", *night, *where], env)
        score = re.search(r"score (?:(\d+) of|unchecked \((\d+) of)", probe.stdout)
        seen = WalkResult((spiders / f"{name}.py").exists(), requests=len(server.log))
        if score:
            seen.score, seen.mean = int(score[1]) if score[1] else None, int(score[1] or score[2])
        seen.undecided = _listed(probe.stdout, "could not be decided")
        seen.unchecked = _listed(probe.stdout, "could not be checked")
        if not seen.written:
            print(probe.stderr[-800:], file=sys.stderr)
            return seen
        archive = folder / "archive"
        new_archive(archive)
        command = ["-m", "scrapy", "crawl", name, "-s", "SPIDER_MODULES=probed", *night, "--since", "2020-01-01"]
        crawl = call([*command, "--archive", str(archive)], env)
        if not Paths(archive).closed_runs(LAST_NIGHT):
            print(crawl.stderr[-800:], file=sys.stderr)
        for _, run in runs_of(Paths(archive), name):
            for line in ReadLines(run).articles:
                if line.file and line.title:
                    text = (run / line.file).read_text("utf-8")
                    seen.texts.setdefault(line.title, []).append((line.published or "", text))
        return seen


def _serve(seed: int, port: int) -> int:
    """Serve a drawn portal until the command is interrupted."""
    what, site, _ = draw_portal(seed)
    with ReplicaServer([site], port) as server:
        server.suffixer = Suffixer([site.host])
        print(f"{site.host} on 127.0.0.1:{server.port} ({what})", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
    return 0


def _listed(report: str, head: str) -> list[str]:
    lines = report.partition(f"{head}:\n")[2].partition("\n\n")[0].splitlines()
    return [line.strip() for line in lines if line.strip() != "nothing"]


def _strangers(truth: Sequence[Truth], seen: WalkResult) -> int:
    """Count the stored texts that are no article of the portal, or have more lines than theirs."""
    by_title = {article.title: article for article in truth}
    strange = 0
    for title, texts in seen.texts.items():
        for _, text in texts:
            known = by_title.get(title)
            blocks = text.rstrip("\n").split("\n\n")[1:]
            more = [block for block in blocks if known and known.blocks and block not in known.blocks]
            # The published line may stand first.
            strange += known is None or len([block for block in more if " | " not in block]) > 1
    return strange


def judge_articles(truth: Sequence[Truth], kept: dict[str, list[tuple[str, str]]]) -> tuple[int, list[str]]:
    """Count the articles read with right title, time and text; name why the others were not."""
    right, wrong = 0, []
    for article in truth:
        why = _why_wrong(article, kept.get(article.title, []))
        right += why is None
        if why is not None:
            wrong.append(f"{why}: {article.title[:60]}")
    return right, wrong


def _why_wrong(article: Truth, kept: list[tuple[str, str]]) -> str | None:
    if not kept:
        return "not archived under its title"
    why = "not archived"
    for published, text in kept:
        blocks = text.rstrip("\n").split("\n\n")
        lost = [block for block in article.blocks if block not in blocks and block not in text]
        more = [block for block in blocks[1:] if block not in article.blocks]
        # One line may be the published one, and a table's rows are told otherwise.
        if published != article.published:
            why = f"time {published or 'none'} for {article.published}"
        elif lost:
            why = f"text lost {lost[0][:40]!r}"
        elif len([block for block in more if " | " not in block]) > 2:
            why = f"text has more: {more[1][:40]!r}"
        else:
            return None
    return why


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.probe", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=12, metavar="N", help="how many portals (default 12)")
    parser.add_argument("--first", type=int, default=1000, metavar="SEED", help="the first seed (default 1000)")
    parser.add_argument(
        "--rules", action="store_true", help="in memory: the written rules alone, no commands, no archive"
    )
    parser.add_argument("--score", action="store_true", help="with --rules and drawn faults: judge the score itself")
    parser.add_argument("--serve", type=int, metavar="SEED", help="serve the portal of a seed on loopback and wait")
    parser.add_argument("--port", type=int, default=0, help="with --serve: the port (default: a free one)")
    parser.add_argument("--json", action="store_true", help="one JSON line a portal")
    asked = parser.parse_args(arguments)
    if asked.serve is not None:
        return _serve(asked.serve, asked.port)
    results = []
    for seed in range(asked.first, asked.first + asked.seeds):
        result = measure(seed, asked.rules or asked.score, faults=asked.score)
        results.append(result)
        print(json.dumps(result, ensure_ascii=False) if asked.json else _line(result), flush=True)
    if asked.score:
        return _score_figure(results)
    unedited = sum(1 for result in results if result["unedited"])
    print(f"{unedited} of {len(results)} spiders run unedited")
    return 0 if unedited * 12 >= 10 * len(results) else 1


def _score_figure(results: Sequence[dict[str, object]]) -> int:
    """Print how many portals have score 100 and how many of those are not right; return the exit code."""
    full = [result for result in results if result["score"] == 100]
    lies = [result for result in full if not result["whole"]]
    unchecked = sum(result["score"] is None for result in results)
    faulty = sum("fault:" in str(result["portal"]) for result in results)
    print(
        f"{len(results)} portals, {faulty} with a fault: score 100 in {len(full)}, {len(lies)} of them not right; "
        f"unchecked {unchecked}, below 100 {len(results) - len(full) - unchecked}"
    )
    return 1 if lies else 0


def _to_edit(wrong: Sequence[str], written: bool) -> list[str]:
    """Name the declarations of a spider that a person has to mend, by what its articles lack."""
    if not written:
        return ["sections", "structure", "layouts"]
    named = {"not": "links or paging", "time": "published", "text": "body or drop"}
    return sorted({named[why.partition(" ")[0]] for why in wrong})


def _line(result: dict[str, object]) -> str:
    mark = "good" if result["unedited"] else "EDIT"
    if result["edit"]:
        mark = "EDIT" if result["undecided"] else "SILENT"
    head = f"{result['seed']}  {mark}  {result['right']}/{result['articles']} right, {result['requests']} requests"
    score = "unchecked" if result["score"] is None else result["score"]
    told = [f"score {score}", str(result["portal"]), f"{result['seconds']} s"]
    rest = [f"    {line}" for key in ("undecided", "unchecked", "wrong") for line in result[key]]  # type: ignore[attr-defined]  # lists of lines
    edit = [f"    to edit: {', '.join(result['edit'])}"] if result["edit"] else []  # type: ignore[arg-type]  # a list of names
    return "\n".join([", ".join([head, *told]), *edit, *rest])


if __name__ == "__main__":
    raise SystemExit(main())
