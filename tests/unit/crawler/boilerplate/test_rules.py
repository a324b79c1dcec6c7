"""The files of accepted rules: what they may say, where a rule holds, and selectors for boxes."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from archive.errors import UsageError
from archive.leases.states import LeaseState
from archive.messages.reason import Reason, joined
from archive.model.enums import FinishReason, Verdict, Via
from archive.model.records import Run
from crawler.boilerplate.rules import BoilerplateRule, add_rule, file_of, rules_of, with_rules
from crawler.reports.night_table import NightRow
from pipelines.article import Layout
from pipelines.boilerplate.positions import selectors_of
from pipelines.extract import extract
from pipelines.sandbox.page_question import layouts_context, layouts_of
from vietnam.date_forms import TZ

LAYOUT = Layout("plain", "article", ("h1",), (".ngay",), (".noi-dung",), lead=(".tom-tat",), drop=(".cu",))
LINE = "Kể chuyện cùng {} bà con"


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type:
    """Make a portal of a family, whose files would stand in the test's folder."""
    module = ModuleType("planted_rules")
    module.__file__ = str(tmp_path / "ba_song.py")
    monkeypatch.setitem(sys.modules, "planted_rules", module)
    family = type("Plain", (), {"family": "Plain one", "__module__": "planted_rules"})
    return type("BaSong", (family,), {"name": "ba_song", "__module__": "planted_rules"})


def test_a_portal_has_its_familys_rules_and_its_own(portal: type) -> None:
    add_rule(portal.__mro__[1], BoilerplateRule("drop", "div.a", "why"))
    path = add_rule(portal, BoilerplateRule("after", 'lời "kể" #', "vì sao \\ thế"))

    assert path == file_of(portal)
    assert rules_of(portal) == (
        BoilerplateRule("drop", "div.a", "why"),
        BoilerplateRule("after", 'lời "kể" #', "vì sao \\ thế"),
    )
    assert rules_of(portal.__mro__[1]) == (BoilerplateRule("drop", "div.a", "why"),)


def test_what_a_person_wrote_into_the_file_stays(portal: type) -> None:
    file_of(portal).write_text("# our own words\n[[ba_song]]\ndrop = 'p.x'  # since March\n", "utf-8")
    add_rule(portal, BoilerplateRule("before", "mở ra"))

    assert file_of(portal).read_text("utf-8").startswith("# our own words\n[[ba_song]]\ndrop = 'p.x'  # since March\n")
    assert [rule.value for rule in rules_of(portal)] == ["p.x", "mở ra"]


def test_a_rule_is_written_once(portal: type) -> None:
    add_rule(portal, BoilerplateRule("drop", "div.a", "why"))
    with pytest.raises(UsageError, match="has this rule of ba_song already"):
        add_rule(portal, BoilerplateRule("drop", "div.a", "another reason"))


WRONG = {
    "no-toml": ("[[ba_song]\n", "mend it, or take back the last change"),
    "one-bracket": ('[ba_song]\ndrop = "p"\n', r"write \[\[ba_song\]\] with two brackets"),
    "unknown-key": ('[[ba_song]]\ndorp = "p"\n', "does not know `dorp`"),
    "two-rules": ('[[ba_song]]\ndrop = "p"\nafter = "a"\n', "should have exactly one rule"),
    "no-rule": ('[[ba_song]]\nwhy = "p"\n', "should have exactly one rule"),
    "no-text": ("[[ba_song]]\nafter = 3\n", "should be texts, found 3"),
    "empty": ('[[ba_song]]\nafter = " "\n', "should be texts"),
    "no-selector": ('[[ba_song]]\ndrop = "div.[x"\n', r"is no CSS selector: 'div.\[x'"),
    "formula": ('[[ba_song]]\nafter = "Nơi nhận:"\n', "is a formula that belongs to texts"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_in_words(portal: type, text: str, words: str) -> None:
    file_of(portal).write_text(text, "utf-8")
    with pytest.raises(UsageError, match=words) as refused:
        rules_of(portal)
    assert "\n" not in str(refused.value)


def read(body: str, *rules: BoilerplateRule) -> tuple[list[str], tuple[str, ...]]:
    page = f"<article><h1>Dựng cầu tạm</h1><p class=ngay>03/03/2025</p><div class=noi-dung>{body}</div></article>"
    (layout,) = with_rules((LAYOUT,), rules)
    now = datetime(2025, 3, 4, tzinfo=TZ)
    article = extract(page.encode(), "https://www.ba-song.vn/tin/a.html", (layout,), now)
    return [block.text for block in article.blocks], article.removed


TEXT = ["Bà con góp công dựng cầu tạm qua sông.", "Cầu dài ba mươi mét, rộng hai mét."]
BODY = "".join(f"<p>{line}</p>" for line in TEXT)
SIGNED = "<p>Trần Mai Hoa</p>"


def test_after_takes_a_line_only_behind_the_text() -> None:
    rule = BoilerplateRule("after", "kể chuyện cùng # bà con")
    said = f"<p>{LINE.format(7)}</p>"

    assert read(BODY + said, rule) == (TEXT, (LINE.format(7),))
    assert read(BODY + said + SIGNED, rule)[0] == [*TEXT, "Trần Mai Hoa"]
    assert read(BODY + SIGNED + said, rule)[0] == [*TEXT, "Trần Mai Hoa"]
    assert read(said + BODY, rule) == ([LINE.format(7), *TEXT], ())
    assert read(f"<p>{TEXT[0]}</p>{said}<p>{TEXT[1]}</p>", rule)[0] == [TEXT[0], LINE.format(7), TEXT[1]]


def test_before_takes_a_line_only_ahead_of_the_text() -> None:
    rule = BoilerplateRule("before", "kể chuyện cùng # bà con")
    said = f"<p>{LINE.format(8)}</p>"

    assert read(said + BODY, rule) == (TEXT, (LINE.format(8),))
    assert read(BODY + said, rule)[0] == [*TEXT, LINE.format(8)]


def test_among_takes_it_anywhere_and_nothing_longer() -> None:
    rule = BoilerplateRule("among", "kể chuyện cùng # bà con")
    said, longer = f"<p>{LINE.format(9)}.</p>", f"{LINE.format(9)} là việc của mỗi người."

    assert read(f"<p>{TEXT[0]}</p>{said}<p>{TEXT[1]}</p>", rule)[0] == TEXT
    assert read(f"<p>{longer}</p>{BODY}", rule)[0] == [longer, *TEXT]


def test_drop_takes_the_box() -> None:
    box = f'<div class="ke"><p>{LINE}</p><p>Mở ra</p></div>'

    assert read(box + BODY, BoilerplateRule("drop", "div.ke")) == (TEXT, (LINE, "Mở ra"))
    assert read(BODY, BoilerplateRule("drop", "div.noi-dung")) == (TEXT, ())


def test_a_layout_takes_its_lines_through_the_worker() -> None:
    (layout,) = with_rules(
        (LAYOUT,),
        (
            BoilerplateRule("before", "a"),
            BoilerplateRule("among", "b"),
            BoilerplateRule("after", "c"),
            BoilerplateRule("drop", "d"),
        ),
    )

    assert layouts_of(layouts_context((layout,))) == (layout,)
    assert (layout.before, layout.among, layout.after, layout.boxes) == (("a",), ("b",), ("c",), ("d",))


@pytest.mark.parametrize(
    ("box", "selectors"),
    [
        ((), ()),
        (("div",), ()),
        (("div", "p"), ()),
        (("div.ke",), ("div.ke",)),
        (("div.a.b", "p"), ("div.a.b > p",)),
        (("div", "p.note"), ("p.note", "div > p.note")),
        (("div#ke-chuyen",), ("div#ke-chuyen",)),
        (("div#nghe-0",), ('div[id^="nghe-"]',)),
        (("div.col-md-0.tin-0-0",), ('div[class*="col-md-"][class*="tin-"]',)),
        (("p.b0",), ()),
        (("div.md:flex",), ()),
    ],
    ids=lambda value: " > ".join(value) or "none",
)
def test_selectors_of_a_box(box: tuple[str, ...], selectors: tuple[str, ...]) -> None:
    assert selectors_of(box) == selectors


@pytest.mark.parametrize(
    ("verdict", "lines"),
    [
        (Verdict.GOOD, ("residue: 2 suspects on ba_song; see `scrapy suspects ba_song`",)),
        (Verdict.BROKEN, ("no history yet", "residue: 2 suspects on ba_song; see `scrapy suspects ba_song`")),
    ],
)
def test_the_nights_table_tells_of_suspects_on_a_good_night_too(verdict: Verdict, lines: tuple[str, ...]) -> None:
    now = datetime(2025, 3, 4, tzinfo=TZ)
    reasons = (Reason.of("no_history"), Reason.of("residue", n=2, portal="ba_song"))
    run = Run(
        "ba_song", now.date(), "ba_song", Via.REPLICA, now, now, complete=True, finish_reason=FinishReason.FINISHED,
        verdict=verdict, reasons=reasons, listed=3, requests=4, bytes=5,
    )  # fmt: skip

    assert joined(NightRow("ba_song", LeaseState.DONE, None, run).shown_reasons) == "; ".join(lines)
