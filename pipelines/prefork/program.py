"""Read a command line as a Python program of this checkout, so that a fork can run it without a new interpreter."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("archive", "bench", "crawler", "faults", "pipelines", "replicas", "scrapy", "testing")


@dataclass(frozen=True, slots=True)
class Program:
    """A Python program as its command line asks for it: `-m module`, a script or `-c code`.

    `strict` is `-W error`, `unbuffered` is `-u`.
    """

    kind: str
    target: str
    arguments: tuple[str, ...]
    strict: bool
    unbuffered: bool

    @classmethod
    def of(cls, command: Sequence[str]) -> Program | None:
        """Return the program of a command line, or None when it must be executed."""
        words = list(command)
        if not words or words.pop(0) != sys.executable:
            return None
        strict = unbuffered = False
        while words and words[0] in ("-W", "-u"):
            unbuffered |= words[0] == "-u"
            if words.pop(0) == "-W":
                if not words or words.pop(0) != "error":
                    return None
                strict = True
        if len(words) >= 2 and words[0] == "-m" and words[1].split(".")[0] in _FOLDERS:
            return cls("module", words[1], tuple(words[2:]), strict, unbuffered)
        if len(words) >= 2 and words[0] == "-c":
            return cls("code", words[1], tuple(words[2:]), strict, unbuffered)
        if words and words[0].endswith(".py") and (ROOT / words[0]).is_relative_to(ROOT):
            return cls("script", words[0], tuple(words[1:]), strict, unbuffered)
        return None

    @property
    def folder(self) -> str:
        """The first entry of `sys.path`."""
        return {"script": str((ROOT / self.target).parent), "module": str(ROOT), "code": ""}[self.kind]

    def main(self) -> tuple[types.CodeType, types.ModuleType, list[str]]:
        """Return the code, its empty `__main__` and `sys.argv`. Raises ImportError for an unknown module."""
        module = types.ModuleType("__main__")
        if self.kind == "code":
            return compile(self.target, "<string>", "exec"), module, ["-c", *self.arguments]
        if self.kind == "script":
            path = ROOT / self.target
            module.__file__ = str(path)
            return compile(path.read_bytes(), str(path), "exec"), module, [self.target, *self.arguments]
        spec = importlib.util.find_spec(self.target)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{self.target}.__main__")
        if spec is None or spec.origin is None:
            raise ImportError(f"No module named {self.target}")
        module.__spec__, module.__file__, module.__package__ = spec, spec.origin, spec.parent
        loader: Any = spec.loader
        return loader.get_code(spec.name), module, [spec.origin, *self.arguments]
