"""One commit judges many lines at once, and finds what judging them one after the other finds."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine

from archive.index.schema import TABLES
from archive.ingest import commit
from archive.ingest.queue import QueuedLine, independent_groups
from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event, Outcome
from archive.model.records import Capture, Document, PageRecord
from archive.storage.jsonl import ArticleLine
from archive.store import Archive
from pipelines.dedup import judge
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make, walk

PORTAL = "da_nang"
NIGHT = FIRST + timedelta(days=20)
HOST = "https://danang.gov.vn.replica.test"


@dataclass(frozen=True, slots=True)
class Look:
    """One response: an article with this text, a file of it, or neither; `new_key` is the key of its address."""

    key: str
    outcome: Outcome = Outcome.ARTICLE
    text: str = "một"
    published: str | None = None
    new_key: str | None = None
    doubtful: bool = False
    path: str = ""


def write(night: RunWriter, number: int, look: Look) -> None:
    moment = at(night.night) + timedelta(seconds=number)
    url = f"{HOST}/{look.path or look.key}"
    body = f"{look.text} {look.published}".encode()
    ref = night.capture(Capture(url, 200, (), body, moment, ArchiveKind.REPLICA))
    page = PageRecord(url, look.outcome, moment, 200, key=look.key, section="tin", warc=ref)
    if look.outcome is Outcome.GONE or look.outcome is Outcome.MOVED:
        night.write(page, gone_after=3 if look.outcome is Outcome.GONE else None)
        return
    of = f"{PORTAL}/{look.key}@0000000000000000" if look.outcome is Outcome.ATTACHMENT else None
    title = "Tin" if of is None else "a.pdf"
    document = Document(
        portal=PORTAL, section="tin", url=url, key=look.key, title=title, text=f"{title}\n\nĐoạn {look.text}.\n",
        content=f"{title}\nĐoạn {look.text}.", fetched_at=moment, via=ArchiveKind.REPLICA, warc=ref,
        published=look.published, published_raw=look.published, attachment_of=of,
    )  # fmt: skip
    reasons = (Reason.sentence("legacy font text (TCVN3)"),) if look.doubtful else ()
    night.write(replace(page, attachment_of=of), document, reasons, new_key=look.new_key)


GONE = [Look("b", Outcome.GONE), Look("f", Outcome.GONE)]


def one_by_one(queue: Sequence[QueuedLine]) -> Iterator[list[QueuedLine]]:
    yield from ([line] for line in queue)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an archive in which `b` vanished once, and `f` was recorded as gone."""
    root = tmp_path_factory.mktemp("before") / "a"
    with make(root) as archive:
        for day, looks in ((0, [Look(key, text=key) for key in "abf"]), (5, GONE), (10, GONE[1:])):
            night = archive.start(PORTAL, FIRST + timedelta(days=day), at(FIRST + timedelta(days=day)), judge)
            walk(night, [ComposedArticle("a", "Tin", ())], at(night.night))
            for number, look in enumerate(looks):
                write(night, number, look)
            finish(night, at(night.night))
    return root


def committed(before: Path, root: Path, looks: Sequence[Look]) -> tuple[list[ArticleLine], dict[str, list[object]]]:
    """Return the lines of one commit of these looks, and the rows of the archive after it."""
    copytree(before, root)
    with Archive.open(root) as archive:
        night = archive.start(PORTAL, NIGHT, at(NIGHT), judge)
        walk(night, [ComposedArticle("c", "Tin", ())], at(NIGHT))
        for number, look in enumerate(looks):
            write(night, number, look)
        night.commit()
        texts = {line.file for line in night.articles if _is_own(line.file)}
        assert {path.name for path in night.folder.glob("*.txt")} == texts
        night.suspend()
        with archive.index.reading() as queries:
            return list(night.articles), {table.name: sorted(queries.rows(table), key=repr) for table in TABLES}


def _is_own(file: str | None) -> bool:
    return file is not None and "/" not in file


LOOKS = st.builds(
    Look,
    st.sampled_from(("a", "b", "c", "f")),
    st.sampled_from((Outcome.ARTICLE,) * 4 + (Outcome.GONE, Outcome.MOVED, Outcome.ATTACHMENT)),
    st.sampled_from(("a", "b", "hai")),
    st.sampled_from((None, "2025-03-03T08:00:00+07:00")),
    st.sampled_from((None, None, None, "d", "e")),
    st.sampled_from((False, False, False, True)),
    st.sampled_from(("", "", "e")),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(LOOKS, max_size=9))
@example([Look("b", Outcome.GONE), Look("b", text="b"), Look("c", text="b"), Look("b", text="hai")])
@example([Look("c", text="b"), Look("b", Outcome.GONE), Look("c", text="hai"), Look("d", text="hai")])
@example([Look("a", new_key="d"), Look("d", text="hai"), Look("a", Outcome.MOVED), Look("a", text="hai")])
def test_many_lines_are_judged_as_one_after_the_other(before: Path, looks: list[Look]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        together = committed(before, Path(folder) / "together", looks)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(commit, "independent_groups", one_by_one)
            alone = committed(before, Path(folder) / "alone", looks)
    assert together == alone


def test_one_commit_holds_every_kind_of_event(before: Path, tmp_path: Path) -> None:
    looks = [
        Look("b", Outcome.GONE), Look("c", text="hai"), Look("d", text="hai"), Look("a", text="ba"), Look("f", text="f"),
        Look("a", text="bốn"), Look("c", Outcome.MOVED), Look("d/~00000001", Outcome.ATTACHMENT), Look("e", doubtful=True),
    ]  # fmt: skip
    lines, _ = committed(before, tmp_path / "a", looks)
    assert [(line.event, line.key) for line in lines] == [
        (Event.GONE, "b"), (Event.NEW, "c"), (Event.DUPLICATE, "d"), (Event.REVISION, "a"), (Event.RETURNED, "f"),
        (Event.REVISION, "a"), (Event.MOVED, "c"), (Event.ATTACHMENT, "d/~00000001"), (Event.QUARANTINED, "e"),
    ]  # fmt: skip
    assert lines[5].revision_of == lines[3].id
    assert lines[5].changes
    assert lines[2].duplicate_of == lines[1].id


def queued(key: str, content: str = "", *, new_key: str | None = None, is_gone: bool = False) -> QueuedLine:
    page = PageRecord(f"{HOST}/{key}", Outcome.ARTICLE, at(NIGHT), 200, key=key)
    document = None
    if content:
        document = Document(
            portal=PORTAL, section="tin", url=page.url, key=key, title=key, text=content, content=content,
            fetched_at=at(NIGHT), via=ArchiveKind.REPLICA, warc=None,
        )  # fmt: skip
    return QueuedLine(page, document, new_key=new_key, content=content, is_gone=is_gone)


@pytest.mark.parametrize(
    ("queue", "sizes"),
    [
        ([queued("a", "x"), queued("b", "y"), queued("c")], [3]),
        ([queued("a", "x"), queued("b", "x")], [1, 1]),
        ([queued("a", "x"), queued("b", "y"), queued("a")], [2, 1]),
        ([queued("a", "x"), queued("b", is_gone=True), queued("c", "y"), queued("d", "z")], [1, 1, 2]),
        ([queued("a", "x", new_key="b"), queued("c", "y")], [1, 1]),
        ([], []),
    ],
)
def test_a_group_ends_where_a_line_needs_what_another_one_adds(queue: list[QueuedLine], sizes: list[int]) -> None:
    groups = list(independent_groups(queue))
    assert [len(group) for group in groups] == sizes
    assert [line for group in groups for line in group] == queue


def test_a_commit_of_many_articles_takes_few_statements(tmp_path: Path) -> None:
    counted: list[str] = []

    def count(_c: object, _k: object, statement: str, _p: object, _x: object, _m: bool) -> None:
        counted.append(statement)

    with make(tmp_path / "a") as archive:
        taken = []
        for day, size in enumerate((4, 24)):
            night = archive.start(PORTAL, FIRST + timedelta(days=day), at(FIRST), judge)
            items = [
                ComposedArticle(f"{day}-{number}", f"Tin {day} {number}", (f"Đoạn {number * 7}.",))
                for number in range(size)
            ]
            walk(night, items, at(night.night))
            for item in items:
                keep(night, item, at(night.night))
            event.listen(Engine, "before_cursor_execute", count)
            try:
                night.commit()
            finally:
                event.remove(Engine, "before_cursor_execute", count)
            taken.append(len(counted))
            counted.clear()
            finish(night, at(night.night))
    assert taken[1] <= taken[0] <= 30
