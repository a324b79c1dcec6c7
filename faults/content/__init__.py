"""Section C: what portals serve: bodies, letters, names, dates, walks, versions. Each row is served to the real crawl.

Imports faults.catalogue, faults.checks, faults.network.crawl and the product.
"""
