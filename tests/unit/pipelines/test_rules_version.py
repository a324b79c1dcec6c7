"""Other layouts and other code have another version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import rules_version as module
from pipelines.article import Layout
from pipelines.rules_version import rules_version

LAYOUT = Layout("bai", fits="h1", title=("h1",), published=(), body=("div",))


def test_the_version_follows_the_layouts_and_is_the_same_for_the_same() -> None:
    assert rules_version([LAYOUT]) == rules_version((replace(LAYOUT),))
    assert rules_version([LAYOUT]) != rules_version([replace(LAYOUT, after=("Nguồn: #",))])
    assert rules_version([LAYOUT]) != rules_version([LAYOUT, LAYOUT])


def test_the_version_follows_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROOT", tmp_path)
    source = tmp_path / "pipelines" / "html" / "title.py"
    source.parent.mkdir(parents=True)
    source.write_text("SHORTEST = 8\n", encoding="utf-8")
    module._program.cache_clear()
    before = rules_version([LAYOUT])
    source.write_text("SHORTEST = 9\n", encoding="utf-8")
    assert rules_version([LAYOUT]) == before  # asked once a process
    module._program.cache_clear()
    assert rules_version([LAYOUT]) != before
    module._program.cache_clear()
