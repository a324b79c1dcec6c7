"""Import what a crawl and its reader need: loaded once in the process that crawls are forked from.

Nothing here may install a reactor: each crawl chooses its own.
"""

from __future__ import annotations

import importlib
import pkgutil

import crawler.scrapy_imports  # noqa: F401  before the rest of Scrapy
from crawler.config.run_options import software
from vietnam import holidays, residue_forms

_IMPORTS = (
    "crawler.commands.*",
    "crawler.downloader.*",
    "crawler.families.*",
    "crawler.listings.*",
    "crawler.nights.rlimits",
    "crawler.request_queue",
    "crawler.run.*",
    "crawler.sandbox.*",
    "crawler.spiders.*",
    "encodings.charmap",
    "encodings.cp1252",
    "encodings.utf_8_sig",
    "holidays.countries",
    "pipelines.files.text",
    "pipelines.sandbox.*",
    "pipelines.stages",
    "scrapy.commands.*",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.core.scheduler",
    "scrapy.core.scraper",
    "scrapy.downloadermiddlewares.defaultheaders",
    "scrapy.downloadermiddlewares.downloadtimeout",
    "scrapy.downloadermiddlewares.httpcache",
    "scrapy.downloadermiddlewares.httpproxy",
    "scrapy.downloadermiddlewares.redirect",
    "scrapy.downloadermiddlewares.useragent",
    "scrapy.dupefilters",
    "scrapy.extensions.closespider",
    "scrapy.extensions.feedexport",
    "scrapy.extensions.logstats",
    "scrapy.extensions.memdebug",
    "scrapy.extensions.spiderstate",
    "scrapy.extensions.throttle",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.spidermiddlewares.*",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "trafilatura",
    "warcio.archiveiterator",
    "warcio.warcwriter",
)
"""Modules by name, since most stand above this room; `package.*` stands for every module of a package."""


def load() -> None:
    """Import them, compile the forms of widget lines, and read what is the same for every crawl."""
    for name in _IMPORTS:
        package = importlib.import_module(name.removesuffix(".*"))
        if name.endswith(".*"):
            for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
                importlib.import_module(module.name)
    software(())
    holidays.tet(2025)  # loads the calendar
    residue_forms.any_form()
    residue_forms.any_token()
    residue_forms.in_groups(residue_forms.FORMS)
    residue_forms.in_groups(residue_forms.IN_COMPANY)
    for form in residue_forms.FORMS + residue_forms.PROPER + residue_forms.IN_COMPANY:
        assert form.pattern  # noqa: S101  compiled where it is first read
