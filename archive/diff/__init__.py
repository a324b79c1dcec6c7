"""Compare two texts paragraph by paragraph and word by word; pure functions.

May import `vietnam` and `errors`.
"""
