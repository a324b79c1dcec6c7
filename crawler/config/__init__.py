"""Read the settings file and the options of one crawl.

May import `log`, `boilerplate` and what stands below them.
"""
