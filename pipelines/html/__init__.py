"""Decode a page and turn its tree into blocks, title, date and attachment links.

May import `article` and `line_shape`.
"""
