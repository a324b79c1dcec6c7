"""Run the nights: schedule, leases, one crawl process per portal, retries, seals.

`service` is where a tick of the scheduler begins. May import `reports`, `check`, `catalog` and what stands below them.
"""
