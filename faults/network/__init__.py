"""Break the network and the servers that a crawl asks: resets, silence, bad TLS, odd pages.

Imports the product, `testing`, `faults.catalogue`, `faults.checks` and the tools of `faults.process`.
"""
