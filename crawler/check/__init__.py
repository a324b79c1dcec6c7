"""`scheduler.py check`: does a portal still answer as its file describes it? One list and one article of each, field by field.

`visit` asks, `fields` judges (pure), `kept` remembers, `command` tells a person. A check says what a page showed once; it
makes nothing `verified`, and writes nothing into the portal's file.
"""
