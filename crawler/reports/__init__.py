"""Report a night: tables, digests, alerts, metrics, status, progress.

May import `catalog` and what stands below it.
"""
