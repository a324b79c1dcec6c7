"""Run one portal's crawl in its own process, or one backfill, from open archive to closed run.

May import `spider`, `verdicts` and what stands below them.
"""
