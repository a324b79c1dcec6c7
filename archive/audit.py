"""Proving an archive: everything is read again, and each damaged thing is named; the rest stays readable.

Checked: the sealed files against their manifests, the Merkle root, the chain of seals and their signatures; each line
against its text and its WARC record (by offset, length and SHA-256: sequential readers miss a cut tail); the run
records; and the index against the files, both ways.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

from archive import merkle
from archive.captures import run_folder
from archive.compared import compare_index
from archive.findings import Audit, Code
from archive.identity import RUN_NAME, Identity, Paths, run_order
from archive.journal import journal_for
from archive.lines import ArticleLine, decode_article, decode_page
from archive.manifest import FileEntry, Seal, describe, leaves, read_seal, verify_signature
from archive.records import CaptureRef, Event, Page
from archive.runs import RUN_FILE, count_events, read_lines, read_run, same_record
from archive.texts import NAME, content_sha256, text_content
from archive.warc import members, read_member

__all__ = ["verify"]


def verify(identity: Identity, paths: Paths, progress: Callable[[date], None] = lambda night: None) -> Audit:
    """Read the whole archive again and name each damaged thing. `progress` is told each night before it is read."""
    audit = Audit()
    seals: dict[date, list[Seal]] = {}
    for night in paths.nights():
        progress(night)
        audit.nights += 1
        seals[night] = _seals(identity, paths, night, audit)
        _sealed_files(paths, night, seals[night], audit)
        covered = {entry.path.split("/", 1)[0] for seal in seals[night] for entry in seal.files}
        for folder in paths.closed_runs(night):
            if folder.name not in covered:
                audit.notes.append(f"{night} {folder.name}: closed and not sealed yet")
            _run(identity, paths, folder, audit)
            _run_record(paths, folder, audit)
    for night, folder in paths.open_runs():
        audit.notes.append(f"{night} {folder.name}: still open; it is sealed when its night ends")
        _run(identity, paths, folder, audit, whole=False)
    _chain([seal for night in sorted(seals) for seal in seals[night]], audit)
    compare_index(identity, paths, audit)
    version = sqlite3.sqlite_version_info
    audit.notes.append(f"SQLite {sqlite3.sqlite_version}: journal mode {journal_for(version).lower()}")
    return audit


def _relative(paths: Paths, path: Path) -> str:
    return path.relative_to(paths.root).as_posix()


def _seals(identity: Identity, paths: Paths, night: date, audit: Audit) -> list[Seal]:
    found = []
    folder = paths.night(night)
    for path in sorted(folder.glob("manifest-*.json")):
        name = _relative(paths, path)
        data = path.read_bytes()
        try:
            seal = read_seal(data)
        except ValueError as error:
            audit.found(Code.MANIFEST, name, str(error))
            continue
        if seal.night != night or path.name != f"manifest-{seal.number}.json":
            audit.found(Code.WRONG_NIGHT, name, f"it seals {seal.night}, number {seal.number}")
        if seal.archive != identity.id:
            audit.found(Code.WRONG_ARCHIVE, name, f"it belongs to archive {seal.archive}")
        signature = path.with_suffix(".sig")
        if not signature.is_file():
            audit.found(Code.SIGNATURE, name, "its .sig file is missing")
        elif verify_signature(data, signature.read_bytes()) is None:
            audit.found(Code.SIGNATURE, _relative(paths, signature), "the signature does not fit the manifest")
        found.append(seal)
    for path in sorted(folder.glob("manifest-*.sig")):
        if not path.with_suffix(".json").exists():
            audit.found(Code.UNSEALED_SIGNATURE, _relative(paths, path), "the manifest it signs is missing")
    return sorted(found, key=lambda seal: seal.number)


def _sealed_files(paths: Paths, night: date, seals: list[Seal], audit: Audit) -> None:
    folder = paths.night(night)
    listed = {entry.path: entry for seal in seals for entry in seal.files}
    covered = {path.split("/", 1)[0] for path in listed}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            audit.found(Code.SYMLINK, _relative(paths, path), f"it points to {path.readlink()}")
        elif path.is_file():
            _sealed_file(paths, folder, path, audit, listed, covered)
        elif not path.is_dir():
            audit.found(Code.EXTRA, _relative(paths, path), "neither a file nor a folder")
        listed.pop(name, None)
    for name in sorted(listed):
        audit.found(Code.MISSING, _relative(paths, folder / name), "the manifest lists it and it is not there")
    for seal in seals:
        runs = sorted({Path(entry.path.split("/", 1)[0]) for entry in seal.files})
        hashes = leaves(folder, runs, seal.files)
        if len(hashes) != seal.leaves or merkle.root(hashes).hex() != seal.root:
            name = _relative(paths, folder / f"manifest-{seal.number}.json")
            audit.found(Code.ROOT, name, "the Merkle root does not follow from the lines and the file entries")


def _sealed_file(
    paths: Paths, folder: Path, path: Path, audit: Audit, listed: Mapping[str, FileEntry], covered: set[str]
) -> None:
    audit.files += 1
    audit.bytes += path.stat().st_size
    name = path.relative_to(folder).as_posix()
    entry = listed.get(name)
    if entry is None:
        is_seal = "/" not in name and path.name.startswith("manifest-") and path.suffix in (".json", ".sig")
        is_unsealed_run = "/" in name and name.split("/", 1)[0] not in covered and (path.parent / RUN_FILE).exists()
        if not is_seal and not is_unsealed_run:
            audit.found(Code.EXTRA, _relative(paths, path), "no manifest lists it")
        return
    if describe(folder, path) != entry:
        audit.found(Code.MISMATCH, _relative(paths, path), "its size or SHA-256 is not the sealed one")


def _chain(seals: list[Seal], audit: Audit) -> None:
    heads = {seal.head: seal for seal in seals}
    followers = Counter(seal.previous for seal in seals)
    for seal in seals:
        name = f"{seal.night:%Y/%m/%d}/manifest-{seal.number}.json"
        before = seal.chained
        if followers[seal.previous] > 1:
            audit.found(Code.FORK, name, "another seal names the same seal before" if before else "two first seals")
        if before is None:
            continue
        found = heads.get(before.head)
        if found is None:
            audit.found(
                Code.CHAIN, name, f"the seal before, {before.night} number {before.number}, is not there as sealed"
            )
        elif (found.night, found.number) != (before.night, before.number):
            audit.found(Code.CHAIN, name, f"it names {before.night} number {before.number} by the head of another seal")


def _run(identity: Identity, paths: Paths, folder: Path, audit: Audit, *, whole: bool = True) -> None:
    audit.runs += 1
    articles = _articles(paths, folder, audit)
    named = {line.file for line in articles if line.file and line.event is not Event.QUARANTINED}
    for path in sorted(folder.iterdir()):
        if whole and NAME.fullmatch(path.name) and path.name not in named:
            audit.found(Code.TEXT_EXTRA, _relative(paths, path), "no line names it")
    pages = _pages(paths, folder, audit)
    bodies = {page.warc: page.body_sha256 for page in pages if page.warc}
    for line in articles:
        _text(paths, folder, line, audit)
        textless = line.attachment_of and not line.file and not line.duplicate_of
        if textless and line.warc and bodies.get(line.warc) != line.content_sha256:
            name = _relative(paths, folder / "articles.jsonl")
            audit.found(Code.CONTENT_MISMATCH, name, f"line {line.seq}: content_sha256 is not that of the served body")
        if line.via != identity.kind.value:
            audit.found(
                Code.WRONG_KIND, _relative(paths, folder / "articles.jsonl"), f"line {line.seq} came via {line.via}"
            )
    refs = {page.warc for page in pages if page.warc} | {line.warc for line in articles if line.warc}
    _captures(paths, folder, refs, audit, whole)
    for line in articles:
        _read_from(paths, folder, line, audit)


def _read_from(paths: Paths, folder: Path, line: ArticleLine, audit: Audit) -> None:
    """A text has the response it was read from: in its own run, or named wherever it stands in the archive."""
    name = _relative(paths, folder / "articles.jsonl")
    if line.file is not None and (line.warc is None) == (line.read_from is None):
        audit.found(Code.LINE, name, f"line {line.seq} should name one capture: `warc` or `read_from`")
    place = line.read_from
    if place is None:
        return
    if not RUN_NAME.fullmatch(place.run) or run_order(place.run)[0] != line.portal or "/" in place.file:
        audit.found(
            Code.LINE, name, f"line {line.seq} was read from {place.run}/{place.file}, no capture of its portal"
        )
        return
    audit.captures += 1
    path = run_folder(paths, place.night, place.run) / place.file
    if read_member(path, place.ref) is None:
        detail = f"the record at {place.offset}, {place.length} bytes, which {line.id} was read from, is missing, cut or changed"
        audit.found(Code.CAPTURE, _relative(paths, path), detail)


def _articles(paths: Paths, folder: Path, audit: Audit) -> list[ArticleLine]:
    name = _relative(paths, folder / "articles.jsonl")
    found: dict[int, ArticleLine] = {}
    for number, raw in enumerate(read_lines(folder / "articles.jsonl")):
        try:
            line = decode_article(raw)
        except ValueError as error:
            audit.found(Code.LINE, name, f"line {number}: {error}")
            continue
        if line.seq in found:
            audit.found(Code.LINE_TWICE, name, f"line {number} has the number {line.seq} of an earlier line")
        found.setdefault(line.seq, line)
    return list(found.values())


def _pages(paths: Paths, folder: Path, audit: Audit) -> list[Page]:
    found = []
    for number, raw in enumerate(read_lines(folder / "pages.jsonl")):
        try:
            found.append(decode_page(raw))
        except ValueError as error:
            audit.found(Code.LINE, _relative(paths, folder / "pages.jsonl"), f"line {number}: {error}")
    return found


def _text(paths: Paths, folder: Path, line: ArticleLine, audit: Audit) -> None:
    if line.file is None:
        return
    path = paths.root / line.file if line.event is Event.QUARANTINED else folder / line.file
    if not path.resolve().is_relative_to(paths.root.resolve()):
        audit.found(Code.LINE, _relative(paths, folder / "articles.jsonl"), f"line {line.seq} names a file outside")
        return
    name = _relative(paths, path)
    if not path.is_file():
        audit.found(Code.TEXT_MISSING, name, f"line {line.seq} of {folder.name} names it and it is not there")
        return
    audit.texts += 1
    data = path.read_bytes()
    digest = sha256(data).hexdigest()
    if digest != line.sha256 or len(data) != line.bytes or path.name.split("_")[-1] != f"{digest[:16]}.txt":
        audit.found(Code.TEXT_MISMATCH, name, f"its bytes are not the ones of line {line.seq}")
        return
    if content_sha256(text_content(data.decode("utf-8", "replace"), line.published_raw)) != line.content_sha256:
        audit.found(Code.CONTENT_MISMATCH, name, "content_sha256 does not follow from the text")


def _captures(paths: Paths, folder: Path, refs: set[CaptureRef], audit: Audit, whole: bool) -> None:
    for ref in sorted(refs, key=lambda ref: (ref.file, ref.offset)):
        audit.captures += 1
        path = folder / ref.file
        if "/" in ref.file or read_member(path, ref) is None:
            detail = f"the record at {ref.offset}, {ref.length} bytes, is missing, cut or changed"
            audit.found(Code.CAPTURE, _relative(paths, folder) + "/" + ref.file, detail)
    for path in sorted(folder.glob("pages-*.warc.gz")) if whole else []:
        _, end = members(path)
        if end != path.stat().st_size:
            audit.found(Code.CAPTURE_TAIL, _relative(paths, path), f"no whole record stands at byte {end}")


def _run_record(paths: Paths, folder: Path, audit: Audit) -> None:
    name = _relative(paths, folder / RUN_FILE)
    try:
        record = read_run(folder)
        counted = count_events(record, read_lines(folder / "articles.jsonl"))
    except FileNotFoundError:
        audit.found(Code.RUN_RECORD, name, "it is missing")
    except ValueError as error:
        audit.found(Code.RUN_RECORD, name, str(error))
    else:
        if not same_record(record, counted):
            audit.found(Code.RUN_RECORD, name, f"it counts {record.events} and the lines are {counted.events}")
