"""Give each portal's night to one process at a time: claims, leases, fences.

May import `storage` and `model`.
"""
