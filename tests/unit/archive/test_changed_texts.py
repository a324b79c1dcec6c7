"""No reader hands out a text that its seal does not list, also where line and index were edited to fit it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from archive.__main__ import main
from archive.rebuild import rebuild
from archive.storage.jsonl import canonical
from archive.storage.paths import Paths
from testing.archives import sealed
from testing.web_page import serve_page

FORGED = "Sáng thứ Sáu"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive whose text, line, run record and index agree on a forged text; only the seals do not."""
    folder = tmp_path_factory.mktemp("changed") / "a"
    sealed(folder).close()
    run = folder / "2025/03/04/da_nang"
    [text] = [path for path in run.glob("*.txt") if "Sáng thứ" in path.read_text("utf-8")]
    data = text.read_text("utf-8").replace("Sáng thứ Ba", FORGED).encode()
    digest = sha256(data).hexdigest()
    lines = [json.loads(line) for line in (run / "articles.jsonl").read_text("utf-8").splitlines()]
    for line in lines:
        if line["file"] == text.name:
            line |= {"sha256": digest, "bytes": len(data)}
    (run / "articles.jsonl").write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    text.write_bytes(data)
    rebuild(Paths(folder))
    return folder


def test_it_is_neither_shown_nor_compared_nor_exported_nor_proved(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--archive", str(root)]
    for command in (["show", "da_nang/thong-bao"], ["diff", "da_nang/thong-bao"], ["prove", "da_nang/thong-bao"]):
        assert main([*command, *own]) == 1, command
        said = capsys.readouterr()
        assert FORGED not in said.out + said.err, command
    assert main(["export", str(tmp_path / "x.jsonl"), *own]) == 1
    assert FORGED not in (tmp_path / "x.jsonl").read_text("utf-8")
    with serve_page(root) as address, httpx.Client(base_url=address) as page:
        assert FORGED not in page.get("/en/articles/da_nang/thong-bao").text
        assert page.get("/en/texts/2025-03-04/da_nang/0.txt").status_code == 500
