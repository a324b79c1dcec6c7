"""Print the candidates of a portal for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archive.index.rows import EventRow
from crawler.boilerplate.learn import LearningResult, RuleTrial
from pipelines.boilerplate.candidates import BoilerplateCandidate, LineRole

_STANDS = {LineRole.BEFORE: "before the text", LineRole.AMONG: "amid the text", LineRole.AFTER: "after the text"}
_SHOWN = 3  # examples
_TITLE = 60  # characters


def report(learned: LearningResult, trials: Sequence[RuleTrial]) -> str:
    """Return each candidate with its evidence, its rule, the rule's effect on the pages, and examples."""
    count = len(learned.candidates)
    compared = f"{len(learned.articles)} articles of {learned.first} to {learned.last}, {len(learned.pages)} pages read"
    lines = [f"residue: {count or 'no'} suspect{'s' if count != 1 else ''} on {learned.portal} ({compared})"]
    if not learned.articles:
        lines = [f"residue: nothing to compare, the archive has no article of {learned.portal}"]
    titles = {found.id: found for found in learned.articles}
    for number, (candidate, trial) in enumerate(zip(learned.candidates, trials, strict=True), 1):
        lines += ["", f"{number}  {candidate.line}", *(f"   {line}" for line in _evidence(candidate, trial))]
        lines += [f"   {example}" for example in _examples(candidate, titles)]
    if count:
        lines += [
            "",
            f"scrapy suspects {learned.portal} --accept N makes the rule of number N; it is reviewed like code",
        ]
    return "\n".join(lines)


def _evidence(candidate: BoilerplateCandidate, trial: RuleTrial) -> list[str]:
    of = f"{candidate.count} of {candidate.total} articles{f' of {candidate.scope}' if candidate.scope else ''}"
    return [
        f"{of}, {candidate.first} to {candidate.last}, {_STANDS[candidate.where]}",
        f"{candidate.points} points: {'; '.join(candidate.because)}",
        _trial_line(trial),
    ]


def _trial_line(trial: RuleTrial) -> str:
    rule, on = f'{trial.rule.kind} = "{trial.rule.value}"', f"{trial.pages} pages"
    if trial.clean:
        return f"{rule} takes {trial.lines} lines out of {on}, and nothing else"
    if not trial.lines:
        return f"{rule} takes nothing out of {on}: the pages fit no layout, or the line stands elsewhere"
    return f"no safe rule: {rule} would also take {trial.others[0][:_TITLE]!r}"


def _examples(candidate: BoilerplateCandidate, titles: dict[str, EventRow]) -> list[str]:
    shown = [name for name in candidate.examples if name in titles][:_SHOWN]
    return [f"e.g. {name}  {titles[name].title[:_TITLE]}" for name in shown]


def reason_for(candidate: BoilerplateCandidate) -> str:
    """Return the reason of a rule, for the reviewer of the file."""
    of = f"{candidate.count} of {candidate.total} articles{f' of {candidate.scope}' if candidate.scope else ''}"
    return f"{of}, {candidate.first} to {candidate.last}: {candidate.line}"


def as_json(learned: LearningResult, trials: Sequence[RuleTrial]) -> str:
    """Return the report as one JSON object."""
    candidates = [
        {
            "line": candidate.line,
            "shape": candidate.shape,
            "where": candidate.where.value,
            "box": list(candidate.box),
            "count": candidate.count,
            "total": candidate.total,
            "scope": candidate.scope or None,
            "first": candidate.first.isoformat(),
            "last": candidate.last.isoformat(),
            "points": candidate.points,
            "because": list(candidate.because),
            "examples": list(candidate.examples),
            "rule": {trial.rule.kind: trial.rule.value} if trial.clean else None,
            "lines": trial.lines,
            "others": len(trial.others),
        }
        for candidate, trial in zip(learned.candidates, trials, strict=True)
    ]
    compared = {"portal": learned.portal, "articles": len(learned.articles), "pages": len(learned.pages)}
    return json.dumps(compared | {"suspects": candidates}, ensure_ascii=False, indent=1)
