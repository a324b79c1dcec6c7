"""Damage an archive on purpose: the steps of the recipes under tests/data/audit/.

A path of a step may be a pattern; it stands for the first file that fits. Every tool but the key may be used.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from archive.index.index import Index
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.rebuild import rebuild as make_index_again
from archive.sealing.key_changes import change_key
from archive.sealing.signatures import UNSIGNED, sign
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.search.schema import COLUMNS
from archive.search.words import content_words
from archive.storage import merkle
from archive.storage.manifest import Previous, Seal, describe, leaves, manifest_path, seals_on_disk
from archive.storage.paths import Paths, read_identity
from archive.storage.texts import content_sha256, text_content, text_paragraphs
from archive.storage.tombstones import entry_of
from archive.store import Archive
from archive.withhold import WithholdRequest, withhold
from testing import archives as composed
from testing.archives import FIRST, at, make
from testing.captured_archive import captured_archive

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
THIEF = Ed25519PrivateKey.from_private_bytes(bytes(32))
_KEYS = {"thief": THIEF, "own": KEY, "none": None}


def sealed(root: Path) -> None:
    """Three nights of two portals, each sealed with the key, and their words."""
    with make(root) as archive:
        _nights(archive, 3)
        _words(archive)


def signed(root: Path) -> None:
    """Make the same live, with a text set aside in the first night."""
    _live(root, KEY)


def unsigned(root: Path) -> None:
    """Make the same as `signed` without a key."""
    _live(root, None)


def _live(root: Path, key: Ed25519PrivateKey | None) -> None:
    with make(root, ArchiveKind.LIVE) as archive:
        crawl = archive.start("hue", FIRST, at(FIRST), composed.judge)
        composed.keep(crawl, composed.RELEASE, at(FIRST), ("too short",))
        composed.finish(crawl, at(FIRST))
        _nights(archive, 3, key)
        _words(archive)


def unsealed(root: Path) -> None:
    """Make the same with the last night closed and not sealed."""
    with make(root) as archive:
        _nights(archive, 2)
        composed.run_night(archive, 2)
        _words(archive)


def withheld(root: Path) -> None:
    """Make the same as `sealed` with an article withheld, and a fourth night that lists the tombstone."""
    with make(root) as archive:
        _nights(archive, 3)
        withhold(
            archive,
            WithholdRequest((("da_nang", "thong-bao"),), "Quyết định 5", "Tòa án", at(FIRST + timedelta(days=3))),
        )
        night = FIRST + timedelta(days=3)
        crawl = archive.start("da_nang", night, at(night), composed.judge)
        composed.walk(crawl, (), at(night))
        composed.finish(crawl, at(night))
        archive.seal(night, {}, KEY)
        _words(archive)


def captured(root: Path) -> None:
    """Make three live nights whose texts follow from their captures, sealed with the key."""
    captured_archive(root, KEY)


def captured_unsigned(root: Path) -> None:
    """Make the same as `captured` without a key."""
    captured_archive(root, None)


BASES: dict[str, Callable[[Path], None]] = {
    base.__name__: base for base in (sealed, unsealed, withheld, signed, unsigned, captured, captured_unsigned)
}


def _nights(archive: Archive, count: int, key: Ed25519PrivateKey | None = KEY) -> None:
    for number in range(count):
        composed.run_night(archive, number)
        archive.seal(FIRST + timedelta(days=number), {}, key)


def _words(archive: Archive) -> None:
    with SearchIndex.of(archive) as words:
        catch_up(archive, words)


def _one(root: Path, pattern: str) -> Path:
    return min(root.glob(pattern)) if "*" in pattern else root / pattern


def flip(root: Path, whole: Path, path: str, offset: int) -> None:
    """Change one bit; a negative offset counts from the end."""
    file = _one(root, path)
    data = bytearray(file.read_bytes())
    data[offset] ^= 1
    file.write_bytes(data)


def cut(root: Path, whole: Path, path: str, count: int) -> None:
    """Take so many bytes from the end."""
    file = _one(root, path)
    file.write_bytes(file.read_bytes()[:-count])


def write(root: Path, whole: Path, path: str, content: str) -> None:
    """Write a file."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def append(root: Path, whole: Path, path: str, content: str) -> None:
    """Add to a file's end."""
    file = _one(root, path)
    file.write_bytes(file.read_bytes() + content.encode())


def change(root: Path, whole: Path, path: str, old: str, new: str, *, strictly: bool = True) -> None:
    """Replace words, which must be there."""
    file = _one(root, path)
    data = file.read_bytes()
    assert old.encode() in data or not strictly, (path, old)
    file.write_bytes(data.replace(old.encode(), new.encode()))


def delete(root: Path, whole: Path, path: str) -> None:
    """Delete a file or a folder."""
    file = _one(root, path)
    if file.is_dir():
        shutil.rmtree(file)
    else:
        file.unlink()


def make_pipe(root: Path, whole: Path, path: str) -> None:
    """Put a pipe in the place of a file."""
    file = _one(root, path)
    file.unlink(missing_ok=True)
    os.mkfifo(file)


def make_folder(root: Path, whole: Path, path: str) -> None:
    """Put an empty folder in the place of a file."""
    file = _one(root, path)
    file.unlink(missing_ok=True)
    file.mkdir(parents=True)


def nest(root: Path, whole: Path, path: str, depth: int) -> None:
    """Write JSON that is nested so deep."""
    _one(root, path).write_text("[" * depth + "]" * depth + "\n", encoding="utf-8")


def stretch(root: Path, whole: Path, path: str, size: int) -> None:
    """Give a file so many bytes, as a hole that takes no room."""
    os.truncate(_one(root, path), size)


def copy(root: Path, whole: Path, path: str, other: str) -> None:
    """Copy a file."""
    shutil.copy(_one(root, path), root / other)


def move(root: Path, whole: Path, path: str, other: str) -> None:
    """Rename a file or a folder."""
    (root / other).parent.mkdir(parents=True, exist_ok=True)
    _one(root, path).rename(root / other)


def swap(root: Path, whole: Path, path: str, other: str) -> None:
    """Let two files or folders change places."""
    one, two, aside = _one(root, path), _one(root, other), root / "aside"
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


def link(root: Path, whole: Path, path: str, target: str) -> None:
    """Put a symbolic link in the place of a file."""
    file = _one(root, path)
    file.unlink(missing_ok=True)
    file.symlink_to(target)


def twin(root: Path, whole: Path, path: str, how: str) -> None:
    """Put another name beside one: in capitals, or with its signs composed otherwise."""
    file = _one(root, path)
    name = file.name.upper() if how == "case" else unicodedata.normalize("NFD", file.name)
    shutil.copy(file, file.with_name(name))


def repeat_line(root: Path, whole: Path, path: str, number: int) -> None:
    """Write a line twice."""
    file = _one(root, path)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[: number + 1], *lines[number:]]))


def set_line(root: Path, whole: Path, path: str, number: int, name: str, value: object) -> None:
    """Change a field of a line."""
    file = _one(root, path)
    lines = file.read_bytes().splitlines()
    changed = json.loads(lines[number]) | {name: value}
    lines[number] = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    file.write_bytes(b"\n".join(lines) + b"\n")


def edit_text(root: Path, whole: Path, path: str, old: str, new: str) -> None:
    """Edit a text and its line as a careful forger would: name, SHA-256 and size follow."""
    file = _one(root, path)
    data = file.read_bytes().replace(old.encode(), new.encode())
    assert data != file.read_bytes(), (path, old)
    number, digest = file.name.partition("_")[0], sha256(data).hexdigest()
    name = f"{number}_{digest[:16]}.txt"
    file.unlink()
    file.with_name(name).write_bytes(data)
    lines = file.parent.relative_to(root).as_posix() + "/articles.jsonl"
    for field, value in {"file": name, "sha256": digest, "bytes": len(data)}.items():
        set_line(root, whole, lines, int(number), field, value)


def set_content(root: Path, whole: Path, path: str) -> None:
    """Make the line's `content_sha256` follow from the text, too."""
    file = _one(root, path)
    lines = file.parent.relative_to(root).as_posix() + "/articles.jsonl"
    number = int(file.name.partition("_")[0])
    published = json.loads((root / lines).read_bytes().splitlines()[number])["published_raw"]
    content = content_sha256(text_content(file.read_text(encoding="utf-8"), published))
    set_line(root, whole, lines, number, "content_sha256", content)


def index_again(root: Path, whole: Path) -> None:
    """Make the index fit the files."""
    make_index_again(Paths(root))


def words_again(root: Path, whole: Path) -> None:
    """Make search fit the files."""
    (root / "search.db").unlink(missing_ok=True)
    with Archive.open(root) as archive:
        _words(archive)


def drop_run(root: Path, whole: Path, night: str, run: str, key: str) -> None:
    """Take a run out of its night's only manifest, and seal it and the later nights again."""
    paths, day = Paths(root), date.fromisoformat(night)
    [seal] = seals_on_disk(paths, day)
    kept = tuple(entry for entry in seal.files if not entry.path.startswith(f"{run}/"))
    again = _again(paths, day, replace(seal, files=kept), {})
    manifest_path(paths, day, seal.number).write_bytes(again.to_bytes())
    heads = {seal.head: again.head}
    seal_again(root, whole, night, key, onward=True, heads=heads)


def words_sql(root: Path, whole: Path, statement: str) -> None:
    """Change what search is asked of."""
    with closing(sqlite3.connect(root / "search.db")) as connection, connection:
        connection.execute(statement)


def unword(root: Path, whole: Path, path: str) -> None:
    """Delete a text's words, which FTS5 does for any caller that knows them."""
    file = _one(root, path)
    with closing(sqlite3.connect(root / "search.db")) as connection, connection:
        found = "SELECT document, published_raw FROM contents WHERE file = ? AND run = ?"
        document, published = connection.execute(found, (file.name, file.parent.name)).fetchone()
        words = content_words(text_paragraphs(file.read_text(encoding="utf-8"), published))
        columns = [" ".join(getattr(words, name)) for name in COLUMNS]
        taken = "INSERT INTO words (words, rowid, title, body, exact_title, exact) VALUES ('delete', ?, ?, ?, ?, ?)"
        connection.execute(taken, (document, *columns))


def sql(root: Path, whole: Path, statement: str) -> None:
    """Change the index."""
    index = Index(root / "index.db")
    with index.writing() as transaction:
        transaction.connection.execute(text(statement))
    index.close()


def seal_again(
    root: Path, whole: Path, night: str, key: str, onward: bool = False, heads: dict[str, str] | None = None
) -> None:
    """Make a night's manifest fit its files, signed by a key or left with its signature; `onward`: the later ones too."""
    paths = Paths(root)
    heads = heads or {}
    for day in paths.nights():
        if day < date.fromisoformat(night) or (day > date.fromisoformat(night) and not onward):
            continue
        for seal in seals_on_disk(paths, day):
            again = _again(paths, day, seal, heads)
            heads[seal.head] = again.head
            path = manifest_path(paths, day, seal.number)
            path.write_bytes(again.to_bytes())
            if key != "kept":
                path.with_suffix(".sig").write_bytes(sign(again.to_bytes(), _KEYS[key]))


def seal_as_format(root: Path, whole: Path, night: str, format: Literal[1, 2], key: str) -> None:
    """Write a night's only manifest in this format, signed by a key."""
    paths = Paths(root)
    [seal] = seals_on_disk(paths, date.fromisoformat(night))
    _write_seal(paths, replace(seal, format=format), key)


def _again(paths: Paths, day: date, seal: Seal, heads: dict[str, str]) -> Seal:
    folder = paths.night(day)
    names = sorted({entry.path.split("/", 1)[0] for entry in seal.files})
    files = tuple(describe(folder, path) for name in names for path in sorted((folder / name).iterdir()))
    hashes = leaves(folder, map(Path, names), files, seal.withheld)
    before = seal.chained
    chained = Previous(before.night, before.number, heads.get(before.head, before.head)) if before else None
    return replace(seal, files=files, leaves=len(hashes), root=merkle.root(hashes).hex(), chained=chained)


def seal_further(root: Path, whole: Path, night: str, patterns: list[str], key: str) -> None:
    """Write one more manifest of a night over the files that fit; it follows the last seal of the chain."""
    paths, day = Paths(root), date.fromisoformat(night)
    folder, seals = paths.night(day), [seal for each in paths.nights() for seal in seals_on_disk(paths, each)]
    followed = {seal.previous for seal in seals}
    [tip] = [seal for seal in seals if seal.head not in followed]
    files = tuple(describe(folder, path) for pattern in patterns for path in sorted(folder.glob(pattern)))
    seal = replace(
        tip,
        night=day,
        number=1 + max((seal.number for seal in seals if seal.night == day), default=0),
        files=files,
        missed={},
        chained=Previous(tip.night, tip.number, tip.head),
        withheld=(),
    )
    _write_seal(paths, seal, key)


def list_twice(root: Path, whole: Path, night: str, path: str, key: str) -> None:
    """Write an entry of a night's only manifest twice."""
    paths = Paths(root)
    [seal] = seals_on_disk(paths, date.fromisoformat(night))
    files = tuple(entry for each in seal.files for entry in ((each, each) if each.path == path else (each,)))
    _write_seal(paths, replace(seal, files=files), key)


def list_tombstone(root: Path, whole: Path, night: str, key: str) -> None:
    """Write a second manifest of a night that lists the first tombstone again."""
    paths = Paths(root)
    [seal] = seals_on_disk(paths, date.fromisoformat(night))
    again = replace(seal, number=2, files=(), missed={}, chained=Previous(seal.night, seal.number, seal.head))
    _write_seal(paths, replace(again, withheld=(entry_of(paths, root / "withheld/000001.json"),)), key)


def _write_seal(paths: Paths, seal: Seal, key: str) -> None:
    """Write a manifest whose root fits its entries, and its signature."""
    names = sorted({entry.path.split("/", 1)[0] for entry in seal.files})
    hashes = leaves(paths.night(seal.night), map(Path, names), seal.files, seal.withheld)
    seal = replace(seal, root=merkle.root(hashes).hex(), leaves=len(hashes))
    path = manifest_path(paths, seal.night, seal.number)
    path.write_bytes(seal.to_bytes())
    path.with_suffix(".sig").write_bytes(sign(seal.to_bytes(), _KEYS[key]))


def record_change(root: Path, whole: Path, before: str, after: str) -> None:
    """Record that another key signs from now on, as the owner of one of the keys."""
    old, new = _KEYS[before], _KEYS[after]
    assert old is not None
    assert new is not None
    change_key(read_identity(root), Paths(root), old, new)


def unsign(root: Path, whole: Path, since: str) -> None:
    """Leave the seals of a night and of later ones unsigned."""
    for path in root.glob("[0-9]*/*/*/manifest-*.sig"):
        if path.parent.relative_to(root).as_posix() >= since.replace("-", "/"):
            path.write_bytes(UNSIGNED)


def copy_run(root: Path, whole: Path, path: str, other: str) -> None:
    """Copy a run to another night or name, with record and lines that say so."""
    folder, night = root / other, "-".join(other.split("/")[:3])
    shutil.copytree(root / path, folder)
    before = date.fromisoformat("-".join(path.split("/")[:3]))
    for days in range(2):
        was, now = (f'_at":"{day + timedelta(days=days)}T' for day in (before, date.fromisoformat(night)))
        for name in ("articles.jsonl", "pages.jsonl"):
            change(root, whole, f"{other}/{name}", was, now, strictly=False)
    for name, value in {"night": night, "run": folder.name, "portal": folder.name.partition(".")[0]}.items():
        set_record(root, whole, f"{other}/run.json", name, value)


def set_record(root: Path, whole: Path, path: str, name: str, value: object) -> None:
    """Change a field of a run's record."""
    file = _one(root, path)
    record = json.loads(file.read_bytes()) | {name: value}
    file.write_text(json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")


def remove_article(root: Path, whole: Path, article: str) -> None:
    """Withhold an article, as its operator can, without a seal that lists the tombstone."""
    portal, key = article.split("/")
    with Archive.open(root) as archive:
        withhold(archive, WithholdRequest(((portal, key),), "no reason", "nobody", at(FIRST + timedelta(days=9))))


def fork(root: Path, whole: Path, night: str) -> None:
    """Write a second seal of a night, which follows the same seal as the first."""
    paths = Paths(root)
    [seal] = seals_on_disk(paths, date.fromisoformat(night))
    other = replace(
        seal,
        number=2,
        files=(),
        missed={"ninh_thuan": Reason.sentence("no answer")},
        leaves=0,
        root=merkle.root([]).hex(),
    )
    path = manifest_path(paths, seal.night, 2)
    path.write_bytes(other.to_bytes())
    path.with_suffix(".sig").write_bytes(UNSIGNED)


def restore(root: Path, whole: Path, path: str) -> None:
    """Put a file back as it was before anything was withheld."""
    for file in sorted(whole.glob(path)):
        shutil.copy(file, root / file.relative_to(whole))


STEPS: dict[str, Callable[..., None]] = {
    step.__name__: step
    for step in (
        flip, cut, write, append, change, delete, copy, move, swap, link, twin, repeat_line, set_line, edit_text, set_content,
        index_again, sql, words_sql, unword, seal_again, fork, restore, make_pipe, make_folder, nest, stretch, seal_further,
        unsign, copy_run, set_record, remove_article, words_again, drop_run,
        seal_as_format, list_twice, list_tombstone, record_change,
    )
}  # fmt: skip
