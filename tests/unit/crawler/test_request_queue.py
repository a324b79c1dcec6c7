"""Requests come out of their queue as they went in, in their order, and take little memory meanwhile."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from scrapy.http import FormRequest, Request, Response
from twisted.python.failure import Failure

from crawler.request_queue import RequestQueue
from crawler.requests import Expect, RequestBuilder, exchange_of


class Spider:
    def on_response(self, response: Response) -> None: ...

    def on_failure(self, failure: Failure) -> None: ...


SPIDER = Spider()
BUILDER = RequestBuilder(lambda url: url.replace(".vn", ".vn.replica.test"), SPIDER.on_failure)


def article(number: int, **headers: str) -> Request:
    info = BUILDER.info(Expect.ARTICLE, f"https://tinh.gov.vn/tin tức/bài-{number}", "tin")
    return BUILDER.build(replace(info, key=f"bai-{number}"), SPIDER.on_response, headers=headers)


def of_meta(request: Request, **meta: object) -> Request:
    request.meta.update(meta)
    return request


@pytest.mark.parametrize(
    "request_",
    [
        article(1),
        article(2, **{"If-None-Match": '"1"', "If-Modified-Since": "Mon, 03 Mar 2025 00:00:00 GMT"}),
        BUILDER.build(BUILDER.info(Expect.LISTING, "https://tinh.gov.vn/tin", "tin"), SPIDER.on_response, 10),
        of_meta(article(3), download_maxsize=5),
        Request("https://tinh.gov.vn/a", SPIDER.on_response),
        Request("https://tinh.gov.vn/a", method="POST", body="a=1", meta=article(4).meta),
        Request("https://tinh.gov.vn/a", method="HEAD", meta=article(4).meta),
        Request("https://tinh.gov.vn/a", meta=article(4).meta, cookies={"a": "1"}, flags=["b"], cb_kwargs={"c": 1}),
        Request("https://tinh.gov.vn/a", meta=article(4).meta, dont_filter=True, encoding="latin-1"),
        Request("https://tinh.gov.vn/another", meta=article(4).meta),
        FormRequest("https://tinh.gov.vn/a", meta=article(4).meta),
    ],
)
def test_a_request_comes_out_as_it_went_in(request_: Request) -> None:
    queue = RequestQueue()
    expected = {name: getattr(request_, name) for name in Request.attributes}
    exchange = request_.meta.get("exchange")
    queue.push(request_)
    for found in (queue.peek(), queue.pop()):
        assert found is not None
        assert type(found) is type(request_)
        assert {name: getattr(found, name) for name in Request.attributes} == expected
        if exchange is not None:
            assert exchange_of(found) is exchange
    assert (queue.pop(), queue.peek(), len(queue)) == (None, None, 0)


def test_the_first_that_came_is_the_first_that_goes() -> None:
    queue = RequestQueue()
    for number in range(3):
        queue.push(article(number))
    assert len(queue) == 3
    gone = [queue.pop() for _ in range(3)]
    assert [exchange_of(each).info.key for each in gone if each is not None] == ["bai-0", "bai-1", "bai-2"]


def test_a_waiting_article_takes_few_bytes() -> None:
    queue, held = RequestQueue(), []
    tracemalloc.start()
    try:
        for start in (0, 200, 400):
            for number in range(start, start + 200):
                queue.push(article(number))
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[2] - held[1] <= 200 * 700  # with its address, key and exchange; as a request it takes 1,200
