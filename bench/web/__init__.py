"""Measure the auditor's page and search on a large composed archive.

Imports the product, `replicas`, `testing` and `bench.runner`.
"""
