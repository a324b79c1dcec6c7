"""Faults made on purpose, row by row, against the real program; `python -m faults`."""
