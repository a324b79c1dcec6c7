"""Define spiders of invented portals for tests."""
