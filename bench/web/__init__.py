"""Measure the auditor's page and search on a large composed archive."""
