"""Probe portals drawn with a seed: known families under other skins, and systems of no family.

Imports the product, `replicas`, `testing` and `bench.runner`.
"""
