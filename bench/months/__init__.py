"""Run months of nights over recorded articles and hold the archive against what was published.

Imports the product, `replicas`, `testing` and `bench.runner`.
"""
