"""List the portals that exist, how well each is known, and the pages made from their declarations.

May import `families` and what stands below them.
"""
