"""A page of HTML as tests ask it: elements, strings, words."""

from __future__ import annotations

from typing import cast

from lxml import etree, html

__all__ = ["HtmlElement", "read"]


class HtmlElement:
    """An element and what is in it."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    def nodes(self, path: str) -> list[HtmlElement]:
        """The elements at an XPath."""
        return [HtmlElement(element) for element in cast("list[etree._Element]", self._element.xpath(path))]

    def strings(self, path: str) -> list[str]:
        """The attributes or texts at an XPath."""
        return [str(text) for text in cast("list[str]", self._element.xpath(path))]

    def get(self, name: str) -> str:
        """An attribute, empty where there is none."""
        return str(self._element.get(name) or "")

    @property
    def words(self) -> str:
        """All its text with single blanks."""
        return " ".join(self.text.split())

    @property
    def text(self) -> str:
        """All its text as it stands."""
        return "".join(str(part) for part in self._element.itertext())


def read(text: str) -> HtmlElement:
    """A page, or a piece of one."""
    return HtmlElement(html.fromstring(text))
