"""Read archived captures again with today's rules and report what differs.

May import `catalog` and what stands below it.
"""
