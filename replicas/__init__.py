"""Composed portals on loopback: invented people and events, real markup shapes. Nothing here is evidence."""
