"""Find and fetch pages: portals, their families, listings, outcomes and the guard of requests."""
