"""Ask the index by area: listings, runs, removals, attachments, clusters, look-backs and so on.

May import `index`, `storage` and `model`.
"""
