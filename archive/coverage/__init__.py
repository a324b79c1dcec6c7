"""Tell which nights and numbered documents an archive holds, which are missing, and why.

May import `store` and what stands below it.
"""
