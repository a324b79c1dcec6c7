"""docs/add-a-province.md is true: its probe is run on the drawn portal it names, and says what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from bench.probe.__main__ import draw_portal
from replicas.serve import ReplicaServer
from replicas.sites.site import Suffixer

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "add-a-province.md"
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown() -> tuple[dict[str, str], str]:
    """Each command of the page with its output, and the spider's file."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    commands: dict[str, str] = {}
    for kind, text in blocks:
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:] if kind == "console" else ():
            command, _, output = part.partition("\n")
            commands[command] = output
    (spider,) = [text for kind, text in blocks if kind == "python"]
    return commands, spider


def run(command: str, port: int, *more: str) -> subprocess.CompletedProcess[str]:
    words = command.replace("8973", str(port)).split()
    settings = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    arguments = [word for word in words if not re.match(r"[A-Z_]+=", word)][1:]
    return subprocess.run(
        [sys.executable, *arguments, *more],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_page_shows_what_the_commands_say(tmp_path: Path) -> None:
    commands, spider = shown()
    (probe,) = [command for command in commands if "probe https" in command]
    (reviewed,) = [command for command in commands if "--reviewed" in command]
    (serve,) = [command for command in commands if "--serve" in command]
    what, site, _ = draw_portal(3)
    assert commands[serve].startswith(f"{site.host} on 127.0.0.1:8973 ({what})")
    where = ["--spiders", str(tmp_path), "--pages", str(tmp_path)]
    with ReplicaServer([site]) as server:
        server.suffixer = Suffixer([site.host])
        done = run(probe, server.port, *where)

    assert done.returncode == 0, done.stderr
    assert done.stdout.partition("\nwritten:\n")[0].strip() == commands[probe].strip()
    assert (tmp_path / "huyen_mau.py").read_text(encoding="utf-8") == spider
    assert run(reviewed, 0, "--pages", str(tmp_path)).stdout == commands[reviewed]
