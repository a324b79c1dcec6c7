"""Keep the accepted rules for a portal's repeated lines, and propose new ones.

May import `listings`, `responses` and what stands below them.
"""
