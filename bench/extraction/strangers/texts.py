"""The grammars of an article's text: what is in it, how editors mark paragraphs and pictures up, which files hang on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.extraction.strangers.draw import Draw, escaped, link
from replicas.records import Kind, Part


@dataclass(frozen=True, slots=True)
class Body:
    """Parts in their order, with markup that holds no text. `files` are name and path of every attachment."""

    parts: tuple[Part, ...]
    ahead: str = ""
    files: tuple[tuple[str, str], ...] = ()


Kinds = dict[str, Callable[[Draw], Body]]


def _paragraphs(draw: Draw, count: int) -> tuple[Part, ...]:
    return tuple(Part(Kind.PARAGRAPH, text) for text in draw.paragraphs(count))


def _picture(draw: Draw, caption: bool = True) -> Part:
    text = draw.text.caption() if caption else ""
    return Part(Kind.CAPTION, text, image=f"/upload/{draw.published:%Y/%m}/anh-{draw.rng.randint(100, 9999)}.jpg")


def _news(draw: Draw) -> Body:
    return Body(
        (*_paragraphs(draw, draw.rng.randint(2, 4)), _picture(draw), *_paragraphs(draw, draw.rng.randint(1, 4)))
    )


def _headed(draw: Draw) -> Body:
    items = [Part(Kind.LIST_ITEM, draw.text.item()) for _ in range(3)]
    first, second = Part(Kind.HEADING, draw.text.heading()), Part(Kind.HEADING, draw.text.heading())
    return Body((*_paragraphs(draw, 2), first, *_paragraphs(draw, 2), *items, second, *_paragraphs(draw, 2)))


def _short(draw: Draw) -> Body:
    return Body((Part(Kind.PARAGRAPH, f"Mời bà con thôn {draw.place} dự họp lúc {draw.rng.randint(17, 20)}h30."),))


_VERSES = (
    "Sông quê một dải mờ xa", "Con đò gác bến chiều tà đợi ai", "Mạ non xanh ngát đồng dài", "Bà ngồi vá áo bên đài radio",
    "Mưa về gõ nhịp hiên nhà", "Ngọn đèn con thức cùng bà kể xưa", "Gió nồm thổi suốt mùa dưa", "Cha đi kéo lưới sớm trưa chưa về",
    "Trăng lên soi sáng triền đê", "Tiếng ai hò khoan vọng về bến sông", "Hạt mưa rơi xuống ruộng đồng", "Nghe trong tiếng đất ấm lòng người gieo",
)  # fmt: skip


def _poem(draw: Draw) -> Body:
    verses = draw.rng.sample(_VERSES, draw.rng.choice((4, 8)))
    return Body(tuple(Part(Kind.PARAGRAPH, verse) for verse in verses))


def _table(draw: Draw) -> Body:
    columns = draw.rng.randint(2, 5)
    rows = [Part(Kind.TABLE_ROW, " | ".join(row), cells=row) for row in (draw.text.cells(columns) for _ in range(5))]
    return Body((*_paragraphs(draw, 1), *rows, *_paragraphs(draw, draw.rng.randint(0, 1))))


def _decision(draw: Draw) -> Body:
    law = f"[[/van-ban/{draw.rng.randint(10, 99)}|Luật Tổ chức chính quyền địa phương ngày 19 tháng 02 năm 2025]]"
    decree = f"[[/van-ban/7|Nghị định số {draw.rng.randint(10, 99)}/2024/NĐ-CP của Chính phủ về quản lý chợ]]"
    texts = (
        f"Căn cứ {law};",
        f"Căn cứ {decree};",
        f"Theo đề nghị của {draw.text.office()},",
        "QUYẾT ĐỊNH:",
        f"Điều 1. Phê duyệt danh mục {draw.rng.randint(4, 30)} công trình kèm theo Quyết định này.",
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
    )
    return Body(tuple(Part(Kind.PARAGRAPH, text) for text in texts))


def _questions(draw: Draw) -> Body:
    asked = (f"**Hỏi:** Hộ ở thôn {draw.place} cần giấy tờ gì?", "**Đáp:** " + draw.text.sentence())
    more = ("**PV: Bao giờ đoạn đê này làm xong, thưa ông?**", draw.text.sentence())
    return Body(tuple(Part(Kind.PARAGRAPH, text) for text in (*asked, *more)))


def _file(draw: Draw) -> tuple[str, str]:
    number = draw.rng.randint(10, 400)
    ending = draw.rng.choice(("pdf", "pdf", "docx", "doc", "xlsx", "rar"))
    return f"Công văn số {number}/UBND-VP", f"/upload/{draw.published:%Y}/cv-{number}.{ending}"


_VIEWERS: tuple[str, ...] = (
    '<iframe src="{}" width="100%" height="800"></iframe>',
    '<object data="{}" type="application/pdf" width="100%" height="800"></object>',
    '<embed src="{}" type="application/pdf">',
    '<iframe src="/pdfjs/web/viewer.html?file={}"></iframe>',
    '<iframe src="https://docs.google.com/viewer?url=https://{host}{}&embedded=true"></iframe>',
)


def _document_alone(draw: Draw) -> Body:
    path = f"/upload/{draw.published:%Y}/tb-{draw.rng.randint(10, 400)}.pdf"
    viewer = draw.rng.choice(_VIEWERS).replace("{host}", draw.host).replace("{}", path)
    return Body((), viewer, (("", path),))


def _video(draw: Draw) -> Body:
    player = draw.rng.choice(
        (
            f'<iframe src="https://player.example.replica.test/embed/{draw.rng.randint(100, 999)}" allowfullscreen></iframe>',
            f'<video controls><source src="/media/v{draw.rng.randint(1, 99)}.mp4">Trình duyệt không hỗ trợ video.</video>',
        )
    )
    return Body(_paragraphs(draw, 1), player)


KINDS: Kinds = {
    "news": _news,
    "headings and a list": _headed,
    "one notice": lambda draw: Body((Part(Kind.PARAGRAPH, draw.text.notice()),)),
    "one short sentence": _short,
    "poem": _poem,
    "table": _table,
    "decision with linked grounds": _decision,
    "photo story": lambda draw: Body((*_paragraphs(draw, 1), *(_picture(draw) for _ in range(draw.rng.randint(3, 6))))),
    "questions": _questions,
    "picture alone": lambda draw: Body((_picture(draw, draw.chance(0.5)),)),
    "document alone": _document_alone,
    "video": _video,
    "prose": lambda draw: Body(_paragraphs(draw, draw.rng.randint(5, 9))),
    "two paragraphs": lambda draw: Body(_paragraphs(draw, 2)),
}
BARE = ("picture alone", "document alone")
"""Kinds that nobody signs."""


# Markup


def inline(text: str) -> str:
    """Return a text with its links and bold passages as markup."""
    shown, parts = "", text.split("**")
    for number, part in enumerate(parts):
        pieces = part.split("[[")
        marked = escaped(pieces[0])
        for piece in pieces[1:]:
            target, rest = piece.split("]]", 1)
            path, words = target.split("|", 1)
            marked += link(words, path) + escaped(rest)
        shown += f"<strong>{marked}</strong>" if number % 2 else marked
    return shown


def markup(draw: Draw, body: Body) -> str:
    """Return the parts' markup; one manner of paragraphs and one of captions for the whole text."""
    paragraph = draw.choose("paragraphs", _PARAGRAPHS)
    caption = draw.choose("captions", _CAPTIONS) if any(part.image for part in body.parts) else _figure
    pieces, rows, items = [body.ahead], list[str](), list[str]()
    poem = draw.choices["text"] == "poem"
    for part in (*body.parts, Part(Kind.HEADING)):
        if rows and part.kind is not Kind.TABLE_ROW:
            pieces.append(f'<table border="1"{draw.names("box")}>{"".join(rows)}</table>')
            rows = []
        if items and part.kind is not Kind.LIST_ITEM:
            pieces.append(f"<ul>{''.join(items)}</ul>")
            items = []
        if part.kind is Kind.TABLE_ROW:
            rows.append("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in part.cells) + "</tr>")
        elif part.kind is Kind.LIST_ITEM:
            items.append(f"<li>{inline(part.text)}</li>")
        elif part.image:
            pieces.append(caption(draw, part.image, escaped(part.text)))
        elif part.kind is Kind.HEADING and part.text:
            pieces.append(
                draw.rng.choice(("<h2>{}</h2>", "<h3>{}</h3>", "<p><strong>{}</strong></p>")).format(inline(part.text))
            )
        elif part.text and not poem:
            pieces.append(paragraph(inline(part.text)))
    if poem:
        pieces.append(_stanza([part.text for part in body.parts]))
    return "\n".join(filter(None, pieces))


def _stanza(verses: Sequence[str]) -> str:
    return "".join(f"<p>{'<br>'.join(verses[start : start + 4])}</p>" for start in range(0, len(verses), 4))


_PARAGRAPHS: dict[str, Callable[[str], str]] = {
    "p": "<p>{}</p>".format,
    "p justified": '<p style="text-align: justify;">{}</p>'.format,
    "p with spans": '<p><span style="font-size:14px"><span style="font-family:Arial">{}</span></span></p>'.format,
    "div": "<div>{}</div>".format,
    "br": "{}<br><br>".format,
    "one br": "{}<br>".format,
    "word": '<p class="MsoNormal" style="margin:6pt 0"><span lang="VI">{}</span><o:p></o:p></p>'.format,
    "p with blanks between": "<p>{}</p><p>&nbsp;</p>".format,
}


def _figure(draw: Draw, image: str, caption: str) -> str:
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{image}" alt="">{below}</figure>'


def _framed(draw: Draw, image: str, caption: str) -> str:
    below = f"<tr><td>{caption}</td></tr>" if caption else ""
    return f'<table align="center"><tr><td><img src="{image}"></td></tr>{below}</table>'


def _below(form: str) -> Callable[[Draw, str, str], str]:
    def shown(draw: Draw, image: str, caption: str) -> str:
        picture = f'<p style="text-align:center"><img src="{image}" alt="Hình minh họa"></p>'
        return picture + (form.format(caption) if caption else "")

    return shown


def _same_paragraph(draw: Draw, image: str, caption: str) -> str:
    return f'<p style="text-align:center"><img src="{image}"><br><em>{caption}</em></p>'


def _boxed(draw: Draw, image: str, caption: str) -> str:
    below = f"<div{draw.names('caption')}>{caption}</div>" if caption else ""
    return f'<div><a href="{image}"><img data-src="{image}" src="/blank.gif"></a>{below}</div>'


_CAPTIONS: dict[str, Callable[[Draw, str, str], str]] = {
    "figure": _figure,
    "table": _framed,
    "p em": _below('<p style="text-align:center"><em>{}</em></p>'),
    "p centred": _below('<p style="text-align:center">{}</p>'),
    "small": _below("<p><small>{}</small></p>"),
    "same paragraph": _same_paragraph,
    "div": _boxed,
}


# Files


def files(draw: Draw, count: int) -> tuple[tuple[tuple[str, str], ...], str]:
    """Draw attachments and their box below the text."""
    found = tuple(dict.fromkeys(_file(draw) for _ in range(count)))
    return found, draw.choose("files", _FILES)(draw, found)


def _labelled(draw: Draw, found: Sequence[tuple[str, str]]) -> str:
    label = draw.rng.choice(("Tệp đính kèm:", "File đính kèm", "Tài liệu kèm theo:", "Attachments"))
    return draw.box("files", f"<b>{label}</b> " + " ".join(link(name, path) for name, path in found))


def _listed(draw: Draw, found: Sequence[tuple[str, str]]) -> str:
    return draw.box("files", "".join(f"<li>{link(path.split('/')[-1], path)}</li>" for _, path in found), "ul")


def _tabled(draw: Draw, found: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f"<tr><td>{number}</td><td>{escaped(name)}</td><td>{draw.rng.randint(30, 900)} KB</td><td>{link('Tải về', path)}</td></tr>"
        for number, (name, path) in enumerate(found, 1)
    )
    return f"<table{draw.names('files')}><tr><th>STT</th><th>Tên tệp</th><th>Dung lượng</th><th>Tải</th></tr>{rows}</table>"


def _buttons(draw: Draw, found: Sequence[tuple[str, str]]) -> str:
    return "".join(
        draw.box("files", f'{link(name, path)} <a href="{path}" download><i class="fa fa-download"></i> Tải về</a>')
        for name, path in found
    )


_FILES: dict[str, Callable[[Draw, Sequence[tuple[str, str]]], str]] = {
    "label and links": _labelled,
    "list": _listed,
    "table": _tabled,
    "buttons": _buttons,
}
