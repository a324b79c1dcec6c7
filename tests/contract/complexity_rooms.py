"""Name the rooms whose functions are measured, and the functions that need no measurement, each with its reason."""

from __future__ import annotations

ROOMS = (
    "vietnam",
    "archive.diff",
    "archive.search",
    "archive.sealing",
    "archive.similarity",
    "archive.storage",
    "pipelines.boilerplate",
    "pipelines.check",
    "pipelines.clean",
    "pipelines.extract",
    "pipelines.files",
    "pipelines.html",
    "pipelines.line_shape",
    "pipelines.readers",
    "pipelines.sandbox",
    "crawler.downloader",
    "crawler.listings",
    "crawler.log",
    "crawler.responses",
    "crawler.urls",
)

OPERATORS_WORDS = frozenset(
    "url base name declared declared_encoding slug host home portal key kind path version digest address encoding what "
    "arguments agent contact policy province folder more forms button labels names selector tombstone run command "
    "secrets content_sha256 content_type doing signature leaf".split()
)
"""Names of parameters that a program or its operator fills in, and those of addresses beside a body."""

_BUDGET = "it spends a budget of steps: tests/unit/archive/diff/test_matching.py"
_BYTES = "it hashes, signs, packs or writes the bytes as they are"
_OWN = "its text is the program's own or an operator's"
_BRIEF = "it looks one name or number up"
_RECEIPT = "a receipt has 65,536 bytes and 256 steps at the most: tests/unit/archive/sealing/test_opentimestamps.py"


def _part_of(registered: str) -> str:
    return f"all that it does is measured in {registered}"


NO_TEXT: dict[str, str] = {
    "archive.diff.alignment.pairs": _BUDGET,
    "archive.diff.classify.changes": _BUDGET,
    "archive.diff.words.diff_paragraphs": _BUDGET,
    "archive.sealing.answers.ask": _BYTES,
    "archive.sealing.opentimestamps.extended": _RECEIPT,
    "archive.sealing.opentimestamps.read_block_header": _BRIEF,
    "archive.sealing.opentimestamps.read_branch": _RECEIPT,
    "archive.sealing.opentimestamps.read_receipt": _RECEIPT,
    "archive.sealing.proof_dates.packed": _BYTES,
    "archive.sealing.receipts.ask_calendars": _RECEIPT,
    "archive.sealing.receipts.check_receipt": _RECEIPT,
    "archive.sealing.key_changes.read_key_change": _part_of("read_seal and read_signature"),
    "archive.sealing.proof.make_proof": _part_of("check_proof"),
    "archive.sealing.signatures.sign": _BYTES,
    "archive.sealing.signatures.signature_holds": _BYTES,
    "archive.sealing.signatures.verify_signature": _BYTES,
    "archive.sealing.timestamps.ask_authority": _BYTES,
    "archive.sealing.timestamps.keep_timestamp": _BYTES,
    "archive.sealing.timestamps.stamped_at": _BYTES,
    "archive.search.postgresql.parts_of": _part_of("query.parse, which bounds the words"),
    "archive.similarity.minhash.unpack": _BYTES,
    "archive.storage.fsync.append_durably": _BYTES,
    "archive.storage.fsync.write_durably": _BYTES,
    "archive.storage.fsync.write_flushed": _BYTES,
    "archive.storage.jsonl.article_line": _OWN,
    "archive.storage.jsonl.decode": _part_of("decode_article, run_from and read_tombstone"),
    "archive.storage.merkle.leaf_hash": _BYTES,
    "archive.storage.warc.parse_member": "warcio reads one record, whose bytes have the digest that its line names",
    "archive.storage.warc.is_member": _BYTES,
    "archive.storage.texts.content_sha256": _BYTES,
    "archive.storage.texts.text_bytes": _BYTES,
    "archive.storage.tombstones.unsealed": _OWN,
    "archive.storage.warc.payload_digest": _BYTES,
    "crawler.downloader.backoff.retry_after_seconds": _BRIEF,
    "crawler.listings.forms.with_field": _BRIEF,
    "crawler.listings.forms.with_values": _BRIEF,
    "crawler.listings.json_api.entry_of": _part_of("fold_spaces and day_of"),
    "crawler.listings.pagination.attribute": _BRIEF,
    "crawler.listings.pagination.number_of": _BRIEF,
    "crawler.log.files.add_line": _BYTES,
    "crawler.log.files.open_log": _OWN,
    "crawler.log.redaction.secrets_of_addresses": _OWN,
    "crawler.log.setup.event_line": _OWN,
    "crawler.log.setup.refuse": _OWN,
    "crawler.log.setup.style_of": _OWN,
    "crawler.responses.facts.page_text": _part_of("decode and reads_as_text"),
    "crawler.responses.facts.read_facts": _part_of("judge_page and read_shape"),
    "pipelines.files.text.read_attachment": _part_of("read_docx and read_pdf"),
    "pipelines.html.page_bounds.refuse_excess": _part_of("excess_of"),
    "pipelines.html.page_shape.shape_of": _part_of("read_shape"),
    "pipelines.html.published.uploaded_on": _part_of("read_upload"),
    "pipelines.html.stated.stated_metadata": _part_of("answer_page"),
    "pipelines.html.title.without_site": _part_of("extract"),
    "pipelines.html.tree.parse_text": _part_of("parse"),
    "pipelines.html.tree.shared_tree": _part_of("read_shape"),
    "pipelines.readers.json_api.pages_of": _part_of("page_of"),
    "pipelines.readers.json_api.plain_text": _part_of("page_of"),
    "pipelines.sandbox.child_process.framed": _BYTES,
    "pipelines.sandbox.extraction_worker.page_request": _BYTES,
    "pipelines.sandbox.page_facts.record_of": _part_of("answer_page and page_of"),
    "pipelines.sandbox.page_question.layouts_of": _OWN,
    "vietnam.provinces.find_province": _BRIEF,
}
"""Functions that are not measured themselves."""
