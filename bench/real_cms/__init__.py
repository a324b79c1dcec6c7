"""Install real CMS software on loopback, fill it with composed articles, crawl it for three nights and compare.

Imports the product, `replicas` and `testing`; each CMS is run by its own PHP, nothing of it stands here.
"""
