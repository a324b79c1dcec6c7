"""Turn a fetched page into an archived article: extract, clean, check, dedup and store, one pure stage each.

May import `archive` and `vietnam`.
"""
