"""Probe portals drawn with a seed: portals built by hand, and known families under other skins.

Imports the product, `replicas`, `testing` and `bench.runner`.
"""
