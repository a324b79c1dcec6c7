"""Run the nights: schedule, leases, one crawl process per portal, retries, seals.

May import `reports`, `check`, `catalog` and what stands below them.
"""
