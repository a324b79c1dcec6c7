"""Measure the product on recorded and composed input; each command prints its figures as JSON on its last line.

Imports the product, `replicas` and `testing`; only tests and docs use it.
"""
