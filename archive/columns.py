"""The column type of every word in the index: the same text in the same order, whatever database holds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

__all__ = ["Words"]


class Words(TypeDecorator[str]):
    """Text in the order of its UTF-8 bytes (SQLite's BINARY, PostgreSQL's "C"), never in that of a database's locale.

    PostgreSQL refuses NUL in text: U+FFFD stands in its place, on every database and in comparisons too, so that all hold
    the same rows. What was read stands in the files as it was.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:  # Any: as SQLAlchemy declares it
        """The type that the database knows."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is stored, or looked for."""
        return value.replace("\0", "\ufffd") if value is not None and "\0" in value else value
