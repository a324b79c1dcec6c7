"""Measurements on real and composed input; each prints its figures as JSON on its last line."""
