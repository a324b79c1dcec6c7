"""Break what an archive lies on: disks, databases, power, bits that rot.

Imports the product, `testing`, `faults.catalogue`, `faults.checks` and the tools of `faults.process`.
"""
