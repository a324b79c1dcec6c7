"""Hold queued lines until they are committed, and part them into groups that the index is asked about at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from archive.index.column_types import storable
from archive.index.queries.similar import Fingerprint
from archive.ingest.near_duplicates import fingerprint
from archive.messages.reason import Reason
from archive.model.records import Document, PageRecord, Reading
from archive.storage.texts import content_sha256, text_bytes


@dataclass(slots=True)
class QueuedLine:
    """Hold one queued line: its page, and the document read from it. `reasons` send the document into quarantine.

    `new_key` is the key that the page's address has, where it is another than the article's. `digest` is the SHA-256 of
    the document's text file, `content` that of what it says. `is_gone` is True when no article has stood at the page's
    address for `gone_after` days. `again` is the reading of an article whose page need not be read, `changed` says that
    the publisher changed the article.
    """

    page: PageRecord | None
    document: Document | None = None
    reasons: tuple[Reason, ...] = ()
    gone_after: int | None = None
    new_key: str | None = None
    again: Reading | None = None
    temporary: Path | None = None
    data: bytes = b""
    digest: str = ""
    content: str = ""
    fingerprint: Fingerprint | None = None
    last_body: str | None = None
    is_gone: bool = False
    changed: bool = False

    @property
    def keys(self) -> set[str]:
        """The articles and attachments that the line is about, as the index names them."""
        of_page = self.page.key if self.page is not None else None
        of_document = self.document.key if self.document is not None else None
        return {storable(key) for key in (of_page, of_document) if key is not None}

    @property
    def concerns_others(self) -> bool:
        """True if the line may add events of articles that it is not about: it may be another article's new address."""
        return self.is_gone or self.new_key is not None


def is_textless(document: Document) -> bool:
    """Return whether this is an attachment without a text; an article's text has its title at least."""
    return document.attachment_of is not None and not document.text


def prepare(line: QueuedLine) -> None:
    """Make the bytes of a line's text, their digests and the text's fingerprint.

    An attachment without a text is known by the digest of its file.
    """
    document = line.document
    if document is None:
        return
    if not is_textless(document):
        line.data = text_bytes(document.text)
    line.digest, line.content = sha256(line.data).hexdigest(), content_sha256(document.content)
    if is_textless(document):
        line.digest = line.content = (line.page and line.page.body_sha256) or line.digest
    elif not line.reasons and document.attachment_of is None:
        line.fingerprint = fingerprint(line.data, document.published_raw)


def independent_groups(queue: Iterable[QueuedLine]) -> Iterator[list[QueuedLine]]:
    """Part queued lines, in order, so that no line of a group is judged by what another one of it adds to the index.

    A line is judged by the events of its articles and by the stored texts with its content.
    """
    group: list[QueuedLine] = []
    seen: set[tuple[str, str]] = set()
    for line in queue:
        about = {("article", key) for key in line.keys}
        if line.document is not None and not line.reasons:
            about.add(("content", line.content))
        if group and (seen & about or line.concerns_others or group[-1].concerns_others):
            yield group
            group, seen = [], set()
        group.append(line)
        seen |= about
    if group:
        yield group
