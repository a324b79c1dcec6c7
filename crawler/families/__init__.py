"""The CMS families: one module each, saying how to recognise the product, what is known of it and how sure that is."""

from __future__ import annotations

__all__ = ["CENTRED_CAPTIONS"]

# Editors of most systems set a caption as a centred paragraph in italics right below its picture, without any class.
CENTRED_CAPTIONS = tuple(
    f"p:has(img) + p[{centred}]:has(> {tag})"
    for centred in ('style*="text-align: center"', 'style*="text-align:center"', "align=center")
    for tag in ("em", "i")
)
