"""Fetch politely: guard, slots, robots.txt, back-off, redirects, decompression, the browser.

May import `requests`, `urls`, `clock` and `pipelines`.
"""
