"""Fetch the files that articles name: after the last article of a night, in the same queue with the same pauses.

The archive says which files are pending; what an interrupted night leaves is pending at the next start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from archive.index.queries.attachments import PendingAttachment
from archive.model.enums import Outcome
from crawler.requests import Expect, RequestBuilder, RequestInfo, exchange_of
from crawler.responses.facts import head_of
from crawler.responses.outcome import ResponseFacts, classify
from crawler.sandbox.response_reader import answer_of
from crawler.spider.lookback import LookbackBudget
from crawler.spider.recorder import RunRecorder
from pipelines.files.file_type import kind_of
from pipelines.files.stage import FetchedAttachment

_LAST = -10  # behind articles, should one still be asked
_PAGES = (Outcome.LOGIN, Outcome.MAINTENANCE, Outcome.APP_SHELL)


def judge_attachment(seen: ResponseFacts, type_: str) -> tuple[Outcome, str | None]:
    """Return the outcome of a response to a request for a file, and a detail for its line. Pure.

    `type_` is the extension that link or address name, empty where they name none. A page or a few words in place of a
    document are no file, whatever their status: one portal answers with the 9 bytes `Wrong URL` and status 200.
    """
    outcome, detail = classify(seen)
    if outcome is not Outcome.ATTACHMENT or kind_of(seen.body) is not None:
        return outcome, detail
    named = seen.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not seen.is_text or not (type_ or named in ("text/html", "application/xhtml+xml")):
        return Outcome.UNSUPPORTED_TYPE, (named or "no document")[:80]
    if seen.shape is not None and not seen.shape.begins_html:
        return Outcome.SOFT_404, f"{len(seen.body)} bytes of text instead of the file"
    outcome, detail = classify(replace(seen, expect=Expect.ARTICLE))
    return (outcome, detail) if outcome in _PAGES else (Outcome.SOFT_404, "a page instead of the file")


@dataclass(eq=False)
class Attachments:
    """Ask for pending files and judge what comes. The files of a look-back's articles stay within its budget."""

    settings: BaseSettings
    home: str
    builder: RequestBuilder
    recorder: RunRecorder
    budget: LookbackBudget
    _asked: set[str] = field(default_factory=set, init=False)
    _older_asked: bool = field(default=False, init=False)

    def requests(self) -> list[Request]:
        """Return requests for files not asked for tonight: at first of earlier nights too, later of tonight's articles."""
        nights = 0 if self._older_asked else self.settings.getint("ATTACHMENT_NIGHTS")
        self._older_asked = True
        writer, per_article = self.recorder.writer, self.settings.getint("ATTACHMENTS_PER_ARTICLE")
        # Pending files follow from the articles' lines and not from the crawl's memory: an interrupted night loses none.
        pending = writer.lookups.pending_attachments(writer.night - timedelta(days=nights), per_article)
        taken = [file for file in pending if file.key not in self._asked and self.budget.take_file(file.key)]
        self._asked |= {file.key for file in taken}
        return [self._request(file) for file in taken]

    def _request(self, file: PendingAttachment) -> Request:
        info = RequestInfo(
            Expect.ATTACHMENT,
            self.builder.here(file.url),
            file.section,
            key=file.key,
            attachment_of=file.version,
            lookback=self.budget.mark_of_file(file.key),
        )
        conditions = {"If-None-Match": file.etag, "If-Modified-Since": file.last_modified}
        headers = {"Accept": "*/*"} | {name: value for name, value in conditions.items() if value}
        request = self.builder.build(info, self.on_response, _LAST, headers)
        request.meta["download_maxsize"] = self.settings.getint("ATTACHMENT_MAXSIZE")
        exchange_of(request).attachment = file
        return request

    async def on_response(self, response: Response) -> AsyncIterator[FetchedAttachment]:
        """Judge what a file's address brought and hand a file on to be read."""
        exchange = exchange_of(response)
        file = exchange.attachment
        assert file is not None  # noqa: S101  set with the request
        facts, answer = (
            head_of(response, exchange.info, self.home, self.recorder.hosts.asked_for_files),
            answer_of(response),
        )
        outcome, detail = judge_attachment(replace(facts, shape=answer.shape), file.type)
        if answer.unread and outcome in (Outcome.ATTACHMENT, Outcome.SOFT_404):
            outcome, detail = answer.outcome, answer.detail
        page = exchange.page(outcome, detail)
        if outcome is Outcome.ATTACHMENT:
            yield FetchedAttachment(page, response.body, file)
        else:
            self.recorder.write(page)
        self.recorder.react(outcome)
