"""Read the settings file and hold a run's options.

May import `log`, `boilerplate` and what stands below them.
"""
