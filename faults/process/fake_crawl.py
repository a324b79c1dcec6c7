"""Write a real run in a few lines and end in the way that is named: `python -m faults.process.fake_crawl`.

The way: `good`, `segfault`, `memory`, `hang` (heeds nothing), `slow` (goes on until the file `go` stands beside the archive).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import date, datetime, timedelta
from datetime import time as hour
from pathlib import Path

from archive.errors import ArchiveError
from archive.model.enums import Outcome, WalkEnd
from archive.model.records import Capture, Document, PageRecord
from archive.store import Archive
from pipelines.dedup import judge
from testing.archives import finish
from vietnam.date_forms import TZ


def fake_crawl_command(portal: str, night: date, root: Path, way: str) -> list[str]:
    """Its command line."""
    return [sys.executable, "-m", "faults.process.fake_crawl", portal, night.isoformat(), str(root), way]


def main(portal: str, night: date, root: Path, way: str) -> int:
    """Keep two articles, then end in the named way. An article that stands already is not kept again."""
    now = datetime.combine(night, hour(1, 30), TZ)
    with Archive.open(root) as archive:
        run = archive.start(portal, night, now, judge)
        url = f"https://{portal.replace('_', '-')}.vn/tin"
        for number in range(2):
            key = f"{night}-{number}"
            if any(line.key == key for line in run.articles):
                _misbehave(way, root)
                continue
            ref = run.capture(Capture(f"{url}/{key}", 200, (), key.encode(), now, archive.identity.kind))
            page = PageRecord(f"{url}/{key}", Outcome.ARTICLE, now, 200, key, "tin", warc=ref)
            text = f"Tin {key} của {portal}\n\nMột đoạn.\n"
            title = text.split("\n")[0]
            run.write(page, Document(portal, "tin", page.url, key, title, text, text, now, archive.identity.kind, ref))
            run.commit()
            if number == 0:
                _misbehave(way, root)
        run.write(PageRecord(url, Outcome.LISTING, now, 200, None, "tin", page_number=1, walk_end=WalkEnd.LAST_PAGE))
        finish(run, now + timedelta(minutes=1))
    return 0


def _misbehave(way: str, root: Path) -> None:
    print("open", flush=True)
    if way == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif way == "memory":
        hoard = bytearray(64 << 30)
        hoard[-1] = 1
    elif way == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    elif way == "slow":
        while not (root.parent / "go").exists():
            time.sleep(0.02)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1], date.fromisoformat(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
    except ArchiveError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(int(error.exit_code)) from None
