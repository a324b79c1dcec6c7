"""Name to Scrapy only the components that run: it knows every name that is left out, and imports none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from scrapy.settings import default_settings

from crawler import settings
from testing.fork_server import FRESH

BASES = ("EXTENSIONS_BASE", "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE")
HEAVY = ("tldextract", "requests", "twisted.conch", "scrapy.extensions.telnet")


def test_scrapy_knows_every_component_that_is_left_out() -> None:
    known = {name for base in BASES for name in getattr(default_settings, base)}
    left = {name for base in BASES for name in getattr(settings, base)}
    assert {name for name in known if name not in left} == settings._UNUSED


@pytest.mark.parametrize("base", BASES)
def test_nothing_that_is_left_out_is_named_elsewhere(base: str) -> None:
    own = getattr(settings, base.removesuffix("_BASE"), {})
    assert settings._UNUSED.isdisjoint(own)


def test_the_components_bring_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from scrapy.settings import Settings\n"
        "from crawler import settings as ours\n"
        "made = Settings(); made.setmodule(ours)\n"
        f"for base in {BASES!r}: made.get_component_priority_dict_with_base(base.removesuffix('_BASE'))\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, FRESH: "1"}, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
