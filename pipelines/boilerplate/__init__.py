"""Find lines that a portal repeats under its articles, and where they stand.

May import `html`, `readers` and `extract`.
"""
