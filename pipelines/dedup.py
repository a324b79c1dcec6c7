"""Judge an article inside the archive's transaction: new, revision, redated, reread, duplicate, or nothing."""

from __future__ import annotations

from archive.model.enums import Event
from archive.model.judgement import Judgement, Version
from archive.model.records import Document


def judge(document: Document, content_sha256: str, latest: Version | None, same_content: Version | None) -> Judgement:
    """Decide the event of an article that was read.

    `latest` is the last version of the same article (portal and key). `same_content` is the earliest stored text with
    the same folded content. The content decides: the published line is not part of it, so an article whose line alone
    changed is redated. A copy under another key or portal is stored once and recorded with both places.

    Where the document carries a second reading of the latest version's capture, the publisher's change is measured from
    that reading. A difference that today's rules alone explain is `reread`: the publisher did nothing.

    Near duplicates are found afterwards (`archive.ingest.near_duplicates`), which turns `new` into `near_duplicate` and
    changes nothing else.

    An attachment has one kind of event, first version or later, stored elsewhere or not; `same_content` is then the
    text of another attachment.
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
    """Decide the event of an archived capture that was read again: `reread`, unless a newer version exists."""
    if latest is None or document.reread is None or latest.id != document.reread.version:
        return Judgement(None)
    return Judgement(Event.REREAD, revision_of=latest.id, duplicate_of=_copy_of(document, same_content))


def _copy_of(document: Document, same_content: Version | None) -> str | None:
    """Return the earliest text with the same content, when it is another article's."""
    if same_content is None or (same_content.portal, same_content.key) == (document.portal, document.key):
        return None
    return same_content.id
