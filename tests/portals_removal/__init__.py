"""Portals that call an article gone sooner: `-s SPIDER_MODULES=tests.portals_removal`."""
