"""Build the markup of an article's body in the shapes editors leave behind.

Shapes: `plain` paragraphs; `word` (paste from Word: nested spans, a sentence cut across them, empty `o:p`); `nested`
(`div` in `div` in place of `p`); `br` (bare text parted by line breaks); `centre` (everything inside centring elements).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from replicas.records import Kind, Part

_INLINE = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]|\*\*([^*]+)\*\*")
_WORD_SPANS = (
    '<span style="font-size: 14pt;">',
    '<span style="font-family: &quot;Times New Roman&quot;, serif;">',
    '<span lang="VI" style="color: black;">',
    "<span>",
    '<span style="letter-spacing: -0.2pt;">',
    '<span style="background: white;">',
)


def centred_figure(src: str, caption: str) -> str:
    """Picture and caption as two centred paragraphs, the caption in italics and without a class."""
    picture = f'<p style="text-align: center;"><img alt="" src="{src}" style="width: 600px; height: 400px;" /></p>'
    return picture + (f'\n<p style="text-align: center;"><em>{caption}</em></p>' if caption else "")


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """The markup of a family for pictures, attachment links, sign-offs and headings. Functions get escaped text."""

    image: Callable[[str], str]
    """File name of a picture to its address."""
    link: Callable[[str, str], str]
    """File name of an attachment and its link text to markup."""
    figure: Callable[[str, str], str] = centred_figure
    """Address of a picture and its caption (may be empty) to markup."""
    signoff: Callable[[str], str] = '<p style="text-align: right;"><strong>{}</strong></p>'.format
    heading: str = "h3"
    filler: str = "<p>&nbsp;</p>"


def build_body(parts: Sequence[Part], style: BodyStyle, shape: str) -> str:
    """Return the inner markup of a body container; ValueError for a shape that is not in this module's list."""
    if shape not in ("plain", "word", "nested", "br", "centre"):
        raise ValueError(f"unknown shape of a body: {shape!r}")
    pieces: list[str] = []
    for kind, group in groupby(parts, key=lambda part: part.kind):
        run = list(group)
        if kind is Kind.PARAGRAPH:
            pieces.extend(_paragraphs([_inline(part.text, style) for part in run], shape, style))
        elif kind is Kind.LIST_ITEM:
            items = "".join(f"<li>{_inline(part.text, style)}</li>\n" for part in run)
            pieces.append(f"<ul>\n{items}</ul>")
        elif kind is Kind.TABLE_ROW:
            pieces.append(_table(run, shape))
        else:
            pieces.extend(_single(part, style, shape) for part in run)
    body = "\n".join(pieces)
    return f'<div align="center"><center>\n{body}\n</center></div>' if shape == "centre" else body


def _single(part: Part, style: BodyStyle, shape: str) -> str:
    text = _inline(part.text, style)
    if part.kind is Kind.CAPTION:
        return style.figure(style.image(part.image), text)
    if part.kind is Kind.HEADING:
        return f"<{style.heading}>{text}</{style.heading}>"
    if shape == "br":
        return f"<br />\n<strong>{text}</strong>"
    if shape == "word":
        return style.signoff(f'<span style="font-size: 14pt;"><span>{text}</span></span>')
    return style.signoff(text)


def _paragraphs(texts: list[str], shape: str, style: BodyStyle) -> list[str]:
    if shape == "word":
        return [_word(text, number) for number, text in enumerate(texts)]
    if shape == "nested":
        return [f'<div><div style="text-align: justify;"><span>{text}</span></div></div>' for text in texts]
    if shape == "br":
        return ["<br /><br />\n".join(texts) + "<br />"]
    if shape == "centre":
        return [f'<p align="justify">{text}</p>' for text in texts]
    plain = [f'<p style="text-align: justify;">{text}</p>' for text in texts]
    return [*plain, style.filler] if len(plain) > 2 else plain


def _word(text: str, number: int) -> str:
    """Return a paragraph as pasted from Word: spans in spans, and the sentence cut in its middle between two of them."""
    depth = 3 + number % 4
    opened, closed = "".join(_WORD_SPANS[:depth]), "</span>" * depth
    cut = text.find(" ", len(text) // 2) + 1
    if cut and "<" not in text and "&" not in text:
        text = f"{text[:cut]}{closed}{opened}{text[cut:]}"
    margin = "margin: 6pt 0cm; text-align: justify; text-indent: 36pt; line-height: 150%;"
    return f'<p class="MsoNormal" style="{margin}">{opened}{text}{closed}<span><o:p></o:p></span></p>'


def _table(rows: list[Part], shape: str) -> str:
    inner = '<p class="MsoNormal" align="center"><span>{}</span></p>' if shape == "word" else "{}"
    lines = [
        "<tr>" + "".join(f"<td>{inner.format(html.escape(cell, quote=False))}</td>" for cell in row.cells) + "</tr>"
        for row in rows
    ]
    return (
        '<table border="1" cellpadding="0" cellspacing="0" width="100%"><tbody>\n'
        + "\n".join(lines)
        + "\n</tbody></table>"
    )


def _inline(text: str, style: BodyStyle) -> str:
    """Escaped text with attachment links and bold as markup; no-break spaces as the entity, as editors write them."""
    pieces, end = [], 0
    for found in _INLINE.finditer(text):
        pieces.append(_escape(text[end : found.start()]))
        pieces.append(style.link(found[1], _escape(found[2])) if found[1] else f"<strong>{_escape(found[3])}</strong>")
        end = found.end()
    return "".join([*pieces, _escape(text[end:])])


def _escape(text: str) -> str:
    return html.escape(text, quote=False).replace("\u00a0", "&nbsp;")
