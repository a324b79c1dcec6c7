"""Describe the country and its language as every portal uses them: dates, letters, names, provinces, widget lines.

May import nothing of the other packages.
"""
