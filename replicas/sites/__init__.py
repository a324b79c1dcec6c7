"""Answer as a portal does: what a site is, recorded pages as a site, and one composed site a portal, by family.

Imports the articles' records and files, and what the spiders declare.
"""
