"""Section D and F: what a page, a reader or a neighbour reaches: addresses, the audit page, exports, secrets, the browser.

Imports faults.catalogue, faults.checks, faults.content, faults.network.crawl, `testing` and the product.
"""
