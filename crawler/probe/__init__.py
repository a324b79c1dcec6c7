"""Infer a spider file for an unknown portal from a few pages, and list what stays undecided.

`explore` visits; the other modules only read its pages: `recognise` the family, `sections` the menu, `lists` and
`article_keys` a list's rules, `article_parts` the layout, `report` what changes by itself. `infer` combines
them, `write` and `report` put the result out. May import everything of `crawler` but `commands`.
"""
