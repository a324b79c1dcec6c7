"""Proving an archive: everything is read again, and each damaged thing is named; the rest stays readable.

Checked: the sealed files against their manifests, the Merkle root, the chain of seals and their signatures; each line
against its text and its WARC record (by offset, length and SHA-256: sequential readers miss a cut tail); the run
records; and the index against the files, both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

from archive.audit_seals import Expected, check_chain, check_expected, read_seals, relative, sealed_files
from archive.captures import run_folder
from archive.compared import compare_index
from archive.findings import Audit, Code
from archive.identity import RUN_NAME, Identity, Paths, run_order
from archive.journal import journal_note
from archive.lines import ArticleLine, decode_article, decode_page
from archive.manifest import Seal
from archive.records import CaptureRef, Event, Page
from archive.runs import RUN_FILE, count_events, read_lines, read_run, same_record
from archive.texts import NAME, content_sha256, text_content
from archive.warc import members, read_member

__all__ = ["verify"]


def verify(
    identity: Identity,
    paths: Paths,
    progress: Callable[[date], None] = lambda night: None,
    expected: Expected = Expected(),  # noqa: B008 - it is frozen
) -> Audit:
    """Read the whole archive again and name each damaged thing. `progress` is told each night before it is read.

    `expected` is what is known from outside: a head that was published, the key that seals.
    """
    audit = Audit()
    seals: dict[date, list[Seal]] = {}
    for night in paths.nights():
        progress(night)
        audit.nights += 1
        seals[night] = read_seals(identity, paths, night, audit, expected.keys)
        sealed_files(paths, night, seals[night], audit)
        covered = {entry.path.split("/", 1)[0] for seal in seals[night] for entry in seal.files}
        for folder in paths.closed_runs(night):
            if folder.name not in covered:
                audit.notes.append(f"{night} {folder.name}: closed and not sealed yet")
            _run(identity, paths, folder, audit)
            _run_record(paths, folder, audit)
    for night, folder in paths.open_runs():
        audit.notes.append(f"{night} {folder.name}: still open; it is sealed when its night ends")
        _run(identity, paths, folder, audit, whole=False)
    chain = [seal for night in sorted(seals) for seal in seals[night]]
    check_chain(chain, audit)
    check_expected(identity, chain, expected, audit)
    compare_index(identity, paths, audit)
    audit.notes.append(journal_note(paths.index, paths.ledger))
    return audit


def _run(identity: Identity, paths: Paths, folder: Path, audit: Audit, *, whole: bool = True) -> None:
    audit.runs += 1
    articles = _articles(paths, folder, audit)
    named = {line.file for line in articles if line.file and line.event is not Event.QUARANTINED}
    for path in sorted(folder.iterdir()):
        if whole and NAME.fullmatch(path.name) and path.name not in named:
            audit.found(Code.TEXT_EXTRA, relative(paths, path), "no line names it")
    pages = _pages(paths, folder, audit)
    bodies = {page.warc: page.body_sha256 for page in pages if page.warc}
    for line in articles:
        _text(paths, folder, line, audit)
        textless = line.attachment_of and not line.file and not line.duplicate_of
        if textless and line.warc and bodies.get(line.warc) != line.content_sha256:
            name = relative(paths, folder / "articles.jsonl")
            audit.found(Code.CONTENT_MISMATCH, name, f"line {line.seq}: content_sha256 is not that of the served body")
        if line.via != identity.kind.value:
            audit.found(
                Code.WRONG_KIND, relative(paths, folder / "articles.jsonl"), f"line {line.seq} came via {line.via}"
            )
    refs = {page.warc for page in pages if page.warc} | {line.warc for line in articles if line.warc}
    _captures(paths, folder, refs, audit, whole)
    for line in articles:
        _read_from(paths, folder, line, audit)


def _read_from(paths: Paths, folder: Path, line: ArticleLine, audit: Audit) -> None:
    """A text has the response it was read from: in its own run, or named wherever it stands in the archive."""
    name = relative(paths, folder / "articles.jsonl")
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
        audit.found(Code.CAPTURE, relative(paths, path), detail)


def _articles(paths: Paths, folder: Path, audit: Audit) -> list[ArticleLine]:
    name = relative(paths, folder / "articles.jsonl")
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
            audit.found(Code.LINE, relative(paths, folder / "pages.jsonl"), f"line {number}: {error}")
    return found


def _text(paths: Paths, folder: Path, line: ArticleLine, audit: Audit) -> None:
    if line.file is None:
        return
    path = paths.root / line.file if line.event is Event.QUARANTINED else folder / line.file
    if not path.resolve().is_relative_to(paths.root.resolve()):
        audit.found(Code.LINE, relative(paths, folder / "articles.jsonl"), f"line {line.seq} names a file outside")
        return
    name = relative(paths, path)
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
            audit.found(Code.CAPTURE, relative(paths, folder) + "/" + ref.file, detail)
    for path in sorted(folder.glob("pages-*.warc.gz")) if whole else []:
        _, end = members(path)
        if end != path.stat().st_size:
            audit.found(Code.CAPTURE_TAIL, relative(paths, path), f"no whole record stands at byte {end}")


def _run_record(paths: Paths, folder: Path, audit: Audit) -> None:
    name = relative(paths, folder / RUN_FILE)
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
