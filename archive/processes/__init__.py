"""Run one command's work in several processes, in the order of its tasks.

May import `archive.errors` alone.
"""
