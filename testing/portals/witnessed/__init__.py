"""Portals with witnesses of their own: `-s SPIDER_MODULES=testing.portals.witnessed`."""
