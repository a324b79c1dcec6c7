"""`python -m bench.dedup [--articles FILE]`: recall and precision of near-duplicates on labelled pairs.

With a CSV of articles of danang.gov.vn the pairs are made of real texts; without one of the composed portals' own.
Exit codes: 0 recall and precision of the held-back half are 0.99 and more; 1 one of them is not; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from archive.errors import ExitCode
from archive.similarity.minhash import PARAMETERS, THRESHOLD
from bench.dedup.copies import cut_to
from bench.dedup.labelled import Pair, composed_pairs, doubled_pairs, made_pairs, real_pairs
from bench.dedup.measure import PairResult, band_sharers, candidates, judge, score, speed
from bench.dedup.sources import Source, composed_sources, recorded_sources, words
from bench.dedup.table import classes, curve, halves, recall_by_share, record
from bench.runner import report_error

_LEAST = 0.99
_SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.dedup", description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=Path, metavar="FILE", help="a CSV of articles; without it composed ones")
    parser.add_argument("--seed", type=int, default=1, help="another labelled set from the same articles (default 1)")
    parser.add_argument("--json", action="store_true", help="one line of JSON and nothing else")
    parser.add_argument("--show", action="store_true", help="print the titles of every pair that is judged wrongly")
    asked = parser.parse_args(arguments)
    return report_error("near", lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    sources = recorded_sources(asked.articles) if asked.articles else composed_sources()
    judged = judge(labelled(sources, asked.seed, asked.articles), [each.text for each in sources])
    per_text = 2 * len(candidates([each.text for each in sources])) / len(sources)
    took = speed([each.pair for each in judged[:: max(1, len(judged) // 300)]])
    if asked.json:
        print(json.dumps(record(judged, per_text, took), ensure_ascii=False))
    else:
        _print(judged, sources, asked.seed, took)
    if asked.show:
        print("\n".join(_wrong(judged)))
    held_back = score([each for each in judged if each.pair.held_back])
    return ExitCode.GOOD if min(held_back.recall, held_back.precision) >= _LEAST else ExitCode.FINDINGS


def labelled(sources: Sequence[Source], seed: int, articles: Path | None) -> list[Pair]:
    """Return the whole set: pairs of every source, of the sources among themselves, and of composed texts."""
    found = [*made_pairs(sources, seed), *real_pairs(sources, candidates([each.text for each in sources]))]
    return [*found, *(doubled_pairs(articles) if articles else composed_pairs(seed))]


def _print(judged: Sequence[PairResult], sources: Sequence[Source], seed: int, took: tuple[float, float]) -> None:
    texts = [each.text for each in sources]
    print(f"{PARAMETERS}; threshold {THRESHOLD}; {len(sources)} articles, {len(judged)} labelled pairs, seed {seed}\n")
    print(
        "\n".join(
            [*halves(judged), "", *classes(judged), *curve(judged), "", *recall_by_share(_cuts(sources, seed)), ""]
        )
    )
    for name, found in (("texts with an equal band", band_sharers(texts)), ("candidates", candidates(texts))):
        among = len(found) / (len(texts) * (len(texts) - 1) / 2)
        print(f"{name}: {2 * len(found) / len(texts):.2f} a text, {among:.3%} of pairs")
    print(f"a signature {took[0]:.2f} ms, near() {took[1]:.2f} ms (processor time, medians)")


def _cuts(sources: Sequence[Source], seed: int) -> dict[float, list[PairResult]]:
    """Return the held-back articles of eighty words and more, cut from the end to every share."""
    long = [each for each in sources if each.held_back and words(each.lines) >= 80]
    found = {}
    for share in _SHARES:
        pairs = []
        for source in long:
            left = cut_to(random.Random(f"{seed} {share} {source.key}"), source.lines, share, tail=True)
            if words(left) < (share + 0.05) * words(source.lines):
                pairs.append(Pair(f"{share:.0%}", source.text, "\n".join(left), True, True))
        found[share] = judge(pairs, [each.text for each in sources])
    return {share: judged for share, judged in found.items() if judged}


def _wrong(judged: Sequence[PairResult]) -> list[str]:
    return [
        f"{'missed' if each.pair.same else 'mistaken'} ({each.pair.kind}; bands {each.equal_bands}, contained"
        f" {each.containment:.2f}): {each.pair.a.partition(chr(10))[0]} | {each.pair.b.partition(chr(10))[0]}"
        for each in judged
        if each.found() != each.pair.same
    ]


if __name__ == "__main__":
    sys.exit(main())
