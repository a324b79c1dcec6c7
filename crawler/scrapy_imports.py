"""Import the parts of Scrapy whose cost depends on what is imported before: `crawler.settings` imports this first."""

from __future__ import annotations

import gc
import sys

from scrapy.utils import deprecate

gc.freeze()  # what is loaded stays: while the rest is imported, the collector does not walk over it again and again

# Scrapy's commands need itemadapter, which looks for pydantic, both APIs of it, to know its items. Ours are dataclasses.
_absent = "pydantic" not in sys.modules
if _absent:
    sys.modules["pydantic"] = None  # type: ignore[assignment]  # as the import system marks what is not there
import itemadapter  # noqa: E402, F401

if _absent:
    del sys.modules["pydantic"]

# Each of its old names would read the source of the whole stack and look through every module: here they are the new ones.
_shim = deprecate.create_deprecated_class
deprecate.create_deprecated_class = lambda name, new_class, **more: new_class
import scrapy.core.downloader.contextfactory  # noqa: E402, F401

deprecate.create_deprecated_class = _shim
