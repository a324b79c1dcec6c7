"""Simulate years of portals and measure detections and false alarms of the nightly verdict."""
