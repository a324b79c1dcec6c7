"""An article's body in the markup editors leave behind, beyond the shapes the composed portals use.

Each shape comes in several variants, of which a seed takes one: text around a nested `<div>` or `<center>`, paste from
Word with twenty spans around every half of a sentence, tables with merged cells, pictures framed by a table.
"""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from replicas.records import Kind, Part
from replicas.sites.bodies import BodyStyle, build_body
from replicas.sites.composed import ComposedSite

_SPANS = (
    '<span style="font-size:14.0pt">',
    '<span style="font-family:&quot;Times New Roman&quot;,serif">',
    '<span lang="VI">',
    "<span>",
    '<span style="letter-spacing:-.2pt">',
    '<span style="mso-spacerun:yes">',
    '<font face="Times New Roman">',
    '<span style="background:white">',
)
_DEEP = 20


def build(parts: Sequence[Part], site: type[ComposedSite], shape: str, rng: random.Random) -> str:
    """Return the markup of a body; `shape` is one of `SHAPES`, and `rng` chooses its variant."""
    return rng.choice(SHAPES[shape])(parts, _varied(site.style, site.family, rng))


def _varied(style: BodyStyle, family: str, rng: random.Random) -> BodyStyle:
    """Return the family's style with a picture and a sign-off as other editors of it set them."""
    return replace(
        style,
        figure=rng.choice(
            (style.figure, *_FIGURES.get(family, ()), _framed_figure, _html_figure, _one_paragraph_figure)
        ),
        signoff=rng.choice(
            (
                style.signoff,
                style.signoff,
                '<p style="text-align:right"><em>{}</em></p>'.format,
                '<div style="text-align: right;"><span><b>{}</b></span></div>'.format,
                "<p>{}</p>".format,
            )
        ),
    )


def _framed_figure(src: str, caption: str) -> str:
    below = f'<tr><td style="text-align: center;"><i>{caption}</i></td></tr>' if caption else ""
    picture = f'<tr><td><img src="{src}" alt=""></td></tr>'
    return f'<table align="center" border="0" cellpadding="1"><tbody>{picture}{below}</tbody></table>'


def _html_figure(src: str, caption: str) -> str:
    return f'<figure class="image"><img src="{src}" alt=""><figcaption>{caption}</figcaption></figure>'


def _one_paragraph_figure(src: str, caption: str) -> str:
    return f'<p style="text-align: center;"><img src="{src}"><br /><em>{caption}</em></p>'


def _noted_figure(src: str, caption: str) -> str:
    """Return a caption above its picture: only its class tells it from a paragraph."""
    return f'<p class="note">{caption}</p>\n<p><img src="{src}" alt=""></p>'


def _plain_shape(shape: str) -> Callable[[Sequence[Part], BodyStyle], str]:
    return lambda parts, style: build_body(parts, style, shape)


def _around(opening: str, closing: str) -> Callable[[Sequence[Part], BodyStyle], str]:
    """Every second paragraph stands in an element, the others as bare text before and behind it."""

    def built(parts: Sequence[Part], style: BodyStyle) -> str:
        pieces, number = [], 0
        for part in parts:
            if part.kind is not Kind.PARAGRAPH:
                pieces.append(build_body([part], style, "plain"))
                continue
            text = _escape(part.text)
            pieces.append(f"{opening}{text}{closing}" if number % 2 else f"{text}<br>" if number % 4 else text)
            number += 1
        return "<div>\n" + "\n".join(pieces) + "\n</div>"

    return built


def _wrapped(opening: str, closing: str) -> Callable[[Sequence[Part], BodyStyle], str]:
    """Everything in one more element."""
    return lambda parts, style: f"{opening}{build_body(parts, style, 'plain')}{closing}"


def _boxes(parts: Sequence[Part], style: BodyStyle) -> str:
    """Every part three elements deep."""
    return "\n".join(
        f'<div class="text"><div><section>{build_body([part], style, "plain")}</section></div></div>' for part in parts
    )


def _deep(opening: str, cut: bool) -> Callable[[Sequence[Part], BodyStyle], str]:
    """Paste from Word: twenty elements around each half of a sentence, an empty `o:p` behind it."""

    def built(parts: Sequence[Part], style: BodyStyle) -> str:
        pieces = []
        for part in parts:
            if part.kind is Kind.PARAGRAPH:
                pieces.append(f"{opening}{_spans(part.text, cut)}<o:p>&nbsp;</o:p></p>")
            else:
                pieces.append(build_body([part], style, "word"))
        return '<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->\n<div class="WordSection1">\n' + (
            "\n".join(pieces) + "\n</div>"
        )

    return built


def _spans(text: str, cut: bool) -> str:
    at = text.find(" ", len(text) // 2) + 1 if cut else 0
    halves = [text[:at], text[at:]] if at else [text]
    tags = [_SPANS[number % len(_SPANS)] for number in range(_DEEP)]
    closing = "".join(f"</{tag[1:].split()[0].rstrip('>')}>" for tag in reversed(tags))
    return "".join(f"{''.join(tags)}{_escape(half)}{closing}" for half in halves)


def _headed(parts: Sequence[Part], style: BodyStyle) -> str:
    """Return a table with a `thead`, marked-up cells and Word's paragraphs in them."""
    pieces: list[str] = []
    rows: list[Part] = []
    for part in [*parts, Part(Kind.PARAGRAPH)]:
        if part.kind is Kind.TABLE_ROW:
            rows.append(part)
            continue
        if rows:
            pieces.append(_table(rows))
            rows = []
        if part.text or part.image:
            pieces.append(build_body([part], style, "plain"))
    return "\n".join(pieces)


def _table(rows: Sequence[Part]) -> str:
    head = "".join(f"<th><strong>{_escape(cell)}</strong></th>" for cell in rows[0].cells)
    body = "".join(
        "<tr>" + "".join(f'<td><p class="MsoNormal"><span>{_escape(c)}</span></p></td>' for c in row.cells) + "</tr>\n"
        for row in rows[1:]
    )
    whole = f'<table class="MsoTableGrid"><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>'
    return f'<div class="table-responsive">{whole}</div>'


def _played(parts: Sequence[Part], style: BodyStyle) -> str:
    return (
        '<div style="text-align:center"><iframe width="560" height="315" src="https://player.example.replica.test/embed/'
        f'8471" allowfullscreen></iframe></div>\n{build_body(parts, style, "plain")}'
    )


def _tag_played(parts: Sequence[Part], style: BodyStyle) -> str:
    return (
        '<div class="video-player"><video controls poster="/poster.jpg"><source src="/media/clip.mp4" type="video/mp4">'
        "Trình duyệt của bạn không hỗ trợ thẻ video.</video></div>\n" + build_body(parts, style, "plain")
    )


def _script_played(parts: Sequence[Part], style: BodyStyle) -> str:
    return (
        '<div class="VCSortableInPreviewMode" type="VideoStream" data-vid="clip.mp4"><div class="videoNewsPlayer"></div></div>'
        '<script>player("clip.mp4", "Xem video")</script>\n' + build_body(parts, style, "plain")
    )


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


_FIGURES: dict[str, tuple[Callable[[str, str], str], ...]] = {
    "asset_publisher": (_noted_figure, _noted_figure),
    "asset_publisher_abstracts": (_noted_figure, _noted_figure),
}
SHAPES: dict[str, tuple[Callable[[Sequence[Part], BodyStyle], str], ...]] = {
    "plain": (_plain_shape("plain"),),
    "br": (_plain_shape("br"), _around("<br/>", "<br/>")),
    "nested": (_plain_shape("nested"), _around('<div style="text-align: justify;">', "</div>"), _boxes),
    "centre": (
        _plain_shape("centre"),
        _around("<center>", "</center>"),
        _wrapped('<table align="center" width="100%"><tbody><tr><td>\n', "\n</td></tr></tbody></table>"),
    ),
    "word20": (
        _deep('<p class="MsoNormal" style="text-align:justify;text-indent:36pt">', True),
        _deep('<p class="MsoNormal">', False),
    ),
    "table": (_plain_shape("plain"), _plain_shape("word"), _headed),
    "video": (_played, _tag_played, _script_played),
}
"""A shape's variants."""
