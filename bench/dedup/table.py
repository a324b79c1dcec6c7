"""The figures as a person reads them: classes, the curve, how much may be cut; and as a record for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archive.similarity.minhash import PARAMETERS, THRESHOLD
from bench.dedup.measure import CURVE, PairResult, score

_WIDTH = 40


def _share(value: float) -> str:
    """Per cent with one place, never rounded up to all."""
    return f"{int(value * 1000) / 10:5.1f} %"


def halves(judged: Sequence[PairResult]) -> Iterator[str]:
    """Recall and precision of either half and of both."""
    yield f"{'':24}{'pairs':>7}{'recall':>10}{'precision':>11}{'missed':>8}{'mistaken':>10}"
    for name, chosen in _halves(judged).items():
        found = score(chosen)
        yield (
            f"{name:24}{len(chosen):7}{_share(found.recall):>10}{_share(found.precision):>11}{found.missed:8}{found.mistaken:10}"
        )


def classes(judged: Sequence[PairResult]) -> Iterator[str]:
    """Every class: how many pairs, how many of them candidates, how many linked."""
    for same, title in ((True, "near-duplicates"), (False, "other articles")):
        yield f"{title:32}{'pairs':>7}{'candidates':>12}{'linked':>8}{'right':>10}"
        for kind in dict.fromkeys(each.pair.kind for each in judged if each.pair.same == same):
            of_kind = [each for each in judged if each.pair.kind == kind and each.pair.same == same]
            linked, known = sum(each.found() for each in of_kind), sum(each.candidate for each in of_kind)
            right = linked if same else len(of_kind) - linked
            yield f"{kind:32}{len(of_kind):7}{known:12}{linked:8}{_share(right / len(of_kind)):>10}"
        yield ""


def curve(judged: Sequence[PairResult]) -> Iterator[str]:
    """Recall and precision over the thresholds, with bars from 80 to 100 per cent: `o` recall, `x` precision, `8` both."""
    shown = f"{'threshold':10}{'recall':>10}{'precision':>11}{'held back:':>14}{'recall':>10}{'precision':>11}"
    yield f"{shown}   80 %{'100 %':>{_WIDTH - 4}}"
    held_back = [each for each in judged if each.pair.held_back]
    for threshold in CURVE:
        both, other = score(judged, threshold), score(held_back, threshold)
        mark = "<" if abs(threshold - THRESHOLD) < 0.001 else ""
        yield (
            f"{threshold:<10.2f}{_share(both.recall):>10}{_share(both.precision):>11}{'':14}{_share(other.recall):>10}"
            f"{_share(other.precision):>11}   |{_bar(both.recall, both.precision)}| {mark}".rstrip()
        )


def _bar(recall: float, precision: float) -> str:
    signs = [" "] * (_WIDTH + 1)
    for value, sign in ((recall, "o"), (precision, "x")):
        place = max(0, int((value - 0.8) / 0.2 * _WIDTH))
        signs[place] = sign if signs[place] == " " else "8"
    return "".join(signs)


def recall_by_share(shares: Mapping[float, Sequence[PairResult]]) -> Iterator[str]:
    """Return recall by the share of the text that is left, where a copy becomes an excerpt."""
    yield f"{'left of the text':18}{'pairs':>7}{'candidates':>13}{'linked':>10}"
    for share, judged in shares.items():
        known, linked = (
            sum(flags) / len(judged) for flags in zip(*((e.candidate, e.found()) for e in judged), strict=True)
        )
        yield f"{share:<18.0%}{len(judged):7}{_share(known):>13}{_share(linked):>10}"


def record(judged: Sequence[PairResult], per_text: float, milliseconds: tuple[float, float]) -> dict[str, object]:
    """Return the same for programs: shares as fractions."""
    overall = {name: {"pairs": len(chosen)} | _shares(chosen) for name, chosen in _halves(judged).items()}
    kinds = {}
    for kind in dict.fromkeys(each.pair.kind for each in judged):
        of_kind = [each for each in judged if each.pair.kind == kind]
        kinds[kind] = {
            "same": of_kind[0].pair.same,
            "pairs": len(of_kind),
            "candidates": sum(each.candidate for each in of_kind),
            "linked": sum(each.found() for each in of_kind),
        }
    return {
        "parameters": PARAMETERS,
        "threshold": THRESHOLD,
        "overall": overall,
        "classes": kinds,
        "curve": {f"{at:.2f}": _shares(judged, at) for at in CURVE},
        "candidates_per_text": per_text,
        "milliseconds": {"signature": milliseconds[0], "near": milliseconds[1]},
    }


def _shares(judged: Sequence[PairResult], threshold: float = THRESHOLD) -> dict[str, float]:
    found = score(judged, threshold)
    return {"recall": found.recall, "precision": found.precision}


def _halves(judged: Sequence[PairResult]) -> dict[str, list[PairResult]]:
    return {
        "chosen on": [each for each in judged if not each.pair.held_back],
        "held back": [each for each in judged if each.pair.held_back],
        "both": list(judged),
    }
