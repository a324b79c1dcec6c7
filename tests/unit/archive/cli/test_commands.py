"""Every command that a module of `archive.cli` declares can be run, and `--help` shows it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from archive import cli
from archive.__main__ import COMMANDS, main
from archive.errors import ExitCode
from testing.archives import make


def test_every_module_with_commands_is_loaded() -> None:
    modules = [module.name for module in iter_modules(cli.__path__)]
    declaring = {name for name in modules if hasattr(import_module(f"archive.cli.{name}"), "add")}
    assert declaring == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_named_command_alone_shows_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m archive {name}")


def test_a_bug_has_an_exit_code_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("composed")

    make(tmp_path / "a").close()
    monkeypatch.setattr("archive.cli.verify.verify", broken)
    assert main(["verify", "--archive", str(tmp_path / "a")]) == ExitCode.BUG
    said = capsys.readouterr()
    assert (said.out, "KeyError: 'composed'" in said.err, said.err.splitlines()[-1][:15]) == (
        "",
        True,
        "archive: a bug:",
    )
