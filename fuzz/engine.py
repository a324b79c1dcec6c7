"""Run one target under libFuzzer, and note what it finds. Needs atheris; the rest of this room does not."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random

import atheris

from fuzz.findings import Findings
from fuzz.json_mutator import mutate_json
from fuzz.targets import CORPUS, load

_INSTRUMENTED = [
    "archive",
    "crawler",
    "docs",
    "fuzz",
    "pipelines",
    "vietnam",
    "protego",
    "warcio",
    "webencodings",
    "w3lib",
]
_JSON = {"lines", "manifest", "run_record", "tombstone", "head", "proof"}
SLOW = 5.0
"""Seconds of processor time, under instrumentation, from which an input of some kilobytes is a finding."""
_LONGEST = {"proof": 16384, "article": 8192, "listing": 8192}


def run(name: str, seconds: int, folder: Path) -> None:
    """Fuzz a target for some seconds. What it finds lies in the folder; libFuzzer ends the process."""
    folder.mkdir(parents=True, exist_ok=True)
    grown = folder / "corpus"
    grown.mkdir(exist_ok=True)
    with atheris.instrument_imports(include=_INSTRUMENTED):
        target = load(name)
    findings = Findings(folder)

    def one(data: bytes) -> None:
        begin = time.process_time()
        try:
            target(data)
        except Exception as error:  # whatever a target raises is a finding, and the search goes on
            findings.add(data, error)
        taken = time.process_time() - begin
        findings.note_time(data, taken, SLOW)

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        rng = Random(seed)
        changed = mutate_json(data, rng) if rng.random() < 0.7 else data
        return changed if changed != data and len(changed) <= longest else bytes(atheris.Mutate(data, longest))

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST.get(name, 4096)}",
        "-timeout=300",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        f"-artifact_prefix={folder}/",
    ]
    words = CORPUS / f"{name}.dict"
    if words.exists():
        options.append(f"-dict={words}")
    mutator = {"custom_mutator": mutate} if name in _JSON else {}
    atheris.Setup([sys.argv[0], *options, str(grown), str(CORPUS / name)], one, **mutator)
    atheris.Fuzz()


def main() -> None:
    """Run the target that the arguments name: TARGET SECONDS FOLDER."""
    run(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))


if __name__ == "__main__":
    main()
