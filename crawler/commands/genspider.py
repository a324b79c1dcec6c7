"""`python -m scrapy genspider -t FAMILY NAME URL`: Scrapy's own command over the families' templates.

What Scrapy's command leaves out is the portals' naming rule (class `QuangTri` in `quang_tri.py`) and what the address says of the
province. What nobody but a person knows stands in the file as TODO, and every command that would use it says so.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.commands.genspider import Command as GenspiderCommand

from archive.errors import ArchiveError, UsageError, did_you_mean
from crawler.catalog.overview import families
from crawler.portal import TODO
from crawler.run.portal_run import tell
from vietnam.provinces import province_of_host

__all__ = ["Command"]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+")
_NONE = "basic"  # Scrapy's default template, which is none of ours


class Command(GenspiderCommand):
    """Begin a spider on a family."""

    def syntax(self) -> str:
        """The arguments."""
        return "[options] -t FAMILY NAME URL"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Begin a portal's spider on a family (-l lists them)"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the file; an error of usage is one line."""
        try:
            if opts.list:
                sys.stdout.write(_families())
                return
            if not opts.dump:
                _refuse(args, opts)
            super().run(args, opts)
        except ArchiveError as error:
            self.exitcode = tell(error)

    def _generate_template_variables(self, module: str, name: str, url: str, template_name: str) -> dict[str, Any]:
        """Scrapy's variables under our naming rule, with the home address, and the province where the host is its own."""
        host = _host(url)
        known = province_of_host(host)
        own = known is not None and known.domain == host.removeprefix("www.")
        return {
            **super()._generate_template_variables(module, name, url, template_name),
            # Scrapy would name the class QuangTriSpider; a spider's class is its portal's name alone (tested).
            "classname": "".join(part.capitalize() for part in name.split("_")),
            "home": f"https://{host}",
            "province": f'"{known.slug}"' if known is not None else "None",
            "title": f"Cổng thông tin điện tử {known.name}"
            if known is not None and own
            else f"{TODO}: the portal's name",
        }

    def _genspider(self, module: str, name: str, url: str, template_name: str, template_file: Any) -> Path:
        written = super()._genspider(module, name, url, template_name, template_file)
        sys.stdout.write(
            f"next:\n  write what says {TODO} in {written.name}\n"
            f"  python -m scrapy sample {name} ADDRESS-OF-A-LIST ADDRESS-OF-AN-ARTICLE\n"
            f"  python scheduler.py check {name}\n"
        )
        return written

    def _spider_exists(self, name: str) -> bool:
        """Whether it does, with the exit code of wrong usage."""
        exists = super()._spider_exists(name)
        if exists:
            raise UsageError(f"nothing was written: name another portal than {name}, or overwrite it with --force")
        return exists


def _families() -> str:
    """The templates: each with its family, and what that is."""
    told = families()
    width = max(map(len, told))
    return "".join(f"{module:<{width}}  {family.family}\n" for module, family in told.items())


def _refuse(args: list[str], opts: argparse.Namespace) -> None:
    """Raises UsageError for what would not become a portal's file."""
    known = list(families())
    if len(args) != 2:
        raise UsageError("say which portal: `python -m scrapy genspider -t FAMILY NAME https://HOST`")
    if opts.template == _NONE:
        raise UsageError(
            f"say which family with -t: {', '.join(known)}; `python -m scrapy probe {args[1]}` recognises it"
        )
    if opts.template not in known and not Path(opts.template).is_file():
        raise UsageError(f"unknown family `{opts.template}`; {did_you_mean(opts.template, known)}")
    if not _NAME.fullmatch(args[0]):
        raise UsageError(f"{args[0]!r} is no portal's name: use a-z, 0-9 and _, like quang_tri")
    _host(args[1])


def _host(url: str) -> str:
    """The host of an address with or without scheme. Raises UsageError where it is none that a portal may have."""
    host = urlsplit(url if "//" in url else f"//{url}").netloc.lower()
    if not _HOST.fullmatch(host):
        raise UsageError(f"{url!r} is no address of a portal: write it as https://HOST")
    return host
