"""Make the documents that a good reading of the composed pages and files gives, without extracting anything."""

from __future__ import annotations

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
    return Document(
        portal=site.portal,
        section=page.section or "",
        url=page.url,
        key=shown.key,
        title=read.title,
        text=text,
        content="\n".join([read.title, *blocks]),
        fetched_at=page.fetched_at,
        via=ArchiveKind.REPLICA,
        warc=page.warc,
        published=read.published,
        published_raw=read.published_raw or None,
        published_from="title_block" if read.published_raw else "metadata",
        author=read.author,
        layout=site.family,
        extractor="composed",
        documents=document_numbers(text),
        cited=cited_documents(text),
        attachments=tuple(Attachment(one.name, one.url, "pdf") for one in read.attachments),
    )


def file_document(portal: str, line: ArticleLine, file: Attachment, said: ReplicaFile, page: PageRecord) -> Document:
    """Return a file that the article of a line names."""
    text = "\n\n".join(said.paragraphs) + "\n"
    return Document(
        portal=portal,
        section=line.section,
        url=file.url,
        key=page.key or "",
        title=file.name,
        text=text,
        content=text,
        fetched_at=page.fetched_at,
        via=ArchiveKind.REPLICA,
        warc=page.warc,
        layout="pdf",
        extractor="composed",
        documents=document_numbers(text),
        cited=cited_documents(text),
        attachment_of=line.id,
    )
