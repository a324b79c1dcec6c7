"""Measure how the index grows: synthetic documents by the million, and the program's own queries.

`python -m bench.index.growth` fills an index with 10,000, 100,000 and 1,000,000 documents and measures what a crawl does with it:
group commits of 25 documents by the writer of a portal's night, and look-ups by address, key, content and near content.
"""
