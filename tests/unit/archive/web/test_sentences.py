"""Recorded sentences on the Vietnamese page: every form a module writes is known, and a stranger's words stay a stranger's."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from string import Formatter

import httpx
import pytest

from archive.model.enums import Outcome, Verdict
from archive.model.records import PageRecord
from archive.web import i18n_patterns as forms
from archive.web.i18n import MessageCatalogue
from archive.web.i18n_patterns import KINDS, LONGEST, Sentences, Source, Telling, forms_of, kind_of
from crawler.downloader.robots import decide
from crawler.nights.crawl_process import Limits, ProcessExit, StopReason
from crawler.verdicts.judge import judge_night
from testing.archives import FIRST, at, judge, keep, make, walk
from testing.archives import NIGHTS as COMPOSED
from testing.hostile_archive import PAYLOADS
from testing.sentence_sources import SLOT, Module, sentences
from testing.web_page import HtmlElement, read, served
from tests.unit.crawler.verdicts.test_judge import CASES, history

ROOT = Path(__file__).parents[4]
VIETNAMESE = Sentences(MessageCatalogue("vi"))
FINDING: dict[str, int | str] = {"Finding": 1}
REFUSALS: dict[str, int | str] = {"Unfit": 0, "Unknown": 0, "Removed": 0, "Busy": 0, "Unreadable": 0}
FOUND: dict[str, int | str] = {
    **{f"{audit}.found": 2 for audit in ("audit", "self.audit", "self._lines", "self._sealed")},
    **{f"{audit}.notes.append": 0 for audit in ("audit", "self.audit")},
}
MODULES = (
    Module("crawler/verdicts/judge.py", calls=FINDING | {"reasons.insert": 1}),
    Module(
        "crawler/verdicts/decommissioned.py",
        ("dissolution",),
        FINDING,
        never=(f"moved to {SLOT}, ", ") ("),  # what is told of a portal that moved and of one that is gone
    ),
    Module("archive/model/decommission.py", ("Away.words", "Sign.words")),
    *(
        Module(f"crawler/verdicts/{name}.py", calls=FINDING)
        for name in ("requests", "layouts", "texts", "volume", "walks")
    ),
    Module("crawler/verdicts/baseline.py", ("rate_words",)),
    Module("crawler/boilerplate/learn.py", ("night_note",)),
    Module("crawler/run/backfill_run.py", ("_words",)),
    Module("crawler/reextract/reextract.py", ("_told",)),
    Module("archive/coverage/calendar.py", ("_usual", "_state")),
    Module("archive/coverage/reader.py", calls={"Absence": 3}),
    Module("crawler/nights/schedule.py", calls={"Ending": 1, "self.ledger.settle": 3, "close_leftover": 4}),
    Module("archive/ingest/placement.py", ("free", "Holder.words")),
    Module("crawler/nights/schedule.py", calls={"Ending": 1}),
    Module("crawler/nights/orphaned_runs.py", calls={"replace": "reason"}),
    Module("crawler/nights/runner.py", calls={"StopReason": 0, "Ending": 1, "failed_try": 1}),
    Module("crawler/nights/exit_status.py", ("failed_try",), {"Ending": 1, "failed_try": 1}),
    Module(
        "crawler/nights/crawl_process.py",
        ("Ended.reason",),
        {"StopReason": 0},
        but=("signal_name", "last_line"),
        never=("memory), out of memory", "the crawl ,"),
    ),
    Module("crawler/spider/recorder.py", ("silence",), assigned=("self._away",)),
    Module("crawler/nights/runner.py", ("words",)),
    Module("crawler/run/portal_run.py", calls={"Interrupted": 0}),
    Module("crawler/disk_space.py", ("shortage",), {"DiskFull": 0}, but=("in_words",)),
    Module("crawler/downloader/robots.py", calls={"RobotsDecision": 0, "RobotsUnreachable": 0}),
    Module("pipelines/check.py", ("_of_title", "_of_text"), {"reasons.append": 0}),
    Module("pipelines/files/text.py", ("_against",), assigned=("reasons",)),
    Module("archive/search/results.py", ("_read",), {"notes.append": 0, "UsageError": 0}, never=("a page has 1 to",)),
    Module("archive/coverage/number_series.py", ("period",)),
    # what was asked, and what is damaged
    Module("archive/search/query.py", calls={"UsageError": 0}),
    Module("vietnam/provinces.py", calls={"UnknownProvince": 0}),
    Module("archive/web/views/search.py", calls={"UsageError": 0}),
    *(
        Module(f"archive/web/{name}.py", calls=REFUSALS)
        for name in ("app", "article", "desk", "documents", "downloads", "integrity", "pages", "set_aside")
    ),
    Module("archive/index/reader.py", calls=REFUSALS),
    Module("archive/export/proofs.py", calls={"ArchiveError": 0, "NotSealed": 0}, never=("--until-now",)),
    Module("archive/sealing/seal.py", calls={"ArchiveUnusable": 0}),
    Module("archive/storage/tombstones.py", calls={"ArchiveUnusable": 0, "ValueError": 0}),
    *(Module(f"archive/{name}.py", calls={"ValueError": 0}) for name in ("manifest", "lines", "runs")),
    Module("archive/index/sqlite.py", calls={"TookTooLong": 0, "ArchiveUnusable": 0}),
    Module("archive/audit/verify.py", calls=FOUND),
    Module("archive/storage/sqlite_journal.py", ("journal_note",)),
    Module("archive/audit/lines.py", calls=FOUND),
    Module("archive/audit/run.py", calls=FOUND),
    Module("archive/audit/seals.py", calls=FOUND, never=("seal go ", "no later seal ", "seals goes ")),
    Module("archive/audit/search.py", calls=FOUND | {"self._found": 3}),
    Module("archive/audit/withheld.py", calls=FOUND),
    Module("archive/audit/index.py", calls=FOUND),
)
NAMES = [  # of signals, failures and files, which stand in sentences
    "the crawl was killed by signal {n}: {said}",
    "the crawl was killed by signal {n}",
    "timeout",
    "connection refused",
    "connection failed",
    "name look-up failed",
    "name not found",
    "certificate not valid",
    "tried again ({n})",
    "{name} in journal mode {name2}, {name3} in journal mode {name4}",
    "{name} in journal mode {name2}",
]
CALLED = (*MODULES, Module("crawler/verdicts/counts.py"))


@cache
def written(path: str) -> set[str]:
    return sentences(next(module for module in MODULES if module.path == path), CALLED)


def vietnamese(sentence: str) -> str:
    parts = VIETNAMESE.told(sentence)
    assert parts is not None, sentence
    return "".join(part.text for part in parts)


@pytest.fixture
def with_slots(monkeypatch: pytest.MonkeyPatch) -> Sentences:
    """The forms, whose slots take a slot of a form as well."""
    monkeypatch.setattr(forms, "KINDS", {kind: f"(?:{pattern}|{SLOT})" for kind, pattern in KINDS.items()})
    return Sentences(MessageCatalogue("vi"))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
def test_every_sentence_that_a_module_writes_has_its_vietnamese(module: Module, with_slots: Sentences) -> None:
    assert written(module.path)
    untold = []
    for sentence in sorted(written(module.path)):
        parts = with_slots.told(sentence)
        left = [part.text for part in parts or () if part.source is Source.RECORDED and part.text.strip(SLOT)]
        if parts is None or left:
            untold.append(sentence.replace(SLOT, "{}"))
    assert not untold, f"no form of archive/web/words/sentences.vi.toml fits what {module.path} writes"


def test_no_form_is_left_over() -> None:
    found = {sentence for module in MODULES for sentence in written(module.path)}
    tables = tomllib.loads((ROOT / "archive/web/words/sentences.vi.toml").read_text(encoding="utf-8"))
    assert not [name for name in tables if name != "earlier" and not (ROOT / name).is_file()]
    kept = forms_of("vi").keys() - tables["earlier"].keys()
    left = [
        english
        for english in forms_of("vi")
        if english in kept and not any(_stands_in(english, sentence) for sentence in found)
    ]
    assert left == NAMES


def _stands_in(english: str, sentence: str) -> bool:
    """Whether the form's own words stand in the sentence, in their order."""
    at = 0
    for literal, _, _, _ in Formatter().parse(english):
        at = sentence.find(literal, at) + len(literal)
        if at < len(literal):
            return False
    return True


def test_the_table_is_well_made() -> None:
    told = forms_of("vi")
    assert forms_of("en") == {}
    assert not [text for text in (*told, *told.values()) if unicodedata.normalize("NFC", text) != text]
    assert not [text for text in told.values() if text != text.strip() or "  " in text]
    for english, vietnamese_form in told.items():
        assert _slots(english) == _slots(vietnamese_form), english
        open_ones = [slot for slot in _slots(english) if kind_of(slot) in ("words", "said")]
        assert len(open_ones) <= 2, f"{english}: too much may be anything"
        assert "}{" not in english, f"{english}: nothing stands between two slots"


def _slots(text: str) -> list[str]:
    return sorted(slot for _, slot, _, _ in Formatter().parse(text) if slot)


@pytest.mark.parametrize("case", CASES)
def test_the_reasons_of_a_judged_night_are_told_in_vietnamese(case: str) -> None:
    night, before, _, _ = CASES[case]
    for reason in (*judge_night(night, history(before))[1], *judge_night(night, history(before[:3]))[1]):
        parts = VIETNAMESE.told(reason)
        assert parts is not None, reason
        if case != "stopped":
            assert Source.RECORDED not in {part.source for part in parts}


LIMITS = Limits(timedelta(minutes=90), 1 << 30)
TOLD = {
    "no history yet": "chưa đủ số đêm để so sánh",
    "2 of 3 articles fit no layout; 2 % were usual: the article page was redesigned or a layout is missing": (
        "2 trên 3 bài không khớp cách đọc nào; mức thường là 2 %: trang bài viết đã đổi giao diện hoặc còn thiếu một"
        " cách đọc"
    ),
    "43% of the articles could not be read: mostly server_error (3); asked for again next time (first told last night)": (
        "43 % số bài không đọc được: phần lớn là lỗi máy chủ (3); lần sau hỏi lại (đã báo từ đêm trước)"
    ),
    "gone since 2025-07-01 (its host's name is not found), Ninh Thuận became part of Khánh Hòa on 2025-07-01; it is asked"
    " again once a month": (
        "đã ngừng từ đêm 01/07/2025 (không tìm thấy tên máy chủ của cổng), Ninh Thuận đã sáp nhập vào Khánh Hòa từ ngày"
        " 01/07/2025; mỗi tháng hỏi lại một lần"
    ),
    "not finished by the cut-off of 06:00 (unreachable: 3 requests in a row were not answered (timeout) (2 tries))": (
        "chưa xong trước giờ chốt 06:00 (không kết nối được: 3 lượt gọi liên tiếp không được trả lời (quá thời gian chờ)"
        " (2 lần thử))"
    ),
    "SQLite 3.40.1 without the WAL-reset fix: index.db in journal mode delete, ledger.db in journal mode wal": (
        "SQLite 3.40.1 chưa có bản vá lỗi WAL-reset: index.db ở chế độ nhật ký delete, ledger.db ở chế độ nhật ký wal"
    ),
    "low disk: 1.2 GB free, 2 GB wanted": "sắp đầy đĩa: còn trống 1,2 GB, cần 2 GB",
    "published after the fetch: 2025-03-05T08:00:00+07:00": "ngày đăng sau lúc lấy về: 05/03/2025 08:00",
    "published after the fetch: 2025-03-05": "ngày đăng sau lúc lấy về: 05/03/2025",
    "not looked through yet: 2025-99-99": "chưa tìm trong đêm 2025-99-99",
    ProcessExit(-9, LIMITS).reason: (
        "lượt thu thập bị SIGKILL chấm dứt (do người, hoặc do nhân hệ điều hành khi thiếu bộ nhớ)"
    ),
    ProcessExit(-34, LIMITS).reason: "lượt thu thập bị SIGRTMIN chấm dứt",
    ProcessExit(-63, LIMITS).reason: "lượt thu thập bị tín hiệu 63 chấm dứt",
    ProcessExit(0, LIMITS, StopReason("stopped at its deadline of 90 min", 15), killed=True).reason: (  # type: ignore[arg-type]
        "dừng khi hết hạn 90 phút; 30 giây sau SIGTERM vẫn chưa dừng: đã buộc dừng"
    ),
    decide(503, b"", frozenset(), "luu-tru", 60).words: "không lấy được (503): tạm thời không hỏi gì",
    decide(200, b"User-agent: *\nCrawl-delay: 0.5", frozenset(), "luu-tru", 60).words: (
        "theo đúng quy tắc; crawl-delay 0,5 giây"
    ),
}


@pytest.mark.parametrize(("sentence", "told"), TOLD.items(), ids=[sentence[:50] for sentence in TOLD])
def test_a_sentence_is_told_in_plain_vietnamese(sentence: str, told: str) -> None:
    assert vietnamese(sentence) == told
    assert Telling(Sentences(MessageCatalogue("en")), "en").recorded([sentence]) == f"<bdi>{sentence}</bdi>".replace(
        "'", "&#39;"
    )


def test_what_no_form_fits_stays_english_alone_and_within_another_sentence() -> None:
    page = Telling(VIETNAMESE, "vi")
    assert VIETNAMESE.told("the moon was full") is None
    assert page.recorded(["the moon was full"]) == '<span lang="en"><bdi>the moon was full</bdi></span>'
    assert page.recorded([]) == "<bdi></bdi>"
    assert page.recorded(["waits: the moon was full", "odd"]) == (
        '<details class="told"><summary>đang chờ: <span lang="en"><bdi>the moon was full</bdi></span>; <span lang="en">'
        '<bdi>odd</bdi></span></summary><p lang="en"><bdi>waits: the moon was full; odd</bdi></p></details>'
    )


# a stranger's text in the slots


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_what_a_portal_wrote_is_told_as_it_is_and_escaped(payload: str) -> None:
    page = Telling(VIETNAMESE, "vi")
    said = [f"the title is an error message: {payload}", f"the crawl was interrupted: {payload}"]
    markup = page.recorded(said) + page.ours(said[0])
    tree = read(f"<div>{markup}</div>")
    ours = tree.nodes("//html | //body | //div | //details | //summary | //p | //span | //bdi")
    assert len(tree.nodes("//*")) == len(ours)
    assert set(tree.strings("//@*")) <= {"told", "en", "hidden-char"}
    hidden = [char for char in markup if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and char not in "\n\t"]
    assert not hidden
    if payload.isprintable() and len(payload) < LONGEST - 100:
        assert payload in tree.nodes("//summary")[0].text


def test_a_portals_text_cannot_become_another_sentence() -> None:
    title = "no title (first told last night); asked for again next time (3 tries)"
    assert vietnamese(f"the title is an error message: {title}") == f"tiêu đề là thông báo lỗi: {title}"


@pytest.mark.parametrize(
    "sentence",
    [
        "x (first told last night)" * 150,
        "gone since 2025-03-05 (" + "), " * 1300 + "; it is asked again once a month",
        "section " + "a" * 3000 + ": page 2 of its list",
        "unreachable: " * 300,
        "waits: " * 300 + " (3 tries)" * 100,
        "(" * LONGEST,
        "1" * LONGEST,
        "the title is an error message: " + "x" * LONGEST,
    ],
    ids=lambda text: text[:12],
)
def test_a_sentence_made_to_be_slow_is_told_or_left(sentence: str) -> None:
    parts = VIETNAMESE.told(sentence)
    assert parts is None or len("".join(part.text for part in parts)) <= 2 * LONGEST


# on the page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Two portals, two nights: every reason of the judged cases, a missed night, a text set aside, a robots.txt."""
    root = tmp_path_factory.mktemp("told") / "archive"
    with make(root) as archive:
        for number in range(2):
            night = archive.start("da_nang", FIRST + timedelta(days=number), at(FIRST + timedelta(days=number)), judge)
            moment = at(night.night)
            url = "https://danang.gov.vn.replica.test/robots.txt"
            robots = PageRecord(url, Outcome.ROBOTS, moment, 200, detail="rules are kept; crawl-delay 10 s")
            night.write(replace(robots, asked_at=moment))
            walk(night, COMPOSED[0]["da_nang"], moment)
            keep(night, COMPOSED[0]["da_nang"][number], moment, REASONS[number])
            night.close(moment + timedelta(seconds=2), complete=True, finish_reason="finished", extraction={},
                        software={}, judge_night=lambda tally: (Verdict.BROKEN, RECORDED))  # fmt: skip
            archive.seal(night.night, {"hue": "no scheduler ran that night"})
    with served(root) as address, httpx.Client(base_url=address) as client:
        yield client


REASONS: tuple[tuple[str, ...], ...] = ((), ("no title", "the title is an error message: 404 <b>Not Found</b>"))
RECORDED = tuple(
    dict.fromkeys(reason for night, before, _, _ in CASES.values() for reason in judge_night(night, history(before))[1])
)
PATHS = (
    *("/", "/nights/2025-03-03", "/coverage/2025-03", "/portals/da_nang", "/portals/hue", "/doubtful"),
    *(
        "/articles/da_nang/thong-bao",
        "/search?q=thong",
        "/search?q=%22x",
        "/search?portal=x",
        *("/nights/2031-01-01", "/nights/x", "/articles/da_nang/none", "/nothing", "/integrity", "/documents"),
    ),
)


@pytest.mark.parametrize("path", PATHS)
def test_the_vietnamese_page_has_no_english_sentence_that_is_known(page: httpx.Client, path: str) -> None:
    tree = read(page.get(f"/vi{path}").text)
    left = tree.nodes("//main//*[@lang='en'][not(ancestor::details[@class='told'])]")
    assert not [node.words for node in left]
    inner = tree.nodes("//details[@class='told']/summary//*[@lang='en']")
    assert {node.words for node in inner} <= {"SIGTERM"}
    assert not tree.nodes("//p//details | //p//p")


def _told(tree: HtmlElement) -> list[tuple[str, str]]:
    return [(one.nodes("summary")[0].words, one.nodes("p")[0].words) for one in tree.nodes("//details[@class='told']")]


def test_the_records_own_words_stand_behind_the_vietnamese_ones_and_on_the_english_page(page: httpx.Client) -> None:
    told = dict(_told(read(page.get("/vi/nights/2025-03-03").text)))
    assert told["đêm ấy bộ lập lịch không chạy"] == "no scheduler ran that night"
    assert "; ".join(RECORDED) in told.values()
    english = read(page.get("/en/nights/2025-03-03").text)
    assert not english.nodes("//details[@class='told']")
    assert [cell.words for cell in english.nodes("//td[@class='reasons']")] == [
        "no scheduler ran that night",
        "; ".join(RECORDED),
    ]
    aside = dict(_told(read(page.get("/vi/doubtful").text)))
    assert aside == {
        "không có tiêu đề; tiêu đề là thông báo lỗi: 404 <b>Not Found</b>": "; ".join(REASONS[1]),
    }
    assert ("theo đúng quy tắc; crawl-delay 10 giây", "rules are kept; crawl-delay 10 s") in _told(
        read(page.get("/vi/portals/da_nang").text)
    )
