"""Read list pages, feeds, sitemaps and list interfaces into entries and the way to the next page.

May import `downloader` and what stands below it.
"""
