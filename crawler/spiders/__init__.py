"""Declare the portals, one module each: attributes only.

May import `families`, `portal` and `listings`.
"""
