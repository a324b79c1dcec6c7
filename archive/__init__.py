"""Store what was served and what it said, prove it, and find it: files, index, seals, audit, search.

May import `vietnam`. docs/format.md describes the files, docs/architecture.md the rooms.
"""

VERSION = "0.1.0"
"""The version of pyproject.toml, which reports name: the program runs from its checkout and is not installed."""
