"""Make first contact with over forty composed hosts, in each of which one thing is planted, and count what is said of them.

`python -m bench.first_contact [--only SLUG…] [--keep DIR]`: the real command over a server on loopback, with ports that are
closed, silent, or show a certificate of nobody. A line for each host of which something else is said than was planted;
the last line has the counts. Exit code 1 where there is any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from scrapy.settings import Settings

from archive.errors import ExitCode
from bench.first_contact.evening import PlantedWeb, impolite, planted_web, wrong_of
from bench.first_contact.planted import planted_hosts
from crawler.catalog.overview import spiders


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evening and print the counts; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.first_contact", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="SLUG", help="only these provinces")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the evening's folder here")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="hosts side by side (4)")
    options = parser.parse_args(arguments)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    hosts = [each for each in planted_hosts(spiders(settings)) if not options.only or each.slug in options.only]
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory(prefix="contact-") as scratch:
        with planted_web(hosts, Path(scratch), jobs=options.jobs) as web:
            began = time.monotonic()
            done = web.run()
            return _count(web, time.monotonic() - began, done.stdout + done.stderr)


def _count(web: PlantedWeb, seconds: float, printed: str) -> ExitCode:
    results = web.results()
    if not results:
        sys.stderr.write(printed[-2000:])
        return ExitCode.FINDINGS
    bad = {each.slug: wrong for each in web.hosts if (wrong := wrong_of(each, results.get(each.slug)))}
    for each in web.hosts:
        for words in bad.get(each.slug, ()):
            print(f"{each.slug} ({each.planted}): {words}")
    rude = impolite(web.log)
    for words in rude:
        print(words)
    requests = Counter(entry.host for entry in web.log)
    named = sum(len(each.named) for each in web.hosts)
    print(
        f"{len(web.hosts)} hosts, {len(web.hosts) - len(bad)} as planted; {named} differences planted; "
        f"{sum(requests.values())} requests, {max(requests.values())} at a host at the most; {seconds:.0f} s"
    )
    return ExitCode.FINDINGS if bad or rude else ExitCode.GOOD


if __name__ == "__main__":
    raise SystemExit(main())
