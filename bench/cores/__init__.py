"""Measure how the commands that read a whole archive use the cores."""
