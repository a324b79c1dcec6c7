"""Simulate years of portals and measure detections and false alarms of the nightly verdict.

Imports the product, `replicas`, `testing` and `bench.runner`.
"""
