"""Draw article pages of no known product: each part of a page comes from a grammar of its own, and the truth is known.

The grammars follow how sites write HTML, not how the extractor reads it. May import the replicas' prose and the bench.
"""
