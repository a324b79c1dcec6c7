"""Store the words in `search.db`: FTS5 without the texts themselves, which stand in the archive's files.

The words are our own (`vietnam.words`), joined by blanks: the tokenizer `ascii` parts them there and changes nothing
else, since they have no other sign of ASCII than letters and digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Integer, Select, bindparam, column, insert, literal_column, select, table

from archive.index.sqlite import SqliteFile
from archive.search.backend import Connect, ContentWords, SearchStore, WordRows
from archive.search.query import Term
from archive.search.schema import COLUMNS, METADATA

_CREATE = f"CREATE VIRTUAL TABLE words USING fts5({', '.join(COLUMNS)}, content='', columnsize=0, tokenize='ascii')"
_WORDS = table("words", column("rowid", Integer), *(column(name) for name in COLUMNS))


@dataclass(frozen=True, slots=True)
class SqliteSearch(SearchStore):
    """A separate SQLite file, so that filling it holds up no crawl."""

    database: SqliteFile
    insertion = insert(_WORDS)
    number = "rowid"

    def exists(self, connect: Connect) -> bool:
        return self.database.exists()

    def drop(self, connect: Connect) -> None:
        # No table can be dropped in a damaged file; readers of the old file read on.
        for extra in ("", "-wal", "-shm", "-journal"):
            self.database.path.with_name(self.database.path.name + extra).unlink(missing_ok=True)

    def remake(self, connect: Connect) -> None:
        self.drop(connect)
        with connect() as connection:
            METADATA.create_all(connection)
            connection.exec_driver_sql(_CREATE)

    @staticmethod
    def rows(content: ContentWords) -> WordRows:
        return [{name: " ".join(getattr(content, name)) for name in COLUMNS}]

    def optimize(self, connection: Connection) -> None:
        return

    def matching(self, column: str, terms: Sequence[Term], *, exact: bool) -> Select[tuple[int]]:
        phrases = " AND ".join(_phrase(term, exact) for term in terms)
        match = literal_column("words").op("MATCH")(bindparam(None, f"{column} : ({phrases})"))
        return select(_WORDS.c.rowid).where(match)

    def counted(self, connection: Connection) -> int:
        # FTS5 cannot list the rows of a table without texts; its record of averages begins with how many there are.
        record = connection.exec_driver_sql("SELECT block FROM words_data WHERE id = 1").scalar()
        return _varint(bytes(record or b"\0"))


def _varint(record: bytes) -> int:
    """Return the number at the start of a record of SQLite: seven bits a byte, the eighth is set when more follow."""
    value = 0
    for byte in record:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value


def _phrase(term: Term, exact: bool) -> str:
    """Return a phrase in FTS5's own form; words have no quotation marks in them."""
    return f'"{" ".join(term.forms(exact))}"' + ("*" if term.prefix else "")
