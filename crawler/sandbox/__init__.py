"""Judge and read in the extraction process what is no article: lists, feeds, sitemaps, front pages, files' places, robots.txt.

May import `listings`, `responses` and what stands below them.
"""
