"""First contact's parts: hosts and their names, answers of home pages, the folder that outlives a kill, saved pages."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse
from scrapy.settings import Settings

from archive.errors import UsageError
from archive.model.decommission import NO_NAME
from archive.model.enums import ArchiveKind, Outcome
from crawler.catalog.overview import list_shapes, spiders
from crawler.check.fetch import FetchResult
from crawler.first_contact.folder import ContactFolder, HostContact
from crawler.first_contact.home import HomeAnswer, HomeState, judge_home
from crawler.first_contact.hosts import ProvinceHost, province_hosts
from crawler.first_contact.pages import page_path, save_pages
from crawler.first_contact.progress import EveningProgress, time_in_words
from crawler.first_contact.report import as_csv, as_markdown, ordered
from crawler.first_contact.visit import witness_words
from crawler.listings.witness import Witness
from crawler.portal import PortalSpider
from crawler.probe.page import VisitedPage
from crawler.probe.saved import SavedSite
from crawler.probe.spider import unknown_portal
from crawler.requests import Expect, RequestInfo
from crawler.spiders.can_tho import CanTho
from crawler.spiders.dong_nai import DongNai
from vietnam.date_forms import TZ
from vietnam.provinces import province

NOW = datetime(2026, 11, 30, 20, tzinfo=TZ)
LIVE = ArchiveKind.LIVE


def known() -> dict[str, type[PortalSpider]]:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return spiders(settings)


def answer(outcome: Outcome, detail: str | None = None, body: str = "", **more: str) -> FetchResult:
    url = "https://haiduong.gov.vn/"
    response = HtmlResponse(url, body=body.encode(), encoding="utf-8") if body else None
    return FetchResult(RequestInfo(Expect.FRONT_PAGE, url, ""), outcome, detail, response, **more)


def contact(slug: str, via: ArchiveKind = LIVE, state: HomeState = HomeState.ANSWERS) -> HostContact:
    host = province(slug).domain
    return HostContact(slug, slug, host, None, via, NOW, HomeAnswer(state, f"https://{host}/"))


def test_all_provinces_and_their_predecessors_are_asked_each_once() -> None:
    hosts = province_hosts((), known())
    assert len(hosts) == len({host.province.slug for host in hosts}) == 63
    assert [host.province.merged_into is None for host in hosts] == [True] * 34 + [False] * 29


def test_a_province_is_named_as_people_write_it_and_its_portal_is_that_of_its_domain() -> None:
    hosts = province_hosts(["Cần Thơ", "cantho", "www.haiduong.gov.vn", "can_tho"], known())
    assert [host.province.slug for host in hosts] == ["cantho", "haiduong"]
    assert hosts[0].portal is CanTho
    assert hosts[0].ways() == ("https://www.cantho.gov.vn/", "https://cantho.gov.vn/", "http://www.cantho.gov.vn/")
    assert (hosts[1].portal, hosts[1].name) == (None, "hai_duong")


def test_a_wrong_name_is_one_line_with_the_closest() -> None:
    with pytest.raises(UsageError, match="did you mean haiphong"):
        province_hosts(["hai phonh"], known())


@pytest.mark.parametrize(
    ("outcome", "detail", "state"),
    [
        (Outcome.UNREACHABLE, "timeout", HomeState.TIMEOUT),
        (Outcome.UNREACHABLE, "connection refused", HomeState.CLOSED),
        (Outcome.UNREACHABLE, NO_NAME, HomeState.NO_NAME),
        (Outcome.UNREACHABLE, "connection failed", HomeState.SILENT),
        (Outcome.CHALLENGE, "cookie and reload", HomeState.CHALLENGE),
        (Outcome.ROBOTS_DENIED, "forbidden by robots.txt", HomeState.ROBOTS),
        (Outcome.GUARD_DENIED, "resolves to 10.0.0.8, which is not a public address", HomeState.UNREADABLE),
        (Outcome.REFUSED, "status 403", HomeState.FORBIDDEN),
        (Outcome.FIREWALL, "a firewall's page: cloudrity", HomeState.FIREWALL),
    ],
)
def test_an_answer_that_is_no_page(outcome: Outcome, detail: str, state: HomeState) -> None:
    assert judge_home([answer(outcome, detail)], province("haiduong")).state is state


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("<h1>Welcome to nginx!</h1>", HomeState.PARKED),
        ("<title>haiduong.gov.vn</title><p>Buy this domain</p><a href=/>Offers</a>", HomeState.PARKED),
        ("<p>Website đang được xây dựng</p>", HomeState.PARKED),
        ("<form><input name=u><input type=password></form>", HomeState.LOGIN),
        ("<script>draw()</script>", HomeState.SHELL),
        ("<a href=/tin>Tin tức</a>" * 20 + "<p>Trang đang xây dựng</p>", HomeState.ANSWERS),
        (f"<p>{'Tên miền này đang bán ra thị trường. ' * 40}</p>", HomeState.ANSWERS),
    ],
)
def test_a_page_that_is_no_portals(body: str, state: HomeState) -> None:
    page = f"<html><body>{body}</body></html>"
    assert judge_home([answer(Outcome.FRONT_PAGE, body=page)], province("haiduong")).state is state


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("haiphong.gov.vn", "the portal of Hải Phòng, into which it was merged"),
        ("haiduong.haiphong.gov.vn", "a commune's portal"),
        ("sxd.haiphong.gov.vn", "no province's portal"),
        ("mau.vn", "another host"),
    ],
)
def test_a_redirect_says_what_the_other_host_is(to: str, words: str) -> None:
    home = judge_home([answer(Outcome.MOVED, to)], province("haiduong"))
    assert (home.state, home.sent_to) == (HomeState.REDIRECTED, to)
    assert words in home.detail


def test_a_name_without_an_address_is_reported_where_the_other_is_silent_too() -> None:
    home = judge_home(
        [answer(Outcome.UNREACHABLE, NO_NAME), answer(Outcome.UNREACHABLE, "timeout")], province("haiduong")
    )
    assert (home.state, len(home.tried)) == (HomeState.NO_NAME, 2)


def test_results_outlive_a_kill_and_are_asked_once(tmp_path: Path) -> None:
    hosts = [ProvinceHost(province(slug)) for slug in ("hue", "nghean", "laocai", "camau")]
    folder = ContactFolder(tmp_path, LIVE)
    folder.begin("hue")
    folder.begin("nghean")
    folder.store(contact("nghean"))
    again = ContactFolder(tmp_path, LIVE)
    assert [host.province.slug for host in again.waiting(hosts, again=False)] == ["laocai", "camau", "hue"]
    assert [host.province.slug for host in again.waiting(hosts, again=True)][-1] == "hue"
    assert again.results() == [contact("nghean")]
    (tmp_path / "hosts" / "nghean.json").write_text('{"slug": "nghe', encoding="utf-8")
    assert len(again.waiting(hosts, again=False)) == 4


def test_a_rehearsal_and_an_evening_do_not_share_a_folder(tmp_path: Path) -> None:
    ContactFolder(tmp_path, LIVE).store(contact("hue"))
    with pytest.raises(UsageError, match="name another folder with --into"):
        ContactFolder(tmp_path, ArchiveKind.REPLICA)


def test_saved_pages_are_found_again_by_their_addresses(tmp_path: Path) -> None:
    home = "https://hue.gov.vn"
    urls = [f"{home}/", f"{home}/tin-tuc", f"{home}/tin-tuc/bai-1.html", f"{home}/tin-tuc?page=2", f"{home}/a/../b"]
    pages = [VisitedPage(url, url, 200, f"<html><body>{url}</body></html>".encode()) for url in urls]
    pages.append(VisitedPage(f"{home}/{'a' * 300}", "", 200, b"<html>"))
    assert save_pages(tmp_path / "hue", pages, "User-agent: *") == len(urls)
    assert not [path for path in tmp_path.rglob("*") if tmp_path not in path.resolve().parents]
    site = SavedSite(tmp_path / "hue", f"{home}/")
    assert site.robots == "User-agent: *"
    for url in urls[:4]:
        page = asyncio.run(site.fetch(url))
        assert page is not None
        assert page.body == f"<html><body>{url}</body></html>".encode()
    assert page_path(f"{home}/../../etc/passwd") == Path("etc/passwd/index.html")


def test_time_left_follows_the_pace() -> None:
    stream = io.StringIO()
    progress = EveningProgress(10, 30, stream)
    assert progress.seconds_left(100) == 0
    progress.ended(contact("hue"))
    progress.ended(contact("laocai", state=HomeState.TIMEOUT))
    assert progress.seconds_left(100) == 900
    assert stream.getvalue().splitlines()[-1].startswith("[12/30] laocai.gov.vn: time-out, about ")
    assert [time_in_words(seconds) for seconds in (0.2, 89, 600, 3900)] == ["1 s", "89 s", "10 min", "1 h 5 min"]


def test_the_report_has_a_row_for_each_host_and_says_what_to_do() -> None:
    results = ordered([contact("binhdinh", state=HomeState.CHALLENGE), contact("hue")])
    assert [row[1] for row in csv.reader(as_csv(results).splitlines())] == ["host", "hue.gov.vn", "binhdinh.gov.vn"]
    report = as_markdown(results, {})
    assert "2 hosts: 1 answers, 1 challenge" in report
    assert "Nothing is worked around" in report


def test_the_selectors_of_lists_are_those_of_the_family() -> None:
    assert [".Ngaydang, .PostDate" == shape.day for shape in list_shapes(CanTho)] == [True]
    assert list_shapes(unknown_portal("mau.vn"))[0].links == ("article a",)


def test_a_witness_is_reported_with_what_it_brought() -> None:
    url = "https://dongnai.gov.vn/vi/news/rss/tin/"
    item = "<item><title>Tin</title><link>https://dongnai.gov.vn/vi/news/tin/bai-viet-12.html</link></item>"
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title>{item}</channel></rss>'
    info = RequestInfo(Expect.RESOURCE, url, "")
    for body, status, outcome, words in (
        (feed, 200, Outcome.UNSUPPORTED_TYPE, "a feed of 1 articles"),
        ("<html></html>", 200, Outcome.RESOURCE, "rejected"),
        ("", 404, Outcome.GONE, "gone (status 404)"),
    ):
        brought = FetchResult(info, outcome, f"status {status}", HtmlResponse(url, status, body=body.encode()))
        assert words in witness_words(DongNai, Witness(url), brought, NOW)
