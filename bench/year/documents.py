"""Make the documents that a good reading of the composed pages and files gives, without extracting anything."""

from __future__ import annotations

from dataclasses import replace

from archive.model.enums import ArchiveKind
from archive.model.records import Attachment, Document, PageRecord
from archive.storage.jsonl import ArticleLine
from replicas.articles import expected_of
from replicas.files import ReplicaFile
from replicas.records import ReplicaArticle
from replicas.sites.composed import ComposedSite
from vietnam.documents import cited_documents, document_numbers


def article_document(site: ComposedSite, shown: ReplicaArticle, page: PageRecord) -> Document:
    """Return an article as its page reads."""
    read = expected_of(site, shown)
    blocks = [block.text for block in read.blocks]
    text = "\n\n".join(part for part in (read.title, read.published_raw, *blocks) if part) + "\n"
    document = _document(site.portal, page, shown.key, read.title, text)
    return replace(
        document,
        content="\n".join([read.title, *blocks]),
        published=read.published,
        published_raw=read.published_raw or None,
        published_from="title_block" if read.published_raw else "metadata",
        author=read.author,
        layout=site.family,
        attachments=tuple(Attachment(one.name, one.url, "pdf") for one in read.attachments),
    )


def file_document(portal: str, line: ArticleLine, file: Attachment, said: ReplicaFile, page: PageRecord) -> Document:
    """Return a file that the article of a line names."""
    text = "\n\n".join(said.paragraphs) + "\n"
    document = _document(portal, page, page.key or "", file.name, text)
    return replace(document, layout="pdf", attachment_of=line.id)


def _document(portal: str, page: PageRecord, key: str, title: str, text: str) -> Document:
    return Document(
        portal=portal,
        section=page.section or "",
        url=page.url,
        key=key,
        title=title,
        text=text,
        content=text,
        fetched_at=page.fetched_at,
        via=ArchiveKind.REPLICA,
        warc=page.warc,
        extractor="composed",
        documents=document_numbers(text),
        cited=cited_documents(text),
    )
