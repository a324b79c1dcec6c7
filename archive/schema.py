"""The tables of `index.db`. Everything in them follows from the files: `rebuild` makes the same rows again.

`at` is a place in the files that sorts by time: `night/run ordinal/line`. `listed` keeps the first place an entry stood in a
section and `looks` the last response for an article or attachment, whatever the order in which lines arrive.
`attachments` has a row for each file that each line of an article names.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

__all__ = ["ATTACHMENTS", "EVENTS", "LISTED", "LOOKS", "METADATA", "PAGES", "RUNS", "SEALS", "TABLES"]

METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("night", String, primary_key=True),
    Column("run", String, primary_key=True),
    Column("portal", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("record", Text, nullable=False),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("night", String, primary_key=True),
    Column("run", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("event", String, nullable=False),
    Column("id", String, nullable=False),
    Column("portal", String, nullable=False),
    Column("section", String, nullable=False),
    Column("key", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_plain", Text, nullable=False),
    Column("published", String),
    Column("author", Text),
    Column("file", String),
    Column("sha256", String),
    Column("content_sha256", String, nullable=False),
    Column("revision_of", String),
    Column("duplicate_of", String),
    Column("attachment_of", String),
    Column("flags", Text, nullable=False),
    Index("events_article", "portal", "key", "at"),
    Index("events_content", "content_sha256", "at"),
    Index("events_id", "id"),
    Index("events_url", "url"),
    Index("events_sha256", "sha256"),
)

ATTACHMENTS = Table(
    "attachments",
    METADATA,
    Column("night", String, primary_key=True),
    Column("run", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("event", String, nullable=False),
    Column("version", String, nullable=False),
    Column("portal", String, nullable=False),
    Column("section", String, nullable=False),
    Column("article", String, nullable=False),
    Column("key", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", String, nullable=False),
    Index("attachments_night", "portal", "night"),
    Index("attachments_article", "portal", "article", "at"),
)

PAGES = Table(
    "pages",
    METADATA,
    Column("night", String, primary_key=True),
    Column("run", String, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("portal", String, nullable=False),
    Column("section", String),
    Column("key", String),
    Column("url", Text, nullable=False),
    Column("outcome", String, nullable=False),
    Column("status", Integer),
    Column("walk_end", String),
    Column("fetched_at", String, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_sha256", String),
    Column("warc_file", String),
    Column("warc_offset", Integer),
    Column("warc_length", Integer),
    Index("pages_url", "portal", "url", "at"),
    Index("pages_article", "portal", "key", "at"),
    Index("pages_walk", "portal", "section", "walk_end", "at"),
)

LISTED = Table(
    "listed",
    METADATA,
    Column("portal", String, primary_key=True),
    Column("section", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("day", String),
)

LOOKS = Table(
    "looks",
    METADATA,
    Column("portal", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("section", String),
    Column("url", Text, nullable=False),
    Column("outcome", String, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_sha256", String),
    Column("next_look", String),
    Index("looks_due", "portal", "next_look"),
)

SEALS = Table(
    "seals",
    METADATA,
    Column("night", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("head", String, nullable=False),
    Column("previous", String),
    Column("root", String, nullable=False),
    Column("files", Integer, nullable=False),
)

TABLES = (RUNS, EVENTS, ATTACHMENTS, PAGES, LISTED, LOOKS, SEALS)
