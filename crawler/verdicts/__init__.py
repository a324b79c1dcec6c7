"""Judge a portal's run against its own history.

May import `config` and what stands below it.
"""
