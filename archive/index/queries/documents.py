"""Query numbered documents: which numbers the texts name, where, and with which day."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from archive.index.rows import Mention, record_of
from archive.index.schema import DOCUMENTS, RUNS


@dataclass(frozen=True, slots=True)
class DocumentQueries:
    """Query mentions of numbered documents on one connection."""

    connection: Connection

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
