"""Serve the audit page: a read-only view of one archive in a browser, for people who do not type commands.

May import everything of `archive` but `cli`.
"""
