"""Portals that do not exist, one for each family without a portal of its own."""
