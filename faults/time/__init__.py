"""Break time: clocks that jump, hosts that sleep, nights that overlap.

Imports the product, `testing`, `faults.catalogue`, `faults.checks` and the tools of `faults.process`.
"""
