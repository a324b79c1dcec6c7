"""Portals drawn with a seed that the probe has not seen: families under other skins, and systems of no family."""
