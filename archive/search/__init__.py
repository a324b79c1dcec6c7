"""Fill `search.db` (SQLite FTS5 or PostgreSQL) and answer full-text queries.

May import `store` and what stands below it.
"""
