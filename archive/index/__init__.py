"""Hold `index.db` (SQLite or PostgreSQL): tables, connections, transactions, and reading back by its rows.

May import `storage`, `model`, `similarity` and `diff`.
"""
