"""JSON from strangers, as an article's page: the right record, its HTML whole, nothing that breaks out or never ends."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from archive.model.enums import Outcome
from crawler.requests import Expect
from crawler.responses.outcome import ResponseFacts, classify
from crawler.spiders.cong_an_ha_noi import CongAnHaNoi
from crawler.spiders.vinh_phuc import VinhPhuc
from pipelines.article import PublishedFrom
from pipelines.extract import extract
from pipelines.html.json_values import JsonError, json_facts, json_text, text_value, value_of
from pipelines.html.page_shape import read_shape
from pipelines.readers.json_api import page_of
from vietnam.date_forms import TZ

NOW = datetime(2025, 7, 1, 23, 59, 59, tzinfo=TZ)
URL = "https://vinhphuc.gov.vn/ct/cms/tintuc/Lists/KinhTe/View_Detail.aspx?ItemID={}"
TEXT = "<p>Xã An Bình mở lớp học bơi cho trẻ em trong thôn, do thầy Trần Văn Lúa dạy mỗi chiều.</p>"


def record(number: int, content: str = TEXT, **more: object) -> dict[str, object]:
    plain = {"ID": number, "Title": f"Mở lớp {number}", "ContentNews": content, "CreatedDate": "2025-06-30T19:02:21"}
    return plain | more


def read(number: int, *records: dict[str, object]) -> object:
    body = json.dumps({"data": list(records)}).encode()
    return extract(body, URL.format(number), VinhPhuc.layouts, NOW)


def blocks(content: str) -> list[str]:
    article = extract(json.dumps({"data": [record(7, content)]}).encode(), URL.format(7), VinhPhuc.layouts, NOW)
    assert article.layout == "querydata"
    return [block.text for block in article.blocks]


def test_the_record_with_the_id_of_the_address_is_the_article() -> None:
    body = json.dumps({"data": [record(5), record(7, DescriptionNews="Lớp đầu tiên của xã."), record(77)]}).encode()
    article = extract(body, URL.format(7), VinhPhuc.layouts, NOW)
    assert (article.title, article.lead) == ("Mở lớp 7", "Lớp đầu tiên của xã.")
    assert article.published is not None
    assert (article.published.isoformat(), article.published_raw) == ("2025-06-30T19:02:21+07:00", None)
    assert article.published_from is PublishedFrom.METADATA


@pytest.mark.parametrize(
    ("body", "url"),
    [
        pytest.param(json.dumps({"data": [record(5)]}), URL.format(7), id="another record"),
        pytest.param(json.dumps({"data": [record(7)]}), "https://vinhphuc.gov.vn/ct", id="an address without id"),
        pytest.param('{"data": [', URL.format(7), id="cut"),
        pytest.param("[" * 100_000, URL.format(7), id="without end"),
        pytest.param("<html>{}</html>", URL.format(7), id="a page"),
        pytest.param('{"data": {"ID": 7}}', URL.format(7), id="no list"),
        pytest.param('{"data": [7, null, "x"]}', URL.format(7), id="no records"),
    ],
)
def test_what_holds_no_record_is_no_page(body: str, url: str) -> None:
    assert page_of(body.encode(), url, VinhPhuc.layouts) is None


@pytest.mark.parametrize(
    ("content", "said_there"),
    [
        pytest.param(
            "&lt;p&gt;Lúa &amp;amp; ngô&lt;/p&gt;&lt;p&gt;Hai&lt;/p&gt;", ["Lúa & ngô", "Hai"], id="escaped once more"
        ),
        pytest.param("<p>Một</p></div></body></html><p>Hai</p>", ["Một", "Hai"], id="ends that were never begun"),
        pytest.param("<div><p>Một<p>Hai", ["Một", "Hai"], id="no ends at all"),
        pytest.param("Một\nHai", ["Một", "Hai"], id="plain lines"),
        pytest.param("<p>Giá < 5 nghìn</p>", ["Giá < 5 nghìn"], id="a sign that is no tag"),
        pytest.param("<script>alert(1)</script><p>Một</p>", ["Một"], id="a script"),
    ],
)
def test_html_comes_out_whole(content: str, said_there: list[str]) -> None:
    assert blocks(content) == said_there


def test_a_single_record_need_not_repeat_its_id() -> None:
    body = json.dumps({"Name": "Bắt cướp", "FullContent": TEXT, "PublishTime": "2025-06-30T08:50:00"}).encode()
    article = extract(body, "https://congan.hanoi.gov.vn/tin-tuc/bat-cuop-7", CongAnHaNoi.layouts, NOW)
    assert (article.title, article.layout, len(article.blocks)) == ("Bắt cướp", "getbyid", 1)


@pytest.mark.parametrize(
    ("text", "cut"),
    [('{"a": [1, 2', True), ('{"a": "b', True), ('{"a": 1,}', False), ('{"a" 1}', False), ("[" * 100, False)],
)
def test_json_that_lacks_its_end_is_distinguished_from_json_that_is_wrong(text: str, cut: bool) -> None:
    with pytest.raises(JsonError) as failure:
        value_of(text if text.count("[") < 100 else text + "]" * 100)
    assert failure.value.cut is cut


def test_half_a_pair_of_surrogates_can_be_kept() -> None:
    assert text_value({"a": "x\ud83d"}, "a").encode() == "x\ufffd".encode()


@pytest.mark.parametrize(
    ("text", "excess"),
    [
        ("[" * 65 + "]" * 65, "nested deeper than 64 levels"),
        ("[" * 65 + "x", "nested deeper than 64 levels"),  # before the parser finds that it is none
        ("[" + "{}," * 600_000 + "1]", "too many values"),
        ("[" + "1," * 1_100_000 + "1]", "too many values"),
    ],
)
def test_json_beyond_a_bound_is_not_parsed(text: str, excess: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.html.json_values.json.loads", lambda *_, **__: pytest.fail("it was parsed"))
    with pytest.raises(JsonError, match=excess):
        value_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 64 + "]" * 64, "[" + "[]," * 300 + "1]", json.dumps(["[" * 200, '"' + "{" * 200, "\\" + "[" * 200]),
        json.dumps(["[" * 70] * 70),
    ],
)  # fmt: skip
def test_json_within_its_bounds_is_parsed(text: str) -> None:
    assert value_of(text) == json.loads(text)


def test_a_scripts_value_is_unescaped_once() -> None:
    assert json_text('var data = \'{"a": "b\\u003d\\\'c\\\\n"}\';') == '{"a": "b=\'c\\n"}'


CHALLENGE = "<html><script>document.cookie='a=1';location.reload()</script></html>"


@pytest.mark.parametrize(
    ("text", "kind", "expect", "status", "outcome"),
    [
        pytest.param('{"data": []}', "application/json", Expect.LISTING, 200, Outcome.LISTING, id="json"),
        pytest.param(
            '{"data": []}', "text/html", Expect.LISTING, 200, Outcome.LISTING, id="json under the name of html"
        ),
        pytest.param("var data = '{}';", "text/html", Expect.LISTING, 200, Outcome.LISTING, id="json in a script"),
        pytest.param('{"data": [', "application/json", Expect.LISTING, 200, Outcome.TRUNCATED, id="cut"),
        pytest.param('{"data": ]}', "application/json", Expect.LISTING, 200, Outcome.ERROR, id="wrong"),
        pytest.param(CHALLENGE, "text/html", Expect.LISTING, 200, Outcome.CHALLENGE, id="a challenge"),
        pytest.param(
            '<html><body><div id="app"></div></body></html>',
            "text/html",
            Expect.LISTING,
            200,
            Outcome.APP_SHELL,
            id="shell",
        ),
        pytest.param(
            f"<html><body>{TEXT * 9}<a href='/'>x</a></body></html>",
            "text/html",
            Expect.LISTING,
            200,
            Outcome.UNSUPPORTED_TYPE,
            id="a page",
        ),
        pytest.param("{}", "image/png", Expect.LISTING, 200, Outcome.UNSUPPORTED_TYPE, id="wrong type"),
        pytest.param('{"m": "no"}', "application/json", Expect.LISTING, 404, Outcome.GONE, id="404"),
        pytest.param("null", "application/json", Expect.ARTICLE, 200, Outcome.SOFT_404, id="no such article"),
        pytest.param('{"Id": 7}', "application/json", Expect.ARTICLE, 200, Outcome.EMPTY, id="an article without text"),
    ],
)
def test_the_outcome_of_an_interfaces_answer(
    text: str, kind: str, expect: Expect, status: int, outcome: Outcome
) -> None:
    url, own = "https://a.vn/api", frozenset({"a.vn"})
    headers = {"content-type": kind}
    data = json_facts(text)
    seen = ResponseFacts(
        status, headers, text.encode(), True, url, url, expect, "https://a.vn", own,
        json=True, data=data, shape=read_shape(text) if data is None else None,
    )  # fmt: skip
    assert classify(seen)[0] is outcome
