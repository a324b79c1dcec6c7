"""Measure first contact over composed hosts of provinces, in each of which one known thing is planted.

May import everything of the program, the replicas and `bench.probe`.
"""
