"""New, changed, published at another time, a copy, or nothing to keep: judged inside the archive's transaction."""

from __future__ import annotations

from archive.judgement import Judgement, Version
from archive.records import Document, Event

__all__ = ["judge"]


def judge(document: Document, content_sha256: str, latest: Version | None, same_content: Version | None) -> Judgement:
    """What to record of an article that was read.

    `latest` is the last version of the same article (portal and key), `same_content` the earliest stored text with the
    same folded content. The content decides: the published line is not part of it, so an article whose line alone
    changed is redated. A copy under another key or portal is stored once and recorded with both places.
    """
    if latest is not None and latest.content_sha256 == content_sha256:
        if latest.published == document.published:
            return Judgement(None)
        return Judgement(Event.REDATED, revision_of=latest.id)
    copy_of = None
    if same_content is not None and (same_content.portal, same_content.key) != (document.portal, document.key):
        copy_of = same_content.id
    if latest is not None:  # a text that changed into another article's is still this article's revision
        return Judgement(Event.REVISION, revision_of=latest.id, duplicate_of=copy_of)
    if copy_of is not None:
        return Judgement(Event.DUPLICATE, duplicate_of=copy_of)
    return Judgement(Event.NEW)
