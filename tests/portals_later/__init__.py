"""The tests' portal with one rule more: `-s SPIDER_MODULES=tests.portals_later`."""
