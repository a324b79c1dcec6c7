"""Spiders as they were when nights were recorded, for archives of that time."""
