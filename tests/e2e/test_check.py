"""`scheduler.py check`: each field is judged by what a page shows, and a redesigned portal is reported field by field."""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from threading import Event

import pytest
from OpenSSL.SSL import Error as TlsError
from rich.console import Console
from scrapy.exceptions import DownloadFailedError
from scrapy.settings import Settings
from service_identity import VerificationError
from service_identity.exceptions import DNSMismatch
from service_identity.hazmat import DNS_ID
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from archive.errors import ExitCode, UsageError
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Outcome
from archive.model.records import Attachment
from crawler.catalog.check_results import (
    CheckResult,
    FieldFinding,
    FieldStatus,
    confirmed,
    declaration,
    last_check,
    store_check,
)
from crawler.catalog.portals import load_portals, portal_of, why_skipped
from crawler.check.command import check, check_options, is_checked
from crawler.check.fetch import PortalChecker, tls_words
from crawler.check.fields import ArticleAnswer, ListAnswer, PortalResponses, findings
from crawler.config.settings_file import NightSettings, PortalSettings
from crawler.families.liferay_view_article import LiferayViewArticleSpider
from crawler.listings.listing import Entry, Listing, Section
from crawler.portal import PortalSpider
from crawler.spiders.quang_tri import QuangTri
from pipelines.article import Article, Block, BlockKind, PublishedFrom
from replicas import LAST_NIGHT
from replicas.articles import portal_site
from replicas.serve import ReplicaServer
from replicas.sites.catalogue import EVERY
from replicas.sites.site import Site, SiteRequest, SiteResponse
from testing.crawl import environment
from vietnam.date_forms import TZ
from vietnam.dates import read_machine

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2025, 3, 12, 23, 59, 59, tzinfo=TZ)
TODAY = NOW.date()
HOST = "https://www.quangtri.gov.vn"
PARAGRAPH = "Cầu mới nối hai bờ sông đã thông xe sáng nay sau mười tám tháng thi công, sớm hơn kế hoạch hai tuần. " * 3


def entry(number: int, day: date | None = TODAY, title: str = "Thông xe cầu mới") -> Entry:
    return Entry(f"{HOST}/tin/{number}", str(number), title, day)


ENTRIES = tuple(entry(number) for number in range(1, 9))
ARTICLE = Article(
    url=f"{HOST}/tin/1",
    title="Thông xe cầu mới",
    blocks=(Block(BlockKind.LEAD, "Cầu dài 300 m."), Block(BlockKind.PARAGRAPH, PARAGRAPH)),
    published=read_machine("2025-03-12T08:00:00+07:00", NOW),
    published_raw="12/03/2025 08:00",
    published_from=PublishedFrom.TITLE_BLOCK,
    author="Lê Mẫu",
    layout="view-article",
)
FIRST = ListAnswer("tin", f"{HOST}/tin", f"{HOST}/tin", Outcome.LISTING, listing=Listing(ENTRIES, f"{HOST}/tin?p=2"))
SECOND = ListAnswer("tin", f"{HOST}/tin?p=2", f"{HOST}/tin?p=2", Outcome.LISTING, listing=Listing((entry(9),)))
READ = ArticleAnswer(ENTRIES[0], f"{HOST}/tin/1", Outcome.ARTICLE, key="1", article=ARTICLE)
GOOD = PortalResponses(FIRST, SECOND, (READ,), whole=True, today=TODAY)


def said(brought: PortalResponses) -> dict[str, tuple[FieldStatus, str]]:
    return {each.field: (each.held, each.found) for each in findings(brought)}


def listed(*entries: Entry) -> PortalResponses:
    return replace(GOOD, first=replace(FIRST, listing=Listing(entries, f"{HOST}/tin?p=2")))


def read(reasons: tuple[Reason, ...] = (), lines: frozenset[str] = frozenset(), **changes: object) -> PortalResponses:
    article = replace(ARTICLE, **changes)  # type: ignore[arg-type]  # one field a case
    return replace(GOOD, first=replace(FIRST, lines=lines), articles=(replace(READ, article=article, reasons=reasons),))


def failed(outcome: Outcome, detail: str | None = None, **changes: object) -> PortalResponses:
    answer = replace(FIRST, outcome=outcome, detail=detail, listing=None, **changes)  # type: ignore[arg-type]  # as above
    return PortalResponses(answer, today=TODAY)


def test_a_portal_that_answers_as_described() -> None:
    printed = said(GOOD)
    assert {held for held, _ in printed.values()} == {FieldStatus.OK}
    assert list(printed) == [
        *("address", "tls", "section", "list", "list titles", "list days", "next page"),
        *("article", "key", "layout", "title", "published", "lead", "body", "author", "residue"),
    ]


LATER = (*ARTICLE.blocks, Block(BlockKind.PARAGRAPH, "Tin nóng trong ngày"))
FILE = Attachment(url=f"{HOST}/a.pdf", name="a.pdf", type="application/pdf")
CASES: list[tuple[str, PortalResponses, str, FieldStatus, str]] = [
    ("no answer", failed(Outcome.UNREACHABLE, "timeout"), "address", FieldStatus.UNTRIED, "did not answer: unreachable (timeout)"),
    ("moved", failed(Outcome.GUARD_DENIED, sent_to="https://a.vn/"), "address", FieldStatus.WRONG, "sends on to https://a.vn/"),
    ("moved to a province", failed(Outcome.MOVED, sent_to="haiphong.gov.vn"), "address", FieldStatus.WRONG, "may have moved"),
    ("sent to a ward", failed(Outcome.GUARD_DENIED, sent_to="https://haiduong.haiphong.gov.vn/"), "address", FieldStatus.WRONG, "a commune's"),
    ("sent to a likeness", failed(Outcome.GUARD_DENIED, sent_to="https://thanhphohaiphong.gov.vn/"), "address", FieldStatus.WRONG, "no province"),
    ("firewall", failed(Outcome.FIREWALL, "a page"), "address", FieldStatus.WRONG, "may not be asked"),
    ("robots", failed(Outcome.ROBOTS_DENIED, "forbidden"), "address", FieldStatus.WRONG, "may not be asked"),
    ("another address", replace(GOOD, first=replace(FIRST, url=f"{HOST}/vi/tin")), "address", FieldStatus.OK, "from https://www"),
    ("bad certificate", failed(Outcome.UNREACHABLE, tls="TLS failed: expired"), "tls", FieldStatus.WRONG, "declared is `plain`"),
    ("not needed any more", replace(GOOD, tls="level1"), "tls", FieldStatus.OK, "was not tried"),
    ("rehearsed", replace(GOOD, rehearsed=True), "tls", FieldStatus.UNTRIED, "rehearsal"),
    ("gone section", failed(Outcome.GONE, "status 404"), "section", FieldStatus.WRONG, "gone (status 404)"),
    ("challenge", failed(Outcome.CHALLENGE), "section", FieldStatus.WRONG, "challenge"),
    ("another section", replace(GOOD, further=(failed(Outcome.GONE).first,)), "section tin", FieldStatus.WRONG, "gone"),
    ("no entry", listed(), "list", FieldStatus.WRONG, "no article"),
    ("few entries", listed(entry(1)), "list", FieldStatus.DOUBTFUL, "1 entries"),
    ("no titles", listed(*(entry(n, title="") for n in range(9))), "list titles", FieldStatus.DOUBTFUL, "0 of 9"),
    ("no days", listed(*(entry(n, None) for n in range(9))), "list days", FieldStatus.UNTRIED, "no day"),
    ("days ahead", listed(*(entry(n, date(2025, 12, 3)) for n in range(9))), "list days", FieldStatus.WRONG, "9 lie ahead"),
    ("oldest first", listed(entry(1, date(2025, 1, 1)), entry(2), entry(3)), "list days", FieldStatus.DOUBTFUL, "not the newest"),
    ("no next page", replace(GOOD, second=None), "next page", FieldStatus.DOUBTFUL, "nothing leads"),
    ("the page again", replace(GOOD, second=replace(SECOND, listing=Listing(ENTRIES))), "next page", FieldStatus.WRONG, "no other"),
    ("a broken page", replace(GOOD, second=failed(Outcome.ERROR, "x").first), "next page", FieldStatus.WRONG, "error (x)"),
    ("a video first", replace(GOOD, articles=(replace(READ, article=None, outcome=Outcome.EMPTY), READ)), "article",
     FieldStatus.DOUBTFUL, "before it"),
    ("no article", replace(GOOD, articles=(replace(READ, article=None, outcome=Outcome.GONE),)), "article", FieldStatus.WRONG, "gone"),
    ("another key", replace(GOOD, articles=(replace(READ, key="7"),)), "key", FieldStatus.WRONG, "the address that answered says 7"),
    ("no layout", read(layout="none"), "layout", FieldStatus.WRONG, "whole page"),
    ("no title", read(title=""), "title", FieldStatus.WRONG, "none"),
    ("another title", read(title="Cấp cứu trên biển"), "title", FieldStatus.DOUBTFUL, "the list says: Thông xe"),
    ("a longer title", read(title="Thông xe cầu mới qua sông"), "title", FieldStatus.OK, "qua sông"),
    ("no time", read(published=None, published_raw="hôm nay"), "published", FieldStatus.WRONG, "the page says: hôm nay"),
    ("another day", read(published=read_machine("2025-03-01T08:00:00+07:00", NOW)), "published", FieldStatus.DOUBTFUL, "list says"),
    ("metadata", read(published_from=PublishedFrom.METADATA), "published", FieldStatus.DOUBTFUL, "finds no time"),
    ("two times", read(flags=("dates_disagree",)), "published", FieldStatus.DOUBTFUL, "give another"),
    ("the list's day", read(published_from=PublishedFrom.FEED), "published", FieldStatus.OK, "from the list"),
    ("an interface's time", replace(GOOD, articles=(replace(READ, from_interface=True, article=replace(
        ARTICLE, published_from=PublishedFrom.METADATA)),)), "published", FieldStatus.OK, "from the metadata"),
    ("no lead", read(blocks=ARTICLE.blocks[1:]), "lead", FieldStatus.UNTRIED, "none"),
    ("set aside", read((Reason.of("no_body"),)), "body", FieldStatus.WRONG, "would be set aside"),
    ("a file only", read(blocks=(), attachments=(FILE,)), "body", FieldStatus.DOUBTFUL, "0 characters in 0 blocks, 1 files"),
    ("no author", read(author=None), "author", FieldStatus.UNTRIED, "none"),
    ("a widget", read(lines=frozenset({"tin nóng trong ngày"}), blocks=LATER), "residue", FieldStatus.DOUBTFUL, "Tin nóng trong ngày"),
    ("its own words", read(lines=frozenset({"thông xe cầu mới"})), "residue", FieldStatus.OK, "no line"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("brought", "field", "held", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_field_is_judged_by_what_was_brought(
    brought: PortalResponses, field: str, held: FieldStatus, words: str
) -> None:
    printed = said(brought)
    assert printed[field][0] is held, printed[field]
    assert words in printed[field][1]


def checked(
    *held: tuple[str, FieldStatus, str], via: ArchiveKind = ArchiveKind.LIVE, declared: str = ""
) -> CheckResult:
    given = declared or declaration(QuangTri)
    return CheckResult(
        "quang_tri", NOW, via, given, tuple(FieldFinding(field, each, "", about) for field, each, about in held)
    )


GOOD_CHECK = checked(
    ("address", FieldStatus.OK, "home"), ("list", FieldStatus.OK, "list"), ("title", FieldStatus.DOUBTFUL, "layout")
)
BAD_CHECK = checked(("address", FieldStatus.OK, "home"), ("list", FieldStatus.WRONG, "list"))
SILENT_CHECK = checked(("address", FieldStatus.UNTRIED, "home"))


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        pytest.param([], "run `python scheduler.py check quang_tri` first", id="never checked"),
        pytest.param([GOOD_CHECK], None, id="passed"),
        pytest.param([BAD_CHECK], "the check of 2025-03-12 did not pass", id="did not pass"),
        pytest.param([GOOD_CHECK, BAD_CHECK], "did not pass", id="does not pass any more"),
        pytest.param([SILENT_CHECK], "did not pass", id="never answered"),
        pytest.param([GOOD_CHECK, SILENT_CHECK], None, id="silence says nothing"),
        pytest.param(
            [checked(*[("address", FieldStatus.OK, "")], via=ArchiveKind.REPLICA)],
            "first",
            id="a rehearsal is no evidence",
        ),
        pytest.param([replace(GOOD_CHECK, declared="0")], "its file has changed", id="declared otherwise then"),
        pytest.param([replace(GOOD_CHECK, declared="0"), SILENT_CHECK], "did not pass", id="changed, and silent since"),
    ],
)
def test_an_inferred_portal_is_crawled_once_its_check_has_passed(
    checks: list[CheckResult], reason: str | None, tmp_path: Path
) -> None:
    for each in checks:
        assert store_check(each, tmp_path).portal == "quang_tri"
    why = why_skipped(portal_of(QuangTri), NightSettings(checks=tmp_path), ArchiveKind.LIVE)
    assert (why is None) == (reason is None), why
    assert (reason or "") in str(why or "")


def test_a_check_is_read_as_it_was_written(tmp_path: Path) -> None:
    kept = store_check(replace(GOOD_CHECK, requests=4, asked=(f"{HOST}/tin",)), tmp_path)
    assert last_check(tmp_path, "quang_tri", ArchiveKind.LIVE) == kept
    assert kept.passed_at == NOW
    (tmp_path / "quang_tri.json").write_text("{}", encoding="utf-8")
    assert last_check(tmp_path, "quang_tri", ArchiveKind.LIVE) is None


def test_what_a_check_bears_out() -> None:
    remarks = confirmed(GOOD_CHECK.findings, ("home", "list", "paging", "layout"))
    assert remarks == ("home", "list")  # paging was not tried, the layout is doubtful
    assert {each.statement for each in findings(GOOD)} == {"home", "", "sections", "list", "paging", "key", "layout"}
    assert "sections" not in {each.statement for each in findings(replace(GOOD, whole=False))}


def test_the_digest_is_of_the_declaration() -> None:
    assert declaration(changed(sections=(Section("a", "/a", "A"),))) != declaration(QuangTri)
    assert declaration(changed(labels=("Tin",))) == declaration(QuangTri)


def changed(**says: object) -> type[PortalSpider]:
    made: type[PortalSpider] = type("QuangTri", (LiferayViewArticleSpider,), {**vars(QuangTri), **says})
    return made


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(
            TlsError([("SSL routines", "", "certificate verify failed")]), "certificate verify failed", id="OpenSSL"
        ),
        pytest.param(
            VerificationError([DNSMismatch(DNS_ID("a.example"))]),
            "the certificate is another host's",
            id="another name",
        ),
        pytest.param(TlsError(), "Error", id="OpenSSL without a word"),
        pytest.param(OSError("connection reset"), None, id="no TLS"),
    ],
)
def test_a_handshake_that_failed_is_reported_in_the_words_of_openssl(error: Exception, words: str | None) -> None:
    cause = ResponseFailed([Failure(error)])  # type: ignore[no-untyped-call]  # Twisted's
    raised = DownloadFailedError("failed")
    raised.__cause__ = cause
    assert tls_words(raised) == (words and f"TLS failed: {words}")


@pytest.mark.parametrize(
    ("pause", "replica", "kept"),
    [(None, "", 2.0), (9.0, "", 9.0), (9.0, "1", 0.0)],
    ids=["own", "operator's", "rehearsed"],
)
def test_a_check_keeps_the_pause_of_the_nights(pause: float | None, replica: str, kept: float) -> None:
    settings = Settings({"REPLICA": replica})
    visitor: type[PortalChecker] = type(
        "PortalChecker", (PortalChecker,), {"portal": QuangTri, "name": "quang_tri", "pause": pause}
    )
    visitor.update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == kept


# the command, against redesigned replicas


@dataclass(frozen=True)
class Redesigned:
    """A replica after somebody rebuilt it."""

    site: Site
    change: Callable[[SiteRequest, SiteResponse], SiteResponse]

    @property
    def host(self) -> str:
        return self.site.host

    def respond(self, request: SiteRequest) -> SiteResponse:
        return self.change(request, self.site.respond(request))


def renamed(*words: tuple[bytes, bytes]) -> Callable[[SiteRequest, SiteResponse], SiteResponse]:
    def change(request: SiteRequest, response: SiteResponse) -> SiteResponse:
        body = response.body
        for old, new in words:
            body = body.replace(old, new)
        return replace(response, body=body)

    return change


def status(number: int) -> Callable[[SiteRequest, SiteResponse], SiteResponse]:
    return lambda request, response: replace(response, status=number, body=b"")


def moved(request: SiteRequest, response: SiteResponse) -> SiteResponse:
    return SiteResponse(b"", 301, headers=(("Location", f"https://gialai.gov.vn{request.path}"),))


def no_paging(request: SiteRequest, response: SiteResponse) -> SiteResponse:
    return portal_site("can_tho").respond(replace(request, query="")) if "page=" in request.query else response


REBUILT: dict[str, Callable[[SiteRequest, SiteResponse], SiteResponse]] = {
    "quang_tri": renamed((b'href="/tin-tuc/', b'href="/bai/')),
    "bao_chinh_phu": renamed((b"detail-content", b"khung-moi"), (b"data-role=", b"data-phan=")),
    "binh_dinh": moved,
    "bac_giang": status(500),
    "can_tho": no_paging,
    "son_la": lambda request, response: response,
}
EXPECTED: dict[str, dict[str, FieldStatus]] = {
    "quang_tri": {"address": FieldStatus.OK, "section": FieldStatus.OK, "list": FieldStatus.WRONG},
    "bao_chinh_phu": {
        "list": FieldStatus.OK,
        "next page": FieldStatus.OK,
        "key": FieldStatus.OK,
        "layout": FieldStatus.WRONG,
    },
    "binh_dinh": {"address": FieldStatus.WRONG},
    "bac_giang": {"address": FieldStatus.UNTRIED, "section": FieldStatus.UNTRIED},
    "can_tho": {"list": FieldStatus.OK, "next page": FieldStatus.WRONG, "layout": FieldStatus.OK},
    "son_la": {
        "address": FieldStatus.OK,
        "next page": FieldStatus.DOUBTFUL,
        "layout": FieldStatus.OK,
        "title": FieldStatus.OK,
        "published": FieldStatus.OK,
    },
}


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "scheduler.py", "check", *arguments],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_redesigned_portals_are_reported_field_by_field(tmp_path: Path) -> None:
    sites: list[Site] = [Redesigned(portal_site(name), change) for name, change in REBUILT.items()]
    with ReplicaServer(sites) as server:
        done = run(
            *REBUILT, "--json", "--checks", str(tmp_path), "--night", LAST_NIGHT.isoformat(),
            REPLICA="1", REPLICA_PORT=str(server.port),
        )  # fmt: skip
        asked = {entry.host for entry in server.log}
    assert (done.returncode, done.stderr) == (1, "")
    results = {each["portal"]: each for each in json.loads(done.stdout)}
    for name, fields in EXPECTED.items():
        held = {each["field"]: FieldStatus(each["held"]) for each in results[name]["findings"]}
        assert {field: held[field] for field in fields} == fields, results[name]["findings"]
        assert results[name]["passed"] == (name == "son_la")
        assert results[name]["requests"] <= 5
    assert not any("gialai" in host for host in asked)  # nothing is asked of the successor
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.replica.json" for name in REBUILT}


def test_every_portal_of_the_replicas_answers_as_its_file_says(tmp_path: Path) -> None:
    known = sorted(set(load_portals()) & set(EVERY))
    done = run(*known, "--json", "--checks", str(tmp_path), "--night", LAST_NIGHT.isoformat(), REPLICA="1")
    wrong = {each["portal"]: each["findings"] for each in json.loads(done.stdout) if not each["passed"]}
    assert (done.returncode, done.stderr, wrong) == (0, "", {})


def test_a_portal_that_is_switched_off_is_checked_only_by_name() -> None:
    operator = NightSettings(portals={"quang_tri": PortalSettings(enabled=False)})
    assert is_checked(QuangTri, NightSettings())
    assert not is_checked(QuangTri, operator)
    assert not is_checked(changed(sections=(Section("todo", "/TODO", "TODO"),)), NightSettings())


def test_a_person_reads_each_field_and_what_to_do(tmp_path: Path) -> None:
    with ReplicaServer([portal_site("da_nang")]) as server:
        done = run(
            "da_nang", "--checks", str(tmp_path), "--every-section", "--night", LAST_NIGHT.isoformat(),
            REPLICA="1", REPLICA_PORT=str(server.port),
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "section le-hoi-su-kien" in done.stdout
    assert done.stdout.splitlines()[0] == "da_nang: 11 requests, a rehearsal"
    assert done.stdout.splitlines()[-3:] == ["  passed", "", "1 of 1 portals answer as described"]


def test_a_check_that_is_stopped_says_nothing_of_what_it_has_not_asked(tmp_path: Path) -> None:
    asked, go_on = Event(), Event()

    def waiting(request: SiteRequest, response: SiteResponse) -> SiteResponse:
        if request.path != "/robots.txt":
            asked.set()
            go_on.wait(30)
        return response

    with ReplicaServer([Redesigned(portal_site("quang_tri"), waiting)]) as server:
        process = subprocess.Popen(
            [sys.executable, "scheduler.py", "check", "quang_tri", "--checks", str(tmp_path)],
            cwd=ROOT,
            env=environment(REPLICA="1", REPLICA_PORT=str(server.port)),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        threading.Timer(0.5, go_on.set).start()
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (ExitCode.INTERRUPTED, "0 of 0 portals answer as described; 1 were not asked\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "contact", "environment", "message"),
    [
        pytest.param(
            (), "a@mau.vn", {"CI": "1"}, "CI is set: run it by hand, or rehearse with REPLICA=1", id="never in CI"
        ),
        pytest.param((), "", {}, "a live crawl needs a contact address", id="nobody to write to"),
        pytest.param(("quang_try",), "a@mau.vn", {}, "did you mean `quang_tri`?", id="unknown portal"),
        pytest.param(("quang_tri", "--section", "x"), "a@mau.vn", {}, "has no section `x`; known are", id="no section"),
        pytest.param(("--jobs", "0"), "a@mau.vn", {}, "--jobs should be from 1 to 64", id="no jobs"),
    ],
)
def test_wrong_usage_is_reported_before_anything_is_checked(
    arguments: tuple[str, ...], contact: str, environment: dict[str, str], message: str
) -> None:
    parser = argparse.ArgumentParser()
    check_options(parser)
    with pytest.raises(UsageError, match=re.escape(message)) as error:
        check(parser.parse_args(arguments), NightSettings(contact=contact), Console(), environment)
    assert "\n" not in str(error.value)


def test_ci_is_reported_in_one_line() -> None:
    done = run(CI="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("scheduler: a check asks live portals, and CI is set")
    assert done.stderr.count("\n") == 1
