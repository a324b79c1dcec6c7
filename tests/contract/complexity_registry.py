"""Register every function that takes what a stranger wrote, with the texts that it is measured on."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

from archive.diff.alignment import likeness
from archive.sealing.head import read_head, read_heads, read_statement
from archive.sealing.proof import check_proof
from archive.sealing.signatures import read_signature
from archive.search import query, snippet
from archive.search.words import content_words
from archive.similarity.facts import other_facts, sentences
from archive.similarity.minhash import containment, near, signature
from archive.storage.jsonl import decode_article, decode_page, decode_request
from archive.storage.manifest import read_seal
from archive.storage.run_record import run_from
from archive.storage.texts import text_content, text_paragraphs
from archive.storage.tombstones import read_tombstone
from crawler.downloader.robots import decide
from crawler.downloader.state_links import changes_state
from crawler.downloader.successor import refresh_target
from crawler.families.liferay_json_portlet import LiferayJsonPortletSpider
from crawler.listings.alternate_urls import is_alternate, is_archive, page_path
from crawler.listings.empty_notice import states_no_articles
from crawler.listings.feeds import read_feed, read_feed_items, read_sitemap, unpack
from crawler.listings.html_list import ListShape, read_any, read_list, read_whole
from crawler.listings.json_api import day_of, json_of
from crawler.listings.load_more import is_more, read_piece
from crawler.listings.witness import linked_feeds
from crawler.log.redaction import Redactor
from crawler.log.setup import last_event
from crawler.urls import absolute, as_key, host_of, parameters, with_parameter, without_parameter
from pipelines.article import Article, Block, BlockKind, Layout
from pipelines.boilerplate.positions import locate_blocks
from pipelines.boilerplate.recurring_lines import exclusion_reason
from pipelines.check import check, is_foreign
from pipelines.clean import clean, clean_text
from pipelines.extract import extract
from pipelines.files.docx import office_kind, read_docx
from pipelines.files.file_type import kind_of
from pipelines.files.pdf import read_pdf
from pipelines.html.addresses import join_address, split_address
from pipelines.html.decoding import declared_charset, decode_body, reads_as_text
from pipelines.html.json_values import json_facts, json_text, unescaped, value_of
from pipelines.html.page_bounds import excess_of, text_length
from pipelines.html.page_shape import html_ends, is_xml, read_shape
from pipelines.html.published import read_undated, read_visible, shown_line
from pipelines.html.tree import line, parse, served_text
from pipelines.line_shape import shape_of
from pipelines.readers.json_api import page_of
from pipelines.readers.main_content import is_date_line
from pipelines.sandbox.element_letters import bare, bare_line
from pipelines.sandbox.page_answer import answer_page
from pipelines.sandbox.page_facts import judge_page
from pipelines.sandbox.page_question import PageQuestion
from pipelines.sandbox.page_region import digest_of
from tests.contract.pumped_texts import ADDRESSES, FEEDS, JSON, LINES, MARKUP, SHALLOW, SIGNS, TEXTS, WORDS, Pumps
from vietnam.date_forms import clock_spans, date_matches, day_spans
from vietnam.dates import find_published, read_machine, read_published, read_upload, read_url_day, shows_no_moment
from vietnam.documents import cited_documents, document_numbers, read_citations, read_document_numbers, read_number
from vietnam.facts import facts, is_number_word
from vietnam.formulas import formula_kind, is_formula
from vietnam.letters import (
    clean_letters,
    decode,
    decode_as_served,
    fold,
    fold_spaces,
    is_legacy_font,
    is_mojibake,
    nfc,
    strip_diacritics,
)
from vietnam.names import is_initials, is_name, is_syllable
from vietnam.persons import person_spans
from vietnam.provinces import is_province_name
from vietnam.residue import find_residue, is_residue, residue_kind, strip_residue
from vietnam.signoff import read_signoff
from vietnam.words import folded_words, words

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://a.gov.vn/tin/1.html"


@dataclass(frozen=True, slots=True)
class Measured:
    """A function under measurement: `read` gives it a text, `pumps` are the texts that grow.

    `long_enough` are the seconds from which a run is measured. A function that does much for every part of a text needs
    more: there a little quadratic work shows only beside a lot of linear work.
    """

    read: Callable[[str], object]
    pumps: Pumps
    long_enough: float = 0.0003


def in_bytes(function: Callable[[bytes], object]) -> Callable[[str], object]:
    """Return the call with the text as UTF-8."""
    return lambda text: function(text.encode("utf-8", "surrogatepass"))


def in_lines(function: Callable[[list[str]], object]) -> Callable[[str], object]:
    """Return the call with the lines of the text."""
    return lambda text: function(text.split("\n"))


def _key_of(url: str) -> str | None:
    return url.rpartition("/")[2] if "/tin/" in url else None


LAYOUT = Layout(
    name="plain",
    fits="h1",
    title=("h1",),
    published=("time", ".news-date"),
    body=("div", "table", "p"),
    drop=(".news-item",),
    attachments=("a",),
)
_QUESTION = PageQuestion(URL, NOW, judge=True, crosscheck=True, given=b"rules")
_SHAPE = ListShape(
    module=".portlet",
    pager="div.taglib-page-iterator",
    links=("a",),
    entry="li, .news-item",
    day=".news-date",
    bare_day=True,
)
_QUERY = query.parse("xã họp -an")
_REDACT = Redactor(["hunter2-hunter2"])


def _article(text: str) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, each) for each in text.split("\n"))
    return Article(url=URL, title=text[:200], blocks=blocks)


def _document(text: str) -> bytes:
    inside = text.replace("&", "&amp;").replace("<", "&lt;")
    paragraphs = "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in inside.split("\n"))
    return docx_of(f"<w:body>{paragraphs}</w:body>")


def docx_of(inside: str) -> bytes:
    """Return a Word file with this inside its document element."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    types = "http://schemas.openxmlformats.org/package/2006"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    packed = BytesIO()
    with ZipFile(packed, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{types}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
            f'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{types}/relationships"><Relationship Id="a" Type="{office}" Target="word/document.xml"/>'
            "</Relationships>",
        )
        package.writestr("word/document.xml", f'<w:document xmlns:w="{word}">{inside}</w:document>')
    return packed.getvalue()


_RUNS: Pumps = {
    "runs in runs": lambda size: "<w:body><w:p>" + "<w:r>" * min(size // 10, 200) + "</w:r>" * min(size // 10, 200) + "</w:p></w:body>",
    "tables": lambda size: "<w:body>" + "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>" * (size // 50) + "</w:body>",
    "rows": lambda size: "<w:body><w:tbl>" + "<w:tr><w:tc><w:p/></w:tc></w:tr>" * (size // 34) + "</w:tbl></w:body>",
    "cells": lambda size: "<w:body><w:tbl><w:tr>" + "<w:tc><w:p/></w:tc>" * (size // 19) + "</w:tr></w:tbl></w:body>",
    "signs": lambda size: "<w:body><w:p>" + "<w:br/>" * (size // 7) + "</w:p></w:body>",
    "tables in tables": lambda size: (
        "<w:body>" + "<w:tbl><w:tr><w:tc>" * min(size // 60, 60) + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * min(size // 60, 60) + "</w:body>"
    ),
}  # fmt: skip

_PLAIN_TEXT: dict[str, Callable[[str], object]] = {
    "vietnam.date_forms.date_matches": lambda text: list(date_matches(text)),
    "vietnam.date_forms.day_spans": lambda text: list(day_spans(text)),
    "vietnam.date_forms.clock_spans": lambda text: list(clock_spans(text)),
    "vietnam.dates.find_published": lambda text: find_published(text, NOW),
    "vietnam.dates.shows_no_moment": lambda text: shows_no_moment(text, NOW),
    "vietnam.dates.read_published": lambda text: read_published(text, NOW),
    "vietnam.dates.read_machine": lambda text: read_machine(text, NOW),
    "vietnam.documents.read_document_numbers": read_document_numbers,
    "vietnam.documents.document_numbers": document_numbers,
    "vietnam.documents.read_number": read_number,
    "vietnam.documents.cited_documents": cited_documents,
    "vietnam.documents.read_citations": read_citations,
    "vietnam.facts.is_number_word": is_number_word,
    "vietnam.facts.facts": facts,
    "vietnam.formulas.formula_kind": formula_kind,
    "vietnam.formulas.is_formula": is_formula,
    "vietnam.letters.nfc": nfc,
    "vietnam.letters.fold_spaces": fold_spaces,
    "vietnam.letters.clean_letters": clean_letters,
    "vietnam.letters.fold": fold,
    "vietnam.letters.strip_diacritics": strip_diacritics,
    "vietnam.letters.decode": in_bytes(lambda body: decode(body, None)),
    "vietnam.letters.decode_as_served": in_bytes(lambda body: decode_as_served(body, "windows-1258")),
    "vietnam.letters.is_mojibake": is_mojibake,
    "vietnam.letters.is_legacy_font": is_legacy_font,
    "vietnam.names.is_syllable": is_syllable,
    "vietnam.names.is_name": is_name,
    "vietnam.names.is_initials": is_initials,
    "vietnam.persons.person_spans": lambda text: list(person_spans(text)),
    "vietnam.provinces.is_province_name": is_province_name,
    "vietnam.residue.residue_kind": residue_kind,
    "vietnam.residue.is_residue": is_residue,
    "vietnam.residue.find_residue": in_lines(find_residue),
    "vietnam.residue.strip_residue": in_lines(strip_residue),
    "vietnam.signoff.read_signoff": in_lines(read_signoff),
    "vietnam.words.words": lambda text: list(words(text)),
    "vietnam.words.folded_words": folded_words,
    "archive.diff.alignment.likeness": in_lines(lambda lines: likeness(lines, lines[::2])),
    "archive.search.query.parse": query.parse,
    "archive.search.snippet.marks": lambda text: snippet.marks(text, _QUERY),
    "archive.search.snippet.snippet": in_lines(lambda lines: snippet.snippet(lines, _QUERY)),
    "archive.search.words.content_words": in_lines(content_words),
    "archive.storage.texts.text_paragraphs": lambda text: text_paragraphs(text, "12/3/2024"),
    "archive.storage.texts.text_content": lambda text: text_content(text, "12/3/2024"),
    "archive.sealing.head.read_head": read_head,
    "archive.sealing.head.read_heads": read_heads,
    "archive.similarity.facts.other_facts": lambda text: other_facts(text, text[::-1]),
    "archive.similarity.facts.sentences": sentences,
    "archive.similarity.minhash.signature": signature,
    "archive.similarity.minhash.near": lambda text: near(text, text[::-1]),
    "archive.similarity.minhash.containment": lambda text: containment(text, text[::-1]),
    "pipelines.boilerplate.recurring_lines.exclusion_reason": exclusion_reason,
    "pipelines.check.is_foreign": is_foreign,
    "pipelines.check.check": lambda text: check(_article(text), NOW),
    "pipelines.clean.clean": lambda text: clean(_article(text)),
    "pipelines.clean.clean_text": clean_text,
    "pipelines.files.file_type.kind_of": in_bytes(kind_of),
    "pipelines.html.decoding.reads_as_text": in_bytes(reads_as_text),
    "pipelines.html.decoding.declared_charset": declared_charset,
    "pipelines.html.published.read_visible": lambda text: read_visible(text, NOW),
    "pipelines.html.published.read_undated": lambda text: read_undated(text, NOW),
    "pipelines.html.published.shown_line": lambda text: shown_line(text, NOW),
    "pipelines.html.tree.line": line,
    "pipelines.line_shape.shape_of": shape_of,
    "pipelines.html.json_values.unescaped": unescaped,
    "pipelines.readers.main_content.is_date_line": is_date_line,
    "pipelines.sandbox.element_letters.bare": bare,
    "pipelines.sandbox.element_letters.bare_line": bare_line,
    "crawler.listings.json_api.day_of": day_of,
    "crawler.listings.load_more.is_more": is_more,
    "crawler.log.redaction.Redactor": _REDACT,
    "crawler.log.setup.last_event": last_event,
    "crawler.downloader.robots.decide": in_bytes(lambda body: decide(200, body, frozenset(), "LuuTru", 10)),
}
_PAGES: dict[str, Callable[[str], object]] = {
    "pipelines.extract.extract": in_bytes(lambda body: extract(body, URL, (), NOW)),
    "pipelines.html.addresses.split_address": split_address,
    "pipelines.html.addresses.join_address": lambda text: join_address("https://a.vn/", text),
    "pipelines.html.page_bounds.excess_of": excess_of,
    "pipelines.html.page_bounds.text_length": text_length,
    "pipelines.html.page_shape.read_shape": read_shape,
    "pipelines.html.page_shape.is_xml": is_xml,
    "pipelines.html.page_shape.html_ends": html_ends,
    "pipelines.html.tree.served_text": in_bytes(served_text),
    "pipelines.html.tree.parse": in_bytes(lambda body: parse(body, URL)),
    "pipelines.sandbox.page_facts.judge_page": in_bytes(lambda body: judge_page(_QUESTION, (LAYOUT,), body)),
    "pipelines.sandbox.page_region.digest_of": in_bytes(lambda body: digest_of(_QUESTION, (LAYOUT,), body)),
    "crawler.listings.empty_notice.states_no_articles": states_no_articles,
    "crawler.listings.witness.linked_feeds": lambda text: linked_feeds(URL, text),
    "crawler.downloader.successor.refresh_target": in_bytes(lambda body: refresh_target(body, URL)),
}
_WHOLE_READINGS: dict[str, Callable[[str], object]] = {
    "pipelines.boilerplate.positions.locate_blocks": in_bytes(lambda body: locate_blocks(body, URL, (LAYOUT,), NOW)),
    "pipelines.sandbox.page_answer.answer_page": in_bytes(lambda body: list(answer_page(_QUESTION, (LAYOUT,), body))),
    "crawler.listings.html_list.read_list": lambda text: read_list(URL, text, _SHAPE, _key_of),
    "crawler.listings.html_list.read_whole": lambda text: read_whole(URL, text, _SHAPE, _key_of),
    "crawler.listings.html_list.read_any": lambda text: read_any(URL, text, _key_of),
}
_JSON: dict[str, Callable[[str], object]] = {
    "archive.storage.jsonl.decode_article": in_bytes(decode_article),
    "archive.storage.jsonl.decode_page": in_bytes(decode_page),
    "archive.storage.jsonl.decode_request": decode_request,
    "archive.storage.manifest.read_seal": in_bytes(read_seal),
    "archive.storage.run_record.run_from": run_from,
    "archive.storage.tombstones.read_tombstone": in_bytes(read_tombstone),
    "archive.sealing.head.read_statement": in_bytes(read_statement),
    "archive.sealing.proof.check_proof": in_bytes(check_proof),
    "archive.sealing.signatures.read_signature": in_bytes(read_signature),
    "pipelines.readers.json_api.page_of": in_bytes(lambda body: page_of(body, URL, LiferayJsonPortletSpider.layouts)),
    "pipelines.html.json_values.json_text": json_text,
    "pipelines.html.json_values.value_of": value_of,
    "pipelines.html.json_values.json_facts": json_facts,
    "crawler.listings.json_api.json_of": json_of,
    "crawler.listings.load_more.read_piece": lambda text: read_piece(text, URL, _key_of),
}
_FEEDS: dict[str, Callable[[str], object]] = {
    "crawler.listings.feeds.read_feed": in_bytes(lambda body: read_feed(URL, body, _key_of, NOW)),
    "crawler.listings.feeds.read_feed_items": in_bytes(lambda body: read_feed_items(URL, body, NOW)),
    "crawler.listings.feeds.read_sitemap": in_bytes(lambda body: read_sitemap(URL, body, _key_of, NOW)),
}
_ADDRESSES: dict[str, Callable[[str], object]] = {
    "vietnam.dates.read_url_day": read_url_day,
    "vietnam.dates.read_upload": lambda text: read_upload(text, NOW),
    "crawler.downloader.state_links.changes_state": changes_state,
    "crawler.listings.alternate_urls.page_path": page_path,
    "crawler.listings.alternate_urls.is_archive": is_archive,
    "crawler.listings.alternate_urls.is_alternate": is_alternate,
    "crawler.urls.absolute": lambda text: absolute(URL, text),
    "crawler.urls.as_key": as_key,
    "crawler.urls.parameters": parameters,
    "crawler.urls.with_parameter": lambda text: with_parameter(text, "a1", "c"),
    "crawler.urls.without_parameter": lambda text: without_parameter(text, "a1"),
    "crawler.urls.host_of": host_of,
}
_FILES: dict[str, Callable[[str], object]] = {
    "pipelines.files.docx.read_docx": lambda text: read_docx(_document(text)),
    "pipelines.files.docx.office_kind": lambda text: office_kind(_document(text)),
    "pipelines.files.pdf.read_pdf": in_bytes(lambda body: read_pdf(b"%PDF-1.4\n" + body)),
    "pipelines.html.decoding.decode_body": in_bytes(lambda body: decode_body(gzip.compress(body), "gzip", 1 << 24)),
    "crawler.listings.feeds.unpack": in_bytes(lambda body: unpack(gzip.compress(body))),
}


def _with(
    pumps: Pumps, functions: dict[str, Callable[[str], object]], long_enough: float = 0.0003
) -> dict[str, Measured]:
    return {name: Measured(read, pumps, long_enough) for name, read in functions.items()}


REGISTRY: dict[str, Measured] = {
    **_with(TEXTS, _PLAIN_TEXT),
    **_with({**MARKUP, **SIGNS}, _PAGES),
    **_with(SHALLOW, _WHOLE_READINGS, 0.006),
    **_with({**JSON, **SIGNS}, _JSON),
    **_with(FEEDS, _FEEDS),
    **_with(ADDRESSES, _ADDRESSES),
    **_with({**WORDS, **LINES}, _FILES),
    "the parts of a Word file": Measured(lambda text: read_docx(docx_of(text)), _RUNS),
}
