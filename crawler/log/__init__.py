"""Set up log files, their formats and what is redacted in them.

May import `responses`, `listings` and what stands below them.
"""
