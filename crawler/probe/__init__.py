"""Understanding a portal nobody has described: from a few pages to a spider file and what could not be decided.

`explore` visits, the other modules only read what it brought: `recognise` the family, `menu` the sections, `lists` and
`keys` what a list says, `parts` the article's layout, `changing` what changes by itself; `understand` puts it together,
`write` and `report` say it.
"""
