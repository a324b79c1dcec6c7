"""New, changed, published at another time, read otherwise, a copy, or nothing: judged inside the archive's transaction."""

from __future__ import annotations

from archive.model.enums import Event
from archive.model.judgement import Judgement, Version
from archive.model.records import Document

__all__ = ["judge", "judge_reread"]


def judge(document: Document, content_sha256: str, latest: Version | None, same_content: Version | None) -> Judgement:
    """What to record of an article that was read.

    `latest` is the last version of the same article (portal and key), `same_content` the earliest stored text with the
    same folded content. The content decides: the published line is not part of it, so an article whose line alone
    changed is redated. A copy under another key or portal is stored once and recorded with both places.

    Where the document brings a second reading of the latest version's capture, that is what the publisher's change is
    measured from: what today's rules alone explain is `reread`, of which the publisher did nothing.

    Whether a text that is stored says nearly what another article says is found afterwards (archive/ingest/near_duplicates.py): it makes
    `near_duplicate` of `new` and changes nothing else.

    An attachment is one kind of event, whether it is its first version or a later one, and whether or not its text stands
    elsewhere; here `same_content` is the text of another attachment.
    """
    copy_of = _copy_of(document, same_content)
    if document.attachment_of is not None:
        same = latest is not None and latest.content_sha256 == content_sha256
        return Judgement(None) if same else Judgement(Event.ATTACHMENT, latest.id if latest else None, copy_of)
    if latest is None:
        return Judgement(Event.DUPLICATE, duplicate_of=copy_of) if copy_of else Judgement(Event.NEW)
    known = (content_sha256, document.published)
    if (latest.content_sha256, latest.published) == known:
        return Judgement(None)
    then = document.reread if document.reread and document.reread.version == latest.id else None
    if then is not None and (then.content_sha256, then.published) == known:
        return Judgement(Event.REREAD, revision_of=latest.id, duplicate_of=copy_of)
    if content_sha256 in (latest.content_sha256, then.content_sha256 if then else None):
        return Judgement(Event.REDATED, revision_of=latest.id)
    # a text that changed into another article's is still this article's revision
    return Judgement(Event.REVISION, revision_of=latest.id, duplicate_of=copy_of)


def judge_reread(
    document: Document, content_sha256: str, latest: Version | None, same_content: Version | None
) -> Judgement:
    """What to record of an archived capture that was read again: `reread`, unless the article has gone on since."""
    if latest is None or document.reread is None or latest.id != document.reread.version:
        return Judgement(None)
    return Judgement(Event.REREAD, revision_of=latest.id, duplicate_of=_copy_of(document, same_content))


def _copy_of(document: Document, same_content: Version | None) -> str | None:
    """The earliest text with the same content, when it is another article's."""
    if same_content is None or (same_content.portal, same_content.key) == (document.portal, document.key):
        return None
    return same_content.id
