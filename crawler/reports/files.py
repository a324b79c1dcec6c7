"""Where reports lie: `<reports>/<night>.md` and `.json`, never in the archive itself: what is sealed does not grow."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from archive.storage.fsync import disk_errors, make_folder, write_durably
from crawler.config.settings_file import NightSettings
from crawler.reports.night_report import NightReport
from crawler.reports.render import as_json, as_markdown

__all__ = ["report_path", "reports_folder", "stored_remarks", "write_report"]


def reports_folder(settings: NightSettings, archive: Path) -> Path:
    """Where the reports of an archive lie: the settings say it for theirs, any other archive has them beside it."""
    here = archive.resolve()
    return settings.reports if here == settings.archive.resolve() else here.with_name(f"{here.name}.reports")


def report_path(folder: Path, night: date) -> Path:
    """The Markdown form; the JSON form stands beside it."""
    return folder / f"{night.isoformat()}.md"


def write_report(folder: Path, report: NightReport) -> Path:
    """Write both forms, each whole or not at all; writing again replaces them. Raises DiskFull, ArchiveError."""
    path = report_path(folder, report.night)
    with disk_errors(f"cannot write {path}"):
        make_folder(path.parent)
        write_durably(path, as_markdown(report).encode())
        write_durably(path.with_suffix(".json"), as_json(report).encode())
    return path


def stored_remarks(folder: Path, night: date) -> tuple[str, ...]:
    """The remarks of a report that was written: they stand nowhere else. None when there is no readable one."""
    try:
        said = json.loads(report_path(folder, night).with_suffix(".json").read_bytes())
        return tuple(str(remark) for remark in said["remarks"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
