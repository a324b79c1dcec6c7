"""Measure how alike two texts are and which facts they state; pure functions.

May import `vietnam` and `errors`.
"""
