"""Start our own Python programs by forking a process that has imported them.

May import nothing of the other rooms.
"""
