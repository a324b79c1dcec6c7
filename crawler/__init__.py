"""Where pages are: portals, their families, listings, outcomes and the guard of what may be fetched."""
