"""Verify an archive: every file, line, seal and index row read again, each damaged thing named.

May import everything of `archive` but `cli` and `web`.
"""
