"""Render the pages of the auditor's site, one module for each kind of page.

May import `web` and what it may import.
"""
