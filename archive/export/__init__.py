"""Hand texts, versions and proofs over in files that other programs read.

May import `store` and what stands below it.
"""
