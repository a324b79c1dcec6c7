"""Bad input to the crawl command: one line that says what to do, the documented exit code, nothing half-written."""

from __future__ import annotations

import fcntl
import random
import subprocess
from pathlib import Path

import pytest

from archive.model.enums import ArchiveKind
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, ROOT, command, crawl, environment, new_archive, the_night
from testing.http_server import HttpServer, Reply, response

REFUSALS = {
    "unknown portal": ("ba_sog", {}, (), 2, "unknown portal 'ba_sog'; did you mean ba_song?"),
    "no portal": ("", {}, (), 2, "say which portal: ba_song"),
    "wrong night": ("ba_song", {"REPLICA": "1"}, ("--night", "2025-02-30"), 2, "--night '2025-02-30' is no day"),
    "night in another form": ("ba_song", {"REPLICA": "1"}, ("--night", "20250303"), 2, "write it as 2026-11-22"),
    "since after the night": (
        "ba_song",
        {"REPLICA": "1"},
        ("--night", "2025-03-03", "--since", "2025-03-04"),
        2,
        "lies after the night",
    ),
    "no contact address": ("ba_song", {}, ("--night", "2025-03-03"), 2, "set `contact` in nights.toml"),
    "no replica folder": (
        "ba_song",
        {"REPLICA": "nowhere"},
        ("--night", "2025-03-03"),
        2,
        "REPLICA=nowhere is no folder",
    ),
    "no port": (
        "ba_song",
        {"REPLICA": "1", "REPLICA_PORT": "x"},
        ("--night", "2025-03-03"),
        2,
        "REPLICA_PORT=x is no port",
    ),
    "no archive": (
        "ba_song",
        {"REPLICA": "1", "REPLICA_PORT": "9"},
        ("--night", "2025-03-03", "--archive", "/nonexistent"),
        4,
        "python -m archive init /nonexistent --kind replica",
    ),
}


@pytest.mark.parametrize(("portal", "more", "arguments", "code", "says"), REFUSALS.values(), ids=REFUSALS.keys())
def test_bad_input_is_refused_in_one_line(
    portal: str, more: dict[str, str], arguments: tuple[str, ...], code: int, says: str
) -> None:
    done = crawl(*arguments, portal=portal, port=None, **more)
    assert done.code == code
    assert done.err.count("\n") == 1, done.err
    assert says in done.err
    assert done.out == ""


@pytest.mark.parametrize("kind", list(ArchiveKind))
def test_an_archive_of_the_other_kind_is_refused_and_left_as_it_was(kind: ArchiveKind, tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive", kind)
    before = sorted(path.name for path in root.rglob("*"))
    more = {"LUU_TRU_CONTACT": "a@ba-song.vn"} if kind is ArchiveKind.REPLICA else {"REPLICA": "1", "REPLICA_PORT": "9"}
    done = crawl("--archive", str(root), "--night", "2025-03-03", port=None, **more)
    assert done.code == 4
    assert done.err.count("\n") == 1
    assert sorted(path.name for path in root.rglob("*")) == before


def test_a_night_that_another_process_writes_is_refused(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    (root / "open").mkdir(exist_ok=True)
    with HttpServer({"/tin-tuc": response(listing(["a"])), "/tin/a.html": response(article(1))}) as server:
        crawl("--archive", str(root), "--night", "2025-03-04", port=server.port)
        lock = next((root / "open").glob("*lock*"))
        with lock.open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            done = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=server.port)
    assert done.code == 2
    assert "another process" in done.err
    assert done.err.count("\n") == 1


def test_a_full_disk_ends_the_crawl_in_one_line_and_what_was_kept_stays(tmp_path: Path) -> None:
    """A limit on file sizes stands for the full disk: the kernel refuses the write in the same way."""
    root = new_archive(tmp_path / "archive")
    keys = [f"t{number}" for number in range(12)]
    # Incompressible comments, so that the WARC file grows past the limit while the index does not.
    noise = random.Random(1)
    pages: dict[str, Reply] = {"/tin-tuc": response(listing(keys))}
    for number, key in enumerate(keys):
        pages[f"/tin/{key}.html"] = response(article(number, f"<!-- {noise.randbytes(20_000).hex()} -->"))
    arguments = ["--archive", str(root), "--night", NIGHT.isoformat()]
    with HttpServer(pages) as server:
        done = subprocess.run(
            ["bash", "-c", 'ulimit -f 400; exec "$@"', "limited", *command(*arguments)],
            cwd=ROOT,
            env=environment(REPLICA="1", REPLICA_PORT=str(server.port)),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 3, done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        assert "free space" in done.stderr
        again = crawl(*arguments, port=server.port)
    assert again.code == 0, again.err
    _, _, articles = the_night(root)
    assert sorted(line.key for line in articles) == sorted(keys)
