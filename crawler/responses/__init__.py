"""Classify a response: article, list, challenge, soft 404 and the rest; and make its record.

May import `downloader` and what stands below it.
"""
