"""The chance behind one page: draw from grammars, note every choice, name elements in the page's own manner."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from bench.extraction.corpus import FETCHED
from replicas.prose.article_parts import PartComposer
from replicas.prose.provincial_news import compose_article

T = TypeVar("T")

_ROLES = {
    "page": ("khung trang bao", "wrapper container page-wrap"),
    "top": ("dau-trang banner dau", "header top masthead"),
    "menu": ("menu-chinh thanh-menu muc", "nav main-menu navbar"),
    "trail": ("duong-dan vi-tri", "breadcrumb crumbs path"),
    "main": ("cot-chinh trai noidung-chinh", "main col-main left-col"),
    "side": ("cot-phai phai ben", "sidebar right-col widget-area"),
    "head": ("dau-bai khoi-tieude", "entry-header post-head title-block"),
    "title": ("tieu-de ten-bai tieude", "entry-title headline post-title"),
    "date": ("ngay-dang thoi-gian ngaythang", "date posted-on meta-time"),
    "lead": ("tom-tat trich gioi-thieu", "summary excerpt intro"),
    "body": ("noi-dung chi-tiet than-bai", "content entry-content detail-body"),
    "caption": ("chu-thich ghichu-anh", "caption pic-note"),
    "author": ("tac-gia nguoi-viet", "author byline writer"),
    "files": ("tep-kem dinh-kem", "attachments downloads"),
    "tools": ("cong-cu tien-ich", "tools actions share"),
    "related": ("tin-khac cung-muc", "related more-news others"),
    "comments": ("binh-luan y-kien", "comments discussion"),
    "foot": ("chan-trang cuoi chan", "footer bottom site-info"),
    "cookie": ("thong-bao-cookie", "cookie-bar consent"),
    "box": ("hop khoi o", "box block panel"),
}
_UTILITY = ("mb-3", "d-flex", "row", "col-md-8", "clearfix", "pt-2", "text-sm", "w-full", "mx-auto", "float-left")
_LETTERS = "abcdefghkmnpqrstuvxyz"


class Draw:
    """One page's draws; the same seed gives the same page.

    `choices` holds the name of what was taken of each grammar, `title` the article's title.
    """

    def __init__(self, seed: int) -> None:
        self.text = PartComposer(f"stranger {seed}")
        self.rng = self.text.rng
        self.choices: dict[str, str] = {}
        self.place = self.text.pick("places")
        self.host = f"trang-{seed}.replica.test"
        minutes = self.rng.randint(24 * 60, 700 * 24 * 60)
        self.published: datetime = FETCHED.replace(second=0) - timedelta(minutes=minutes)
        self._used: set[str] = set()
        self.title = self.headline()
        self._classes: dict[str, str] = {}
        self._namer = self.choose("class names", _NAMERS)

    def choose(self, feature: str, options: Mapping[str, T], only: Callable[[str], bool] = lambda name: True) -> T:
        """Draw an option of a grammar and note it; `only` leaves out options that another choice rules out."""
        name = self.rng.choice([name for name in options if only(name)])
        self.choices[feature] = name
        return options[name]

    def chance(self, share: float) -> bool:
        """Return true in this share of the cases."""
        return self.rng.random() < share

    def names(self, role: str, attribute: str = "class") -> str:
        """Return the attribute that names an element of this role, with a blank before it; empty where none is used."""
        if role not in self._classes:
            self._classes[role] = self._namer(self, role)
        found = self._classes[role]
        return f' {attribute}="{found}"' if found else ""

    def box(self, role: str, inside: str, tag: str = "div") -> str:
        """Return an element of this role around markup."""
        return f"<{tag}{self.names(role)}>{inside}</{tag}>"

    def headline(self) -> str:
        """Compose a title that no other article of the page has."""
        while True:
            if self.chance(0.5):
                title = self.text.title()
            else:
                title = compose_article(self.rng, f"tỉnh {self.place}").title
            if title not in self._used:
                self._used.add(title)
                return title

    def paragraphs(self, count: int) -> list[str]:
        """Compose paragraphs of one page, each of its own wording."""
        found: list[str] = []
        while len(found) < count:
            if self.chance(0.6):
                drawn = [self.text.paragraph()]
            else:
                drawn = list(compose_article(self.rng, f"tỉnh {self.place}").paragraphs)
            found += [text for text in drawn if text not in self._used]
            self._used.update(drawn)
        return found[:count]

    def day(self, back: int = 30) -> datetime:
        """Return a moment near the fetch, of another article."""
        return FETCHED - timedelta(minutes=self.rng.randint(60, back * 24 * 60))


def escaped(text: str) -> str:
    """Return a text as it stands in markup."""
    return html.escape(text, quote=False)


def link(text: str, path: str) -> str:
    """Return a link."""
    return f'<a href="{path}">{escaped(text)}</a>'


def _nonsense(draw: Draw) -> str:
    return "".join(draw.rng.choices(_LETTERS, k=draw.rng.randint(2, 5))) + str(draw.rng.randint(0, 99))


def _vietnamese(draw: Draw, role: str) -> str:
    return draw.rng.choice(_ROLES[role][0].split())


def _english(draw: Draw, role: str) -> str:
    return draw.rng.choice(_ROLES[role][1].split())


_NAMERS: dict[str, Callable[[Draw, str], str]] = {
    "none": lambda draw, role: "",
    "nonsense": lambda draw, role: _nonsense(draw),
    "vietnamese": _vietnamese,
    "english": _english,
    "utility": lambda draw, role: " ".join(draw.rng.sample(_UTILITY, draw.rng.randint(1, 3))),
    "hashed": lambda draw, role: (
        f"{_english(draw, role).title().replace('-', '')}_{_nonsense(draw)}__{_nonsense(draw)}"
    ),
    "generated": lambda draw, role: f"ctl00_{_nonsense(draw)}",
}
