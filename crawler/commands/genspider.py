"""`python -m scrapy genspider -t FAMILY NAME URL`: Scrapy's own command over the families' templates.

It adds the portals' naming rule (class `QuangTri` in `quang_tri.py`) and the province that the address shows. What only a
person knows stands in the file as TODO, and every command that would use it refuses to.
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
from crawler.command_line import end_with
from crawler.portal import TODO
from vietnam.provinces import province_of_host

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+")
_SCRAPYS_DEFAULT = "basic"


class Command(GenspiderCommand):
    """Begin a spider on a family."""

    def syntax(self) -> str:
        """Return the arguments in the usage line."""
        return "[options] -t FAMILY NAME URL"

    def short_desc(self) -> str:
        """Return the line in the list of commands."""
        return "Begin a portal's spider on a family (-l lists them)"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the file; report an error of usage in one line."""
        try:
            if opts.list:
                sys.stdout.write(_families())
                return
            if not opts.dump:
                _check_arguments(args, opts)
            super().run(args, opts)
        except ArchiveError as error:
            self.exitcode = end_with(error)

    def _generate_template_variables(self, module: str, name: str, url: str, template_name: str) -> dict[str, Any]:
        """Return Scrapy's variables under our naming rule, with the home address and the province of the host."""
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
        """Return whether it does; raise UsageError then, for the exit code of wrong usage."""
        exists = super()._spider_exists(name)
        if exists:
            raise UsageError(f"nothing was written: name another portal than {name}, or overwrite it with --force")
        return exists


def _families() -> str:
    """Return a line for each template with its family."""
    known = families()
    width = max(map(len, known))
    return "".join(f"{module:<{width}}  {family.family}\n" for module, family in known.items())


def _check_arguments(args: list[str], opts: argparse.Namespace) -> None:
    """Raise UsageError for arguments that would not become a portal's file."""
    known = list(families())
    if len(args) != 2:
        raise UsageError("say which portal: `python -m scrapy genspider -t FAMILY NAME https://HOST`")
    if opts.template == _SCRAPYS_DEFAULT:
        raise UsageError(
            f"say which family with -t: {', '.join(known)}; `python -m scrapy probe {args[1]}` recognises it"
        )
    if opts.template not in known and not Path(opts.template).is_file():
        raise UsageError(f"unknown family `{opts.template}`; {did_you_mean(opts.template, known)}")
    if not _NAME.fullmatch(args[0]):
        raise UsageError(f"{args[0]!r} is no portal's name: use a-z, 0-9 and _, like quang_tri")
    _host(args[1])


def _host(url: str) -> str:
    """Return the host of an address with or without scheme. Raises UsageError where a portal cannot have it."""
    host = urlsplit(url if "//" in url else f"//{url}").netloc.lower()
    if not _HOST.fullmatch(host):
        raise UsageError(f"{url!r} is no address of a portal: write it as https://HOST")
    return host
