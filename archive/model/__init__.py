"""Define the records, enums and measures that every room speaks of; no input or output.

May import `vietnam` and `errors`.
"""
