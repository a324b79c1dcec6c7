"""Write an article's body as the editor of each CMS leaves it: WordPress's blocks, NukeViet's CKEditor."""

from __future__ import annotations

import html
import re
import struct
import zlib
from collections.abc import Iterator
from itertools import groupby

from bench.real_cms.content import CmsArticle
from replicas.records import Kind, Part

_LINK = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")
_WIDTH, _HEIGHT = 480, 320


def blocks_body(article: CmsArticle, uploads: str) -> str:
    """Return a WordPress post's content: block comments and their HTML. `uploads` is the path of files and pictures."""
    found = [_paragraph_block(f"<strong>{html.escape(article.lead)}</strong>")] if article.lead else []
    for kind, parts in groupby(article.parts, key=lambda part: part.kind):
        found += _blocks(kind, list(parts), uploads)
    found += [_file_block(f"{uploads}/{name}", name) for name in article.files]
    return "\n\n".join(found)


def _blocks(kind: Kind, parts: list[Part], uploads: str) -> list[str]:
    if kind is Kind.TABLE_ROW:
        rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in part.cells)}</tr>" for part in parts)
        table = f'<figure class="wp-block-table"><table><tbody>{rows}</tbody></table></figure>'
        return [_block("table", table)]
    if kind is Kind.LIST_ITEM:
        items = "".join(_block("list-item", f"<li>{html.escape(part.text)}</li>") for part in parts)
        return [_block("list", f"<ul>{items}</ul>")]
    return [_text_block(kind, part, uploads) for part in parts]


def _text_block(kind: Kind, part: Part, uploads: str) -> str:
    text = _linked(part.text, uploads)
    if kind is Kind.HEADING:
        return _block("heading", f"<h2>{text}</h2>")
    if kind is Kind.CAPTION:
        picture = (
            f'<img src="{uploads}/{part.image}" alt=""/><figcaption class="wp-element-caption">{text}</figcaption>'
        )
        return _block("image", f'<figure class="wp-block-image size-large">{picture}</figure>')
    if kind is Kind.SIGNOFF:
        inner = f'<p class="has-text-align-right"><strong>{text}</strong></p>'
        return _block("paragraph", inner, ' {"align":"right"}')
    return _paragraph_block(text)


def _block(name: str, inner: str, attributes: str = "") -> str:
    return f"<!-- wp:{name}{attributes} -->\n{inner}\n<!-- /wp:{name} -->"


def _paragraph_block(inner: str) -> str:
    return _block("paragraph", f"<p>{inner}</p>")


def _file_block(url: str, name: str) -> str:
    inner = (
        f'<div class="wp-block-file"><a href="{url}">{name}</a>'
        f'<a href="{url}" class="wp-block-file__button wp-element-button" download>Tải về</a></div>'
    )
    return _block("file", inner, f' {{"href":"{url}"}}')


def editor_body(article: CmsArticle, uploads: str) -> str:
    """Return the body as CKEditor 4 leaves it; every fourth article was pasted from a word processor."""
    pasted = article.number % 4 == 2
    return "\n".join(
        piece
        for kind, parts in groupby(article.parts, key=lambda part: part.kind)
        for piece in _pieces(kind, list(parts), uploads, pasted=pasted)
    )


def _pieces(kind: Kind, parts: list[Part], uploads: str, *, pasted: bool) -> Iterator[str]:
    if kind is Kind.TABLE_ROW:
        rows = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in part.cells)}</tr>\n" for part in parts
        )
        yield f'<table border="1" cellpadding="1" cellspacing="1" style="width:500px;"><tbody>{rows}</tbody></table>'
        return
    if kind is Kind.LIST_ITEM:
        items = "".join(f"\t<li>{html.escape(part.text)}</li>\n" for part in parts)
        yield f"<ul>\n{items}</ul>"
        return
    for part in parts:
        text = _linked(part.text, uploads)
        if kind is Kind.HEADING:
            yield f"<p><strong>{text}</strong></p>"
        elif kind is Kind.CAPTION:
            picture = f'<img alt="" height="{_HEIGHT}" src="{uploads}/{part.image}" width="{_WIDTH}" />'
            yield f'<div style="text-align:center">\n<figure class="image">{picture}\n<figcaption>{text}</figcaption>\n</figure>\n</div>'
        elif kind is Kind.SIGNOFF:
            yield f'<p style="text-align: right;"><strong>{text}</strong></p>'
        elif pasted:
            yield (
                '<p style="text-align:justify; margin-bottom:6pt"><span style="font-size:14pt"><span style="line-height:normal">'
                f'<span style="font-family:&quot;Times New Roman&quot;,serif">{text}</span></span></span></p>'
            )
        else:
            yield f'<p style="text-align: justify;">{text}</p>'


def _linked(text: str, uploads: str) -> str:
    return _LINK.sub(lambda link: f'<a href="{uploads}/{link[1]}">{link[2]}</a>', html.escape(text))


def picture_bytes(seed: int) -> bytes:
    """Return a PNG of one colour."""
    pixel = bytes((40 + seed * 37 % 200, 60 + seed * 53 % 180, 80 + seed * 71 % 160))
    rows = (b"\x00" + pixel * _WIDTH) * _HEIGHT
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
