"""Write one portal's run: queue, judge and commit its lines, recover it, place it under its date.

May import `index`, `leases`, `storage` and `model`.
"""
