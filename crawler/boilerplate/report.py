"""The suspects of a portal for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archive.index.rows import EventRow
from crawler.boilerplate.learn import LearningResult, RuleTrial
from pipelines.boilerplate.candidates import BoilerplateCandidate, LineRole

__all__ = ["as_json", "report", "why"]

_STANDS = {LineRole.BEFORE: "before the text", LineRole.AMONG: "amid the text", LineRole.AFTER: "after the text"}
_SHOWN = 3  # examples
_TITLE = 60  # characters


def report(learned: LearningResult, trials: Sequence[RuleTrial]) -> str:
    """Each suspect with its evidence, the rule that would take it out, what the rule does on the pages, and examples."""
    count = len(learned.suspects)
    compared = f"{len(learned.articles)} articles of {learned.first} to {learned.last}, {len(learned.pages)} pages read"
    lines = [f"residue: {count or 'no'} suspect{'s' if count != 1 else ''} on {learned.portal} ({compared})"]
    if not learned.articles:
        lines = [f"residue: nothing to compare, the archive has no article of {learned.portal}"]
    titles = {found.id: found for found in learned.articles}
    for number, (suspect, trial) in enumerate(zip(learned.suspects, trials, strict=True), 1):
        lines += ["", f"{number}  {suspect.line}", *(f"   {line}" for line in _evidence(suspect, trial))]
        lines += [f"   {example}" for example in _examples(suspect, titles)]
    if count:
        lines += [
            "",
            f"scrapy suspects {learned.portal} --accept N makes the rule of number N; it is reviewed like code",
        ]
    return "\n".join(lines)


def _evidence(suspect: BoilerplateCandidate, trial: RuleTrial) -> list[str]:
    of = f"{suspect.count} of {suspect.total} articles{f' of {suspect.scope}' if suspect.scope else ''}"
    return [
        f"{of}, {suspect.first} to {suspect.last}, {_STANDS[suspect.where]}",
        f"{suspect.points} points: {'; '.join(suspect.because)}",
        _said(trial),
    ]


def _said(trial: RuleTrial) -> str:
    rule, on = f'{trial.rule.kind} = "{trial.rule.says}"', f"{trial.pages} pages"
    if trial.clean:
        return f"{rule} takes {trial.lines} lines out of {on}, and nothing else"
    if not trial.lines:
        return f"{rule} takes nothing out of {on}: the pages fit no layout, or the line stands elsewhere"
    return f"no safe rule: {rule} would also take {trial.others[0][:_TITLE]!r}"


def _examples(suspect: BoilerplateCandidate, titles: dict[str, EventRow]) -> list[str]:
    shown = [name for name in suspect.examples if name in titles][:_SHOWN]
    return [f"e.g. {name}  {titles[name].title[:_TITLE]}" for name in shown]


def why(suspect: BoilerplateCandidate) -> str:
    """Why a rule was made, for the reviewer who meets it in the file."""
    of = f"{suspect.count} of {suspect.total} articles{f' of {suspect.scope}' if suspect.scope else ''}"
    return f"{of}, {suspect.first} to {suspect.last}: {suspect.line}"


def as_json(learned: LearningResult, trials: Sequence[RuleTrial]) -> str:
    """The same as one JSON object."""
    suspects = [
        {
            "line": suspect.line,
            "shape": suspect.shape,
            "where": suspect.where.value,
            "box": list(suspect.box),
            "count": suspect.count,
            "total": suspect.total,
            "scope": suspect.scope or None,
            "first": suspect.first.isoformat(),
            "last": suspect.last.isoformat(),
            "points": suspect.points,
            "because": list(suspect.because),
            "examples": list(suspect.examples),
            "rule": {trial.rule.kind: trial.rule.says} if trial.clean else None,
            "lines": trial.lines,
            "others": len(trial.others),
        }
        for suspect, trial in zip(learned.suspects, trials, strict=True)
    ]
    compared = {"portal": learned.portal, "articles": len(learned.articles), "pages": len(learned.pages)}
    return json.dumps(compared | {"suspects": suspects}, ensure_ascii=False, indent=1)
