"""First contact: ask the home page of every province, check the declared portals, probe the others, name what differs.

`hosts` chooses, `visit` asks, `home` and `differences` judge (pure), `folder`, `pages` and `report` leave the result.
May import `check`, `probe` and what stands below them.
"""
