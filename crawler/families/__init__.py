"""One module per CMS family; its docstring tells how to recognise the family and which portals use it."""
