"""One page of a site that nobody here knows: every grammar drawn by itself, put together, with what has to be read from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.extraction.corpus import Sample
from bench.extraction.strangers import around, frames, texts
from bench.extraction.strangers.draw import Draw, escaped
from bench.extraction.strangers.heads import Story, byline, date_line, document_head, lead, ordered, story, title_block
from replicas.records import ExpectedArticle, ExpectedAttachment, ExpectedBlock, Kind, plain

SOURCE = "strangers"


@dataclass(frozen=True, slots=True)
class Stranger:
    """A drawn page. `choices` is the name of what each grammar gave; `beside` are lines a reader may keep or leave."""

    sample: Sample
    choices: dict[str, str]
    beside: frozenset[str]


def strangers(count: int, first: int = 0) -> Iterator[Stranger]:
    """Draw pages; the same numbers give the same pages, byte for byte."""
    for seed in range(first, first + count):
        yield stranger(seed)


def stranger(seed: int) -> Stranger:
    """Draw one page."""
    draw = Draw(seed)
    body = draw.choose("text", texts.KINDS)(draw)
    found = story(draw)
    if draw.choices["text"] in texts.BARE and found.signoff:
        found.author, found.signoff = None, ""
    title, is_plain = title_block(draw, found)
    head = document_head(draw, found, is_plain)
    main, files = _main(draw, found, body, title)
    side = "".join(draw.rng.choice(list(around.SIDE.values()))(draw) for _ in range(draw.rng.randint(0, 3)))
    above = draw.choose("site head", frames.HEADS)(draw) + draw.choose("menu", frames.MENUS)(draw)
    trail = draw.choose("trail", frames.TRAILS)(draw, found.title)
    whole = draw.choose("frame", frames.FRAMES)(draw, trail + main, side)
    foot = draw.choose("foot", frames.FEET)(draw)
    notice, hidden = draw.choose("cookie bar", around.COOKIE)(draw), draw.choose("hidden", around.HIDDEN)(draw)
    first, last = (notice, "") if draw.chance(0.5) else ("", notice)
    page = (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">{head}</head>\n<body>{hidden}{first}{above}\n{whole}\n{foot}{last}'
        "</body></html>"
    )
    return Stranger(
        _sample(draw, seed, page, _expected(draw, found, body, files)), draw.choices, _beside(draw, found, body)
    )


def _main(draw: Draw, found: Story, body: texts.Body, title: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the main column's markup and the files that hang on the article."""
    signed = byline(draw, found)
    shared = bool(signed) and draw.chance(0.5)
    date = date_line(draw, found, signed if shared else "")
    if signed and not shared:
        date += f"<div>{signed}</div>"
    above, below = ordered(draw, title, date, lead(draw, found))
    files, hung = texts.files(draw, draw.rng.randint(1, 3)) if draw.chance(0.25) else ((), "")
    inside = texts.markup(draw, body) + (_signoff(draw, found) if found.signoff else "")
    inside = _between(inside, draw.choose("in the text", around.INSIDE)(draw))
    text = draw.choose("around the text", frames.TEXT_HOLDERS)(draw, inside)
    tools = draw.choose("above the text", around.TOOLS)(draw)
    ends = [
        draw.choose("below the text", around.BELOW)(draw),
        draw.choose("other articles", around.RELATED)(draw),
        draw.choose("comments", around.COMMENTS)(draw),
    ]
    if draw.chance(0.3):
        ends.reverse()
    article = above + tools + text + below + hung
    holder = draw.choose("around the article", frames.HOLDERS)
    if draw.chance(0.5):
        return holder(draw, article) + "".join(ends), (*body.files, *files)
    return holder(draw, article + "".join(ends)), (*body.files, *files)


def _between(inside: str, box: str) -> str:
    """Set a box behind the text's first paragraph, or before a text that has none."""
    for mark in ("</p>\n", "<br><br>\n", "</div>\n", "<br>\n"):
        if mark in inside:
            return inside.replace(mark, f"{mark}{box}", 1)
    return box + inside


def _signoff(draw: Draw, found: Story) -> str:
    form = draw.rng.choice(
        (
            '<p style="text-align:right"><strong>{}</strong></p>',
            "<p><em>{}</em></p>",
            f'<div{draw.names("author")} align="right">{{}}</div>',
            "<p>{}</p>",
        )
    )
    return "\n" + form.format(escaped(found.signoff))


def _expected(draw: Draw, found: Story, body: texts.Body, files: tuple[tuple[str, str], ...]) -> ExpectedArticle:
    blocks = [ExpectedBlock(Kind.LEAD, plain(found.lead))] if found.lead else []
    blocks += [ExpectedBlock(part.kind, plain(part.text)) for part in body.parts if part.text]
    if found.signoff:
        blocks.append(ExpectedBlock(Kind.SIGNOFF, plain(found.signoff)))
    return ExpectedArticle(
        key="",
        url=f"https://{draw.host}/bai/{draw.published:%d%H%M}",
        title=plain(found.title),
        published=found.published,
        published_raw=plain(found.date_line),
        blocks=tuple(blocks),
        author=found.author,
        attachments=tuple(ExpectedAttachment(plain(name), f"https://{draw.host}{path}") for name, path in files),
    )


def _beside(draw: Draw, found: Story, body: texts.Body) -> frozenset[str]:
    """Return the date line, the byline of the head, and the alternative text of a picture that stands alone."""
    lines = [found.date_line, *found.beside]
    if draw.choices["text"] == "picture alone":
        lines.append("Hình minh họa")
    return frozenset(plain(line) for line in lines)


def _sample(draw: Draw, seed: int, page: str, expected: ExpectedArticle) -> Sample:
    return Sample(SOURCE, draw.host, SOURCE, draw.choices["text"], str(seed), page.encode(), expected)
