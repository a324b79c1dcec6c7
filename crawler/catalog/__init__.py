"""List the portals, the certainty of each declaration, results of checks, and the pages made from declarations.

May import `families` and what stands below them.
"""
