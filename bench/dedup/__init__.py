"""Measure near-duplicates on labelled pairs: what portals do to one another's texts, and what only looks like it.

Imports the product, `replicas`, `testing` and `bench.runner`.
"""
