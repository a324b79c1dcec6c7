"""Prove the program on real CMS software: `python -m bench.real_cms [--nukeviet DIR] [--small] [--only WORD]`.

Installs WordPress (Debian's) and, from a checkout, NukeViet on loopback, fills each with composed articles, and crawls each
theme and address form for three nights by the spider that a probe wrote and by one of our family. One row each; exit code
1 when any row has a finding, 0 with `SKIPPED` where Apache, PHP or MariaDB are missing.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.errors import ExitCode, UsageError
from bench.real_cms import nukeviet
from bench.real_cms.content import compose
from bench.real_cms.nights import SpiderNights, crawl_nights
from bench.real_cms.nukeviet import VIEWS, NukeViet
from bench.real_cms.site import CmsSite
from bench.real_cms.stack import PACKAGES, THEMES, CmsStack, cms_stack, missing
from bench.real_cms.wordpress import PERMALINKS, WordPress
from bench.runner import exit_code

_SMALL = ("plain", "category")
_LINE = "{:9}  {:17}  {:11}  {:6}  {:>5}  {:>6}  {}"
_HOST = "{name}.mau.vn.replica.test"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.real_cms", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nukeviet", type=Path, metavar="DIR", help="a checkout of NukeViet 4.5")
    parser.add_argument("--small", action="store_true", help="two permalink structures instead of four")
    parser.add_argument("--only", default="", metavar="WORD", help="only rows whose name has this word")
    parser.add_argument("--spider", choices=("probe", "family"), help="only the probe's spider or the family's")
    parser.add_argument("--details", type=int, default=3, metavar="N", help="findings shown of each kind (default 3)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep archives, spiders and pages there")
    parser.add_argument("--packages", action="store_true", help="print the packages to install and run nothing")
    asked = parser.parse_args(arguments)
    if asked.packages:
        print(*(PACKAGES if missing() else ()), sep="\n")
        return ExitCode.GOOD
    if lacking := missing():
        print(f"SKIPPED: not here: {', '.join(lacking)}; to run it:")
        print(f"  apt-get install -y --no-install-recommends {' '.join(PACKAGES)}")
        return ExitCode.GOOD
    return exit_code("real-cms", lambda: _measure(asked), "nothing of it was kept")


def _measure(asked: argparse.Namespace) -> int:
    if asked.nukeviet is not None and not (asked.nukeviet / "install/index.php").is_file():
        raise UsageError(f"{asked.nukeviet} is no checkout of NukeViet: install/index.php is missing")
    print(_LINE.format("software", "theme", "view", "spider", "score", "stored", "findings"))
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="real-cms-"))
    spiders = (asked.spider,) if asked.spider else ("probe", "family")
    wrong = rows = 0
    try:
        with cms_stack() as stack:
            for site in _sites(stack, asked):
                began = time.monotonic()
                for one in crawl_nights(site, stack.port, folder / site.name, spiders):
                    rows += 1
                    wrong += bool(one.result.findings)
                    print(_row(site, one, asked.details), flush=True)
                print(f"  ({time.monotonic() - began:.0f} s)", flush=True)
    finally:
        if asked.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{rows - wrong} of {rows} rows without a finding")
    return ExitCode.FINDINGS if wrong or not rows else ExitCode.GOOD


def _sites(stack: CmsStack, asked: argparse.Namespace) -> Iterator[CmsSite]:
    """Yield each site, installed and empty, as its turn comes."""
    story = compose()
    rows = [
        (theme, permalink, _HOST.format(name=f"wp-{theme.removeprefix('twenty')}-{permalink}"))
        for theme in THEMES
        for permalink in (_SMALL if asked.small else PERMALINKS)
        if asked.only in f"wordpress {theme} {permalink}"
    ]
    views = [view for view in VIEWS if asked.nukeviet is not None and asked.only in f"nukeviet {view}"]
    wordpress = WordPress(stack, story, [host for _, _, host in rows]) if rows else None
    if views:
        stack.serve(nukeviet.NAME, [nukeviet.HOST])
    stack.start_web()
    for theme, permalink, host in rows:
        if wordpress is not None:
            yield wordpress.site(host, theme, permalink)
    if views:
        portal = NukeViet(stack, asked.nukeviet, story)
        for view in views:
            yield portal.site(view)


def _row(site: CmsSite, one: SpiderNights, details: int) -> str:
    result = one.result
    score = "" if one.spider == "family" else str(one.score) if one.score is not None else "none"
    counts = ", ".join(f"{kind} {count}" for kind, count in result.counts().items())
    stored = f"{result.stored}/{result.articles}"
    head = _LINE.format(site.software, site.theme, site.view, one.spider, score, stored, counts or "none")
    lines = [head, *(f"    undecided: {line}" for line in one.undecided)]
    for kind in result.counts():
        found = list(dict.fromkeys(finding.detail for finding in result.findings if finding.kind == kind))
        lines += [f"    {kind}: {detail[:300]}" for detail in found[:details]]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
