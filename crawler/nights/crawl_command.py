"""The command line and the environment of one portal's crawl, as the scheduler starts it."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.config.settings_file import NightSettings
from crawler.log.redaction import for_crawl
from crawler.log.setup import LOG_STYLE

__all__ = ["crawl_command", "crawl_environment"]


def crawl_command(archive: Archive, settings: NightSettings, portal: str, night: date) -> list[str]:
    """What runs one portal's night."""
    own = settings.portal(portal)
    command = [sys.executable, "-m", "scrapy", "crawl", portal]
    command += ["--archive", str(archive.paths.root.resolve()), "--night", night.isoformat()]
    if own.delay is not None and archive.identity.kind is ArchiveKind.LIVE:  # a rehearsal waits for nobody
        command += ["-s", f"DOWNLOAD_DELAY={own.delay}"]
    if own.looks is not None:
        command += ["-s", f"LOOKS={','.join(map(str, own.looks))}"]
    command += ["-s", f"GONE_NIGHTS={settings.gone_nights}"]
    deeper = settings.lookback_of(portal)
    for name, value in (("DAYS", deeper.days), ("PAGES", deeper.pages), ("REQUESTS", deeper.requests)):
        command += ["-s", f"LOOKBACK_{name}={value}"]
    return command


def crawl_environment(settings: NightSettings, progress: Path) -> dict[str, str]:
    """This environment, without what is none of the crawl's business, and what the settings and the progress file add."""
    told = {"PROGRESS_FILE": str(progress.resolve()), "PYTHONUNBUFFERED": "1"}
    told["MIN_FREE"], told[LOG_STYLE] = str(settings.min_free), settings.log.value
    if settings.contact:
        told["LUU_TRU_CONTACT"] = settings.contact
    if settings.policy:
        told["LUU_TRU_POLICY"] = settings.policy
    replica = os.environ.get("REPLICA", "")
    if Path(replica).is_dir() and replica:
        told["REPLICA"] = str(Path(replica).resolve())  # the crawl runs in the checkout's folder
    kept = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}  # only we speak to systemd
    return {**for_crawl(kept), **told}
