"""The tests' portal with three lists, of which one may kill its reader: `-s SPIDER_MODULES=testing.portals.hostile`."""
