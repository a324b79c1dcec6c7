"""Letters read in one pass against those of each element's own text, and the work as pages grow."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement

from pipelines.html.tree import parse_text, tag_of, text_of
from pipelines.sandbox import element_letters
from pipelines.sandbox.element_letters import ElementLetters, bare

PAGES = {
    "blocks": "<div><h1>Mưa lớn</h1><p>Nước <b>lên</b> chậm.</p> đuôi<p>214 hộ</p></div>",
    "a word of several elements": "<p>Th<b>ô</b>ng <i>b</i>áo</p>",
    "a tone that moves between elements": "<p>h<b>o</b>à <a href='/a'>ho</a>à</p><p>Hoà <i>hoà</i></p>",
    "a mark of its own": "<p><i>a</i><b>\u0301</b><u>o</u></p>",
    "a joiner between them": "<p>o<b>\u200b</b><i>à</i></p>",
    "a hidden menu": "<div><div hidden class='menu'><ul><li>Tin <a href='/a'>tức</a></li></ul></div>Sau</div>",
    "hidden inside hidden": "<p>Một <span hidden>hai <b class='hide'>ba <i>bốn</i></b> năm</span>sáu</p>",
    "a script and a form": "<script>var a;</script><form><select><option>Chọn</option></select>Tìm</form>",
    "a comment": "<p>Trước<!-- giữa -->sau</p><!-- cuối -->đuôi",
    "no text": "<div><p></p><p> <b> </b> </p></div>",
}


def elements(root: HtmlElement) -> list[HtmlElement]:
    return [element for element in root.iter() if tag_of(element)]


@pytest.mark.parametrize("body", PAGES.values(), ids=list(PAGES))
def test_an_element_has_the_letters_of_its_text(body: str) -> None:
    root = parse_text(f"<html><body>{body}</body></html>", "").root
    letters = ElementLetters(root)

    for element in elements(root):
        assert letters.of(element) == bare(text_of(element))
        assert letters.count(element) == len(letters.of(element))


def test_each_text_node_is_folded_once_however_deep_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    folded = []

    def counting(text: str) -> str:
        folded.append(text)
        return bare(text)

    monkeypatch.setattr(element_letters, "bare", counting)
    counts = []
    for depth in (50, 100):
        folded.clear()
        root = parse_text("".join(f"<div><p>Thôn số {depth} {n}</p>" for n in range(depth)), "").root
        letters = ElementLetters(root)
        assert all(letters.of(element) for element in elements(root) if tag_of(element) == "div")
        counts.append(len(folded))

    assert counts == [50, 100]
