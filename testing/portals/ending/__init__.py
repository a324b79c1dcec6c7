"""Invented portals that end: one of a merged province, one that is declared dissolved, one that was never dissolved."""
