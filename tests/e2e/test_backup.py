"""docs/operations.md is followed to the letter: its own commands copy, restore, mend and move an archive."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from archive.errors import ExitCode
from archive.store import Archive
from testing.archives import FIRST, ComposedArticle, at, finish, judge, keep, make, run_night, sealed, tree, walk

ROOT = Path(__file__).parent.parent.parent
PYTHON = ".venv/bin/python"
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def block_of(name: str) -> str:
    """Return the block of the page that begins with this comment."""
    (block,) = re.findall(rf"```sh\n# {name}\n(.*?)```", PAGE, re.DOTALL)
    return str(block)


def run(command: list[str], **places: Path | str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **{key.upper(): str(value) for key, value in places.items()}}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def typed(name: str, **places: Path | str) -> subprocess.CompletedProcess[str]:
    """Type a block of the page, line after line until one fails: a shell expands each, and Python's are forked warm."""
    said, code = "", 0
    for line in block_of(name).splitlines():
        done = run(["sh", "-euc", line], **places) if not line.startswith(PYTHON) else python(line, **places)
        said, code = said + done.stdout + done.stderr, done.returncode
        if code:
            break
    return subprocess.CompletedProcess(name, code, said)


def python(line: str, **places: Path | str) -> subprocess.CompletedProcess[str]:
    """Run one command of Python, with its output in the file that the line names after `>`."""
    command, to, file = line.partition(" > ")
    expanded = run(["sh", "-euc", f"printf '%s\\0' {command.removeprefix(PYTHON)}"], **places)
    if expanded.returncode:
        return expanded
    done = run([sys.executable, *expanded.stdout.split("\0")[:-1]], **places)
    if to:
        written = run(["sh", "-euc", f"printf '%s' {file}"], **places).stdout
        Path(written).write_text(done.stdout, encoding="utf-8")
    return done


def good(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == ExitCode.GOOD, f"{done.stdout}{done.stderr}"
    return done.stdout


def one_more_night(root: Path, number: int) -> None:
    """Another night of one portal, sealed behind what there is."""
    night = FIRST + timedelta(days=number)
    with Archive.open(root) as archive:
        crawl = archive.start("da_nang", night, at(night), judge)
        article = ComposedArticle(f"tin-{number}", f"Tin {number} của xã An Bình", ("Một đoạn.",))
        walk(crawl, (article,), at(night))
        keep(crawl, article, at(night) + timedelta(seconds=1))
        finish(crawl, at(night) + timedelta(seconds=2))
        archive.seal(night, {})


def a_text(root: Path) -> Path:
    return sorted((root / f"{FIRST:%Y/%m/%d}/da_nang").glob("*.txt"))[0]


def test_an_archive_is_copied_lost_restored_and_goes_on(tmp_path: Path) -> None:
    archive, copy = tmp_path / "archive", tmp_path / "disk two" / "copy"
    copy.parent.mkdir()
    sealed(archive).close()
    assert "intact" in good(typed("backup", archive=archive, copy=copy))
    one_more_night(archive, 3)
    damaged = a_text(archive)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole.replace("Bến".encode(), "Bên".encode()) + b"!")
    assert "intact" in good(typed("backup", archive=archive, copy=copy))
    assert a_text(copy).read_bytes() == whole

    found = run([sys.executable, "-m", "archive", "verify", "--archive", str(archive)])
    name = damaged.relative_to(archive).as_posix()
    assert found.returncode == ExitCode.FINDINGS
    assert re.search(rf"^MISMATCH +{re.escape(name)}", found.stdout, re.MULTILINE), found.stdout
    assert "intact" in good(typed("mend", archive=archive, copy=copy, damaged=name))

    before = tree(archive)
    shutil.rmtree(archive)
    said = good(typed("restore", archive=archive, copy=copy))
    assert "sealed: 2025-03-06, manifest-1" in said
    assert tree(archive) == before
    one_more_night(archive, 4)
    assert "intact" in good(typed("backup", archive=archive, copy=copy))


def test_an_archive_that_was_replaced_is_found_by_the_stored_head(tmp_path: Path) -> None:
    archive, copy = tmp_path / "archive", tmp_path / "copy"
    sealed(archive).close()
    good(typed("backup", archive=archive, copy=copy))
    shutil.rmtree(archive)
    shutil.rmtree(copy)
    with make(copy) as other:
        run_night(other, 0)
        other.seal(FIRST, {})
    assert typed("restore", archive=archive, copy=copy).returncode == ExitCode.FINDINGS


def test_an_archive_is_moved(tmp_path: Path) -> None:
    archive, new = tmp_path / "archive", tmp_path / "new"
    sealed(archive).close()
    said = good(run(["sh", "-euc", block_of("move")], archive=archive, new=new))
    assert f"archive: {new} (replica" in said
    shutil.rmtree(archive)
    one_more_night(new, 3)


def test_the_page_names_what_there_is() -> None:
    for path in re.findall(r"`((?:deploy|docs|tests|archive)/[\w./-]+)`", PAGE):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"`((?:systemd|container)/[\w.-]+|crontab|kubernetes\.yaml)`", PAGE):
        assert (ROOT / "deploy" / path).exists(), path
    heads = {
        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= heads
