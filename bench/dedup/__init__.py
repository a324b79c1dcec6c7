"""Near-duplicates measured on labelled pairs: what portals do to one another's texts, and what only looks like it."""
