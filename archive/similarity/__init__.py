"""Measure how alike two texts are and which facts they state; pure functions.

May import `vietnam` and `errors`.
"""

import os

# The allocator of rensa would reserve 1 GiB of addresses, which counts in every limit on address space.
os.environ.setdefault("MIMALLOC_ARENA_RESERVE", "16MiB")
