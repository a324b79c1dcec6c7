"""`scheduler.py check`: compare one list and one article of each portal with its declaration, field by field.

`plan` makes the requests, `fields` judges the responses (pure), `command` prints the result. May import `catalog` and what
stands below it.
"""
