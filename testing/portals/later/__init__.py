"""The tests' portal with one rule more: `-s SPIDER_MODULES=testing.portals.later`."""
