"""Run extraction in a child process with a deadline, and compare layouts with a second reader.

May import `extract` and `readers`.
"""
