"""Portals that call an article gone sooner: `-s SPIDER_MODULES=testing.portals.removal`."""
