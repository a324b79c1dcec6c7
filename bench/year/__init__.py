"""Compose a year of nights over every portal's replica, with faults to be found: `python -m bench.year --archive DIR`.

Imports the product, `replicas`, `testing` and `bench.runner`.
"""
