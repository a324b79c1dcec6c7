"""Describe the CMS families, one module each: how to recognise the product, what is known of it and how surely.

May import `portal`, `article_keys` and what stands below them.
"""

from __future__ import annotations

from pipelines.article import Layout

# Editors of most systems set a caption as a centred paragraph in italics right below its picture, without any class.
CENTRED_CAPTIONS = tuple(
    f"p:has(img) + p[{centred}]:has(> {tag})"
    for centred in ('style*="text-align: center"', 'style*="text-align:center"', "align=center")
    for tag in ("em", "i")
)

# Of a portal whose article pages no source shows: whatever the family's layouts do not fit is read as a whole.
UNNAMED_SKIN = Layout(name="unnamed-skin", fits="body", title=(), published=(), body=())
