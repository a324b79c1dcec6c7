"""Compose invented Vietnamese text: one seedable composer, and one module and stock of fragments a corpus.

Imports `replicas.records` and what stands below the replicas.
"""
