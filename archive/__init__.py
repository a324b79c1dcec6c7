"""Store what was served and what it said, prove it, and find it: files, index, seals, audit, search.

May import `vietnam`. docs/format.md describes the files, docs/architecture.md the rooms.
"""
