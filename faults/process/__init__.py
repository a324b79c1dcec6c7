"""Break processes: kill, pause, full disks at each system call, two schedulers at once.

Imports the product, `testing`, `faults.catalogue`, `faults.checks` and the tools of `faults.process`.
"""
