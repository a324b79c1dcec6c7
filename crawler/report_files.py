"""Where reports lie: `<reports>/<night>.md` and `.json`; those of rehearsals in `<reports>/rehearsal/`, never in the archive."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from archive.durable import disk_errors, make_folder, write_durably
from archive.records import Kind
from crawler.night_report import NightReport
from crawler.report_forms import as_json, as_markdown

__all__ = ["report_path", "reports_folder", "stored_remarks", "write_report"]


def reports_folder(reports: Path, kind: Kind) -> Path:
    """The folder of live reports, or of rehearsals."""
    return reports if kind is Kind.LIVE else reports / "rehearsal"


def report_path(reports: Path, kind: Kind, night: date) -> Path:
    """The Markdown form; the JSON form stands beside it."""
    return reports_folder(reports, kind) / f"{night.isoformat()}.md"


def write_report(reports: Path, report: NightReport) -> Path:
    """Write both forms, each whole or not at all; writing again replaces them. Raises DiskFull, ArchiveError."""
    path = report_path(reports, report.kind, report.night)
    with disk_errors(f"cannot write {path}"):
        make_folder(path.parent)
        write_durably(path, as_markdown(report).encode())
        write_durably(path.with_suffix(".json"), as_json(report).encode())
    return path


def stored_remarks(reports: Path, kind: Kind, night: date) -> tuple[str, ...]:
    """The remarks of a report that was written: they stand nowhere else. None when there is no readable one."""
    try:
        said = json.loads(report_path(reports, kind, night).with_suffix(".json").read_bytes())
        return tuple(str(remark) for remark in said["remarks"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
