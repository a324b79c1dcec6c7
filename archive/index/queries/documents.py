"""Query numbered documents: which numbers the texts name, where, and with which day."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, and_, insert, select

from archive.index.rows import Mention, record_of
from archive.index.schema import DOCUMENTS, RUNS
from archive.model.enums import VERSIONS, Event
from archive.storage.jsonl import ArticleLine
from vietnam.documents import CitationContext, read_number

_NAMING = {*VERSIONS, Event.ATTACHMENT}


@dataclass(frozen=True, slots=True)
class DocumentQueries:
    """Record and query mentions of numbered documents on one connection."""

    connection: Connection

    def add(self, night: date, run: str, at: str, line: ArticleLine) -> None:
        """Record the document numbers that the text of a line names, each with the day and issuer beside it."""
        if line.event not in _NAMING:
            return
        beside = {cited.raw: cited for cited in line.cited}
        of_line = {"night": night.isoformat(), "run": run, "seq": line.seq, "at": at, "id": line.id}
        of_line |= {"portal": line.portal, "published": line.published}
        rows = []
        for position, raw in enumerate(line.documents):
            read = read_number(raw)
            if read is None:
                continue
            digits = read.number.rstrip("abcdefghijklmnopqrstuvwxyzđ")
            context = beside.get(raw, CitationContext(raw))
            row = of_line | asdict(read) | {"position": position, "raw": raw}
            row |= {"number": int(digits), "letter": read.number[len(digits) :]}
            row |= {"issued": context.day.isoformat() if context.day else None, "issuer": context.by}
            rows.append(row)
        if rows:
            self.connection.execute(insert(DOCUMENTS), rows)

    def mentions(self, number: int | None = None) -> list[Mention]:
        """Return every mention in the order of the files, or those of one number (of any issuer)."""
        of_run = and_(RUNS.c.night == DOCUMENTS.c.night, RUNS.c.run == DOCUMENTS.c.run)
        query = select(DOCUMENTS, RUNS.c.province).join(RUNS, of_run, isouter=True)
        if number is not None:
            query = query.where(DOCUMENTS.c.number == number)
        query = query.order_by(DOCUMENTS.c.at, DOCUMENTS.c.portal, DOCUMENTS.c.position)
        return [
            record_of(row, Mention, published=row.published and row.published[:10])
            for row in self.connection.execute(query)
        ]
