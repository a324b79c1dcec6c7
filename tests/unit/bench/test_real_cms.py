"""Run the command where its programs are missing, over a wrong checkout, and hold its content to what the gate needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.real_cms import __main__ as command
from bench.real_cms.bodies import blocks_body, editor_body, picture_bytes
from bench.real_cms.content import CATEGORIES, NIGHTS, CmsArticle, State, compose, files_of
from replicas.records import Kind, plain

STORY = compose()


def test_without_the_programs_it_is_skipped_and_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "missing", lambda: ["mariadbd", "apache2"])
    assert command.main([]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("SKIPPED: not here: mariadbd, apache2")
    assert "apt-get install -y --no-install-recommends mariadb-server apache2 libapache2-mod-php" in printed
    assert command.main(["--packages"]) == 0
    assert "wordpress-theme-twentytwentythree" in capsys.readouterr().out.splitlines()


def test_a_folder_that_is_no_checkout_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "missing", list)
    assert command.main(["--packages"]) == 0
    assert command.main(["--nukeviet", str(tmp_path)]) == 2
    assert f"{tmp_path} is no checkout of NukeViet" in capsys.readouterr().err


def test_the_story_has_every_shape_and_every_edit() -> None:
    first, second, third = STORY.states()
    assert {article.category for article in first} == {one.slug for one in CATEGORIES}
    assert {article.state for article in first} == set(State)
    assert {part.kind for article in first for part in article.parts} == set(Kind) - {Kind.LEAD}
    assert any(len(article.parts) == 1 and article.parts[0].image for article in first), "a picture and nothing else"
    assert any(article.also for article in first)
    assert len({article.title for article in third}) == len({article.slug for article in third}) == len(third)
    changed = {article.number: article for article in second}
    edits = STORY.edits[0]
    assert {one.number for one in edits.deleted} == {one.number for one in first} - set(changed)
    before = {article.number: article for article in first}
    for one in edits.moved:
        assert set(one.categories).isdisjoint(before[one.number].categories)
    assert all(one.published.date() <= NIGHTS[0] for one in first)
    assert [one.published.date() for edit in STORY.edits for one in edit.created] == list(NIGHTS[1:])


@pytest.mark.parametrize("article", STORY.articles, ids=lambda article: str(article.number))
def test_an_editors_body_holds_every_word(article: CmsArticle) -> None:
    texts = [plain(part.text) for part in article.parts if part.kind is not Kind.TABLE_ROW]
    cells = [cell for part in article.parts for cell in part.cells]
    for body in (blocks_body(article, "/u"), editor_body(article, "/u")):
        for text in (*texts, *cells):
            assert all(word in body for word in text.split() if word.isalnum())
    assert all(f"/u/{name}" in blocks_body(article, "/u") for name in files_of(article))
    assert picture_bytes(article.number).startswith(b"\x89PNG")
