"""Pages drawn by tag and attribute: tags that open and close in any order, comments and text between them."""

from __future__ import annotations

from hypothesis import strategies as st

TAGS = st.sampled_from(("div", "p", "span", "H1", "a", "li", "b", "table", "o:p", "br", "script", "select"))
WORDS = st.sampled_from(("x", "y", "x-y", "xy", "X", "é", "date-today", "hidden"))
BLANKS = st.sampled_from((" ", "  ", "\n", "\t", "\u00a0", "\u000b", "\f"))


@st.composite
def attributes(draw: st.DrawFn) -> str:
    value = draw(st.one_of(WORDS, st.lists(st.one_of(WORDS, BLANKS), max_size=5).map("".join)))
    name = draw(st.sampled_from(("class", "class", "class", "id", "CLASS", "href", "itemprop", "data-role", "x:y")))
    return draw(st.sampled_from((f'{name}="{value}"', f'{name}="&#120; {value}"', name)))


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Draw tags that open and close in any order, comments and text between them."""
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 25))):
        kind, tag = draw(st.integers(0, 5)), draw(TAGS)
        given_attributes = " ".join(draw(st.lists(attributes(), max_size=3)))
        parts.append(
            ("<!-- x -->", f"</{tag}>", "text\u00a0 \n x")[kind] if kind < 3 else f"<{tag} {given_attributes}>"
        )
    return "".join(parts)
