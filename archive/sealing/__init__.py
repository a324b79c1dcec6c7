"""Seal a night: manifest, Merkle root, chain, signatures, published head, proof.

May import `ingest`, `index`, `storage` and `model`.
"""
