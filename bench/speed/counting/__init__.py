"""Count what a program does, in all its processes: `sitecustomize`, which Python imports first, and its counters' file.

Imports nothing.
"""
