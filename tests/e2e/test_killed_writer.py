"""A run writer that is killed at any moment: what was acknowledged is kept."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from archive.audit.verify import verify
from archive.storage.run_record import read_lines
from testing.archives import FIRST, make

ROOT = Path(__file__).parents[2]


def articles(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in read_lines(folder / "articles.jsonl")]


WRITER = """
import sys
from pathlib import Path
from archive.store import Archive
from testing.archives import FIRST, ComposedArticle, at, finish, judge, keep
archive = Archive.open(Path(sys.argv[1]))
night = archive.start("da_nang", FIRST, at(FIRST), judge)
for number in range(150):
    article = ComposedArticle(f"k{number}", f"Tin {number}", (f"Đoạn văn số {number}.",))
    if night.lookups.is_stored(article.key):
        continue
    keep(night, article, at(FIRST))
    if number % 5 == 4:
        night.commit()
        print(number, flush=True)
finish(night, at(FIRST))
"""


def test_kill_9_at_any_moment_loses_nothing_acknowledged(tmp_path: Path) -> None:
    root = tmp_path / "a"
    archive = make(root)
    wait = random.Random(0)
    acknowledged = -1
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(wait.uniform(0, 0.15))
            os.kill(writer.pid, signal.SIGKILL)
            reported = [int(line) for line in writer.stdout if line.strip()]
        acknowledged = max([acknowledged, *reported])
        with archive.index.reading() as queries:
            known = [f"k{number}" for number in range(acknowledged + 1)]
            assert queries.events.first_nights("da_nang", known).keys() == set(known)
    subprocess.run([sys.executable, "-c", WRITER, str(root)], check=True, capture_output=True, cwd=ROOT)
    archive.seal(FIRST, {})
    assert verify(archive.identity, archive.paths).findings == []
    keys = [line["key"] for run in archive.paths.closed_runs(FIRST) for line in articles(run)]
    assert sorted(str(key) for key in keys) == sorted(f"k{number}" for number in range(150))
