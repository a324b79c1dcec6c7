"""Check an archive after every row in four ways (O1 to O4), by reading its files and without the code of the store.

O1  every committed row has its text and its WARC member with the right SHA-256
O2  nothing that was acknowledged is missing
O3  running the night again changes nothing that was committed, and ends in the state of an undisturbed run
O4  `verify` exits non-zero, with the right code, if and only if something is wrong
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.__main__ import main as archive_command
from faults.catalogue import CheckFailure, require
from faults.process.composed_run import NIGHT

_TONIGHT = f"{NIGHT:%Y/%m/%d}"
_OWN = "seq event key sha256 content_sha256 title published revision_of duplicate_of changes near".split()


@dataclass(slots=True)
class Committed:
    """Hold what is committed: the whole lines of every run, the articles that have one, the addresses that were asked.

    `tonight` and `asked` are those of the night that is broken (`faults.process.composed_run.NIGHT`) alone: an article that was kept in
    an earlier night says nothing of tonight. `sealed` are the SHA-256 of every file in a sealed night.
    """

    lines: set[tuple[str, str, bytes]] = field(default_factory=set)
    sealed: dict[str, str] = field(default_factory=dict)
    articles: set[str] = field(default_factory=set)
    tonight: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    texts: int = 0


def _runs(root: Path) -> Iterator[tuple[str, Path]]:
    for lines in sorted(root.glob("open/????-??-??/*/")):
        yield lines.parent.name.replace("-", "/"), lines
    for lines in sorted(root.glob("[0-9]*/[0-9]*/[0-9]*/*/")):
        yield "/".join(lines.parts[-4:-1]), lines


def _whole_lines(path: Path) -> list[bytes]:
    """Return the lines that end; a torn last one was never committed."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def committed(root: Path) -> Committed:
    """O1 over the whole archive: raises CheckFailure at the first line whose text or capture is not as it was written."""
    found = Committed()
    for night, folder in _runs(root):
        where = f"{night}/{folder.name}"
        answers: list[object] = [None]
        for raw, line in _read(folder / "pages.jsonl"):
            _o1(root, folder, line)
            found.lines.add((where, "pages.jsonl", raw))
            answers.append(line.get("warc"))
            found.asked |= {line["key"]} if line.get("key") and night == _TONIGHT else set()
        for _, line in _read(folder / "articles.jsonl"):
            if line["warc"] not in answers:
                continue  # the answers' lines are written last: without them the group was not committed
            _o1(root, folder, line)
            line.pop("near", None)  # nearness is settled when the night is sealed, among all its texts
            line["event"] = "new" if line["event"] == "near_duplicate" else line["event"]
            found.lines.add((where, "articles.jsonl", json.dumps(line, sort_keys=True).encode()))
            found.articles.add(line["key"])
            found.tonight |= {line["key"]} if night == _TONIGHT else set()
            found.texts += line["file"] is not None
    _rows(root)
    for seal in root.glob("[0-9]*/[0-9]*/[0-9]*/manifest-*.sig"):
        for path in (path for path in seal.parent.rglob("*") if path.is_file()):
            found.sealed[path.relative_to(root).as_posix()] = sha256(path.read_bytes()).hexdigest()
    return found


def _read(path: Path) -> list[tuple[bytes, dict[str, Any]]]:
    return [(raw, json.loads(raw)) for raw in _whole_lines(path)]


def _o1(root: Path, folder: Path, line: dict[str, Any]) -> None:
    said = f"{folder.name}: {line.get('event') or line['outcome']} {line.get('key') or line['url']}"
    file = line.get("file")
    if file is not None:
        path = root / file if line["event"] == "quarantined" else folder / file
        require(path.is_file(), f"O1: {said} names {file}, which is not there")
        own = sha256(path.read_bytes()).hexdigest() == line["sha256"]
        require(own, f"O1: {said}: the bytes of {file} are not its own")
    warc = line.get("warc")
    if warc is not None:
        data = (folder / warc["file"]).read_bytes()[warc["offset"] : warc["offset"] + warc["length"]]
        if sha256(data).hexdigest() != warc["sha256"] or not gzip.decompress(data).startswith(b"WARC/1.1"):
            raise CheckFailure(f"O1: {said}: its WARC member is torn")


def _rows(root: Path) -> None:
    """Every row of a closed run has its file. A hot journal is left to the next opening of the archive."""
    index = root / "index.db"
    if not index.exists() or (root / "index.db-journal").exists() or (root / "index.db-wal").exists():
        return
    with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as rows:
        for night, run, event, file in rows.execute(
            "SELECT night, run, event, file FROM events WHERE file IS NOT NULL"
        ):
            closed = root / night.replace("-", "/") / run
            path = root / file if event == "quarantined" else closed / file
            if closed.is_dir() and not path.is_file():
                raise CheckFailure(f"O1: a row of {night} {run} names {file}, which is not there")


def whole(root: Path) -> None:
    """O1 and O4 where nothing is wrong."""
    committed(root)
    intact(root)


def acknowledged(found: Committed, keys: Collection[str], silent: Collection[str] = ()) -> None:
    """O2: each key has its line. `silent` are those that bring none but the line of their answer."""
    missing = sorted(key for key in keys if key not in (found.asked if key in silent else found.tonight))
    require(not missing, f"O2: acknowledged and not there: {', '.join(missing)}")


def unchanged(before: Committed, after: Committed) -> None:
    """O3, first half: what was committed stands as it stood."""
    lost = before.lines - after.lines
    if lost:
        run, name, raw = min(lost)
        raise CheckFailure(f"O3: a committed line of {run}/{name} is gone or changed: {raw[:120]!r}")
    other = [name for name, digest in before.sealed.items() if after.sealed.get(name) != digest]
    if other:
        raise CheckFailure(f"O3: a sealed file is gone or changed: {min(other)}")


State = dict[str, tuple[object, ...]]


def state(root: Path) -> State:
    """Return what an archive says, without how often a run began: events, texts by hash, answers, seals' coverage."""
    said: State = {}
    for night, folder in _runs(root):
        where = f"{night}/{folder.name}"
        for raw in _whole_lines(folder / "articles.jsonl"):
            line = json.loads(raw)
            said[f"{where} line {line['seq']}"] = tuple(str(line.get(name)) for name in _OWN)
        answers = {(line["url"], line["outcome"]) for line in map(json.loads, _whole_lines(folder / "pages.jsonl"))}
        said[f"{where} answers"] = tuple(sorted(answers))
        texts = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.txt")}
        said[f"{where} texts"] = tuple(sorted(texts.items()))
        said[f"{where} closed"] = ((folder / "run.json").is_file(),)
    for manifest in sorted(root.glob("[0-9]*/[0-9]*/[0-9]*/manifest-*.json")):
        said[f"seal {manifest.relative_to(root)}"] = (manifest.with_suffix(".sig").is_file(),)
    litter = [path.relative_to(root).as_posix() for path in root.rglob(".tmp-*")]
    if litter:
        said["left behind"] = tuple(sorted(litter))
    return said


def same_state(found: State, wanted: State) -> None:
    """O3, second half: the state of an undisturbed run."""
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            raise CheckFailure(f"O3: {name}: found {found.get(name)}, an undisturbed run has {wanted.get(name)}"[:600])


def without_numbers(said: State) -> State:
    """Return a state to compare where lines were quarantined and asked for again: their numbers are others, and what names them."""
    lines = sorted(values[1:-1] for name, values in said.items() if " line " in name)
    rest = {name: values for name, values in said.items() if " line " not in name and not name.endswith(" texts")}
    return rest | {"events": tuple(lines)}


def archive_files(root: Path) -> dict[str, bytes]:
    """Every file of an archive but its databases and locks, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and path.suffix != ".lock"
        and not path.name.startswith(("index.db", "search.db", "ledger.db"))
    }


def verify(root: Path) -> tuple[int, set[tuple[str, str]]]:
    """Return the exit code of `python -m archive verify`, and the code and path of each thing it found."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = archive_command(["verify", "--json", "--archive", str(root)])
    return code, {(finding["code"], finding["path"]) for finding in json.loads(said.getvalue())["findings"]}


_WHOLE: set[str] = set()


def _everything(root: Path) -> str:
    """Return a digest of all that `verify` reads: every file, and every row of the index."""
    digest = sha256()
    for name, data in archive_files(root).items():
        digest.update(f"{name} {len(data)} ".encode() + data)
    if (root / "index.db").exists():
        with closing(sqlite3.connect(root / "index.db")) as rows:
            for line in sorted(rows.iterdump()):
                digest.update(line.encode())
    return digest.hexdigest()


def intact(root: Path) -> None:
    """O4 where nothing is wrong. What was verified once, to the byte and the row, is not verified again."""
    everything = _everything(root)
    if everything in _WHOLE:
        return
    code, found = verify(root)
    if code != 0 or found:
        raise CheckFailure(f"O4: verify exits with {code} and finds {sorted(found)[:3]} in an archive that is whole")
    _WHOLE.add(everything)


def flip_bit(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def sees_damage(root: Path) -> None:
    """O4 where something is wrong: one bit of one text, in a copy."""
    copy = root.with_name(f"{root.name}-damaged")
    shutil.copytree(root, copy)
    text = max(copy.glob("[0-9]*/[0-9]*/[0-9]*/*/*.txt"))
    flip_bit(text)
    code, found = verify(copy)
    shutil.rmtree(copy)
    name = text.relative_to(copy).as_posix()
    if code != 1 or {path for _, path in found} != {name}:
        raise CheckFailure(f"O4: one bit of {name} was flipped, and verify exits with {code} and finds {sorted(found)}")
