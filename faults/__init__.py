"""Break the real program on purpose, row by row, and check what is left: `python -m faults`.

Imports the product, `replicas` and `testing`, never `tests`; tests import it only to test it.
"""
