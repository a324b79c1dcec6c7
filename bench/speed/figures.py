"""Medians over the rounds, as a table and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Column, Table

from bench.runner import print_table
from bench.speed.contestants import Usage
from bench.speed.phases import NightPhases, medians
from bench.speed.profile import by_task

_SHOWN = 30  # parts of a profile
_BASES = {"scrapy": "× alone", "default": "× metadata"}
_NIGHTS = {
    "idle": "ours, an idle night",
    "same": "ours, looks, every byte the same",
    "around": "ours, looks, changed around the text",
    "start": "ours, an idle night with one article",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Hold what one run took, and the requests that the server answered meanwhile."""

    usage: Usage
    requests: int


@dataclass(frozen=True, slots=True)
class Median:
    """Seconds by the wall and of processor time, peak MiB, requests; each the median of its rounds."""

    wall: float
    cpu: float
    memory: float
    requests: float

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Median:
        """From the rounds."""
        return cls(
            median(row.usage.wall for row in rows),
            median(row.usage.cpu for row in rows),
            median(row.usage.memory for row in rows),
            median(row.requests for row in rows),
        )


class Figures:
    """The medians of one measurement: of the contestants by the article, of our further nights by the night.

    `served` are milliseconds in which the server answers a client that does nothing with the page, `phases` those of each
    of our first nights.
    """

    def __init__(
        self,
        titles: Mapping[str, str],
        rows: Mapping[str, Sequence[Row]],
        phases: Sequence[NightPhases],
        articles: int,
        served: float,
    ) -> None:
        self.titles, self.articles, self.served_ms = titles, articles, served
        self.phases = asdict(medians(phases)) if phases else {}
        self.medians = {name: Median.of(each) for name, each in rows.items()}

    def contestants(self) -> dict[str, dict[str, float]]:
        """Return milliseconds an article by the wall and of processor time, and peak MiB, by contestant."""
        return {
            name: {
                "wall_ms": round(1000 * taken.wall / self.articles, 1),
                "cpu_ms": round(1000 * taken.cpu / self.articles, 1),
                "memory_mib": round(taken.memory, 1),
                "requests": taken.requests,
            }
            for name, taken in self.medians.items()
            if name in self.titles
        }

    def nights(self) -> dict[str, dict[str, float]]:
        """Return seconds, requests and milliseconds a look of our further nights.

        A look costs what the night took over an idle one, by the requests that the night made over it.
        """
        idle = self.medians.get("idle")
        found = {}
        for name in _NIGHTS:
            if (taken := self.medians.get(name)) is None or idle is None:
                continue
            found[name] = {
                "wall_s": round(taken.wall, 2),
                "cpu_s": round(taken.cpu, 2),
                "memory_mib": round(taken.memory, 1),
                "requests": taken.requests,
            }
            if name in ("same", "around") and (looks := taken.requests - idle.requests) > 0:
                found[name]["wall_ms_look"] = round(1000 * (taken.wall - idle.wall) / looks, 1)
                found[name]["cpu_ms_look"] = round(1000 * (taken.cpu - idle.cpu) / looks, 1)
        return found

    def json(self) -> dict[str, object]:
        """Return everything that was measured."""
        phases = {name: round(seconds, 2) for name, seconds in self.phases.items()}
        return {
            "served_ms": self.served_ms,
            "contestants": self.contestants(),
            "phases_s": phases,
            "nights": self.nights(),
        }


def print_figures(figures: Figures) -> None:
    """Print both tables."""
    contestants, nights = figures.contestants(), figures.nights()
    bases = [contestants.get(name, {}).get("wall_ms", 0.0) for name in _BASES]
    print_table(
        ("", "ms an article", "CPU ms", "peak MiB", "requests", *_BASES.values()),
        (
            (
                figures.titles[name], f"{row['wall_ms']:.1f}", f"{row['cpu_ms']:.1f}", f"{row['memory_mib']:.0f}",
                f"{row['requests']:.0f}", *(f"{base / row['wall_ms']:.2f}" if base else "" for base in bases),
            )
            for name, row in contestants.items()
        ),
        f"medians; {figures.articles} articles; the server answers a bare client in {figures.served_ms} ms",
    )  # fmt: skip
    if figures.phases:
        print_table(
            ("ours, by the wall", "s", "ms an article"),
            (
                (name, f"{seconds:.2f}", f"{1000 * seconds / figures.articles:.1f}")
                for name, seconds in figures.phases.items()
            ),
            "medians of each phase of the first night",
        )
    if nights:
        print_table(
            ("", "s", "CPU s", "peak MiB", "requests", "ms a look", "CPU ms a look"),
            (
                (
                    _NIGHTS[name], f"{row['wall_s']:.2f}", f"{row['cpu_s']:.2f}", f"{row['memory_mib']:.0f}", f"{row['requests']:.0f}",
                    f"{row['wall_ms_look']:.1f}" if "wall_ms_look" in row else "",
                    f"{row['cpu_ms_look']:.1f}" if "cpu_ms_look" in row else "",
                )
                for name, row in nights.items()
            ),
            "a look: what the night takes over an idle one, by its looks",
        )  # fmt: skip


def print_profile(samples: Counter[tuple[str, str]], cpu: float) -> None:
    """Print where the processor time of an article goes, most first: shares of the samples, and of `cpu` milliseconds.

    Starting the processes is part of it.
    """
    tasks = Table("task", *(Column(name, justify="right") for name in ("%", "CPU ms")), box=None)
    for task, count in by_task(samples).most_common():
        tasks.add_row(task, f"{100 * count / samples.total():.1f}", f"{cpu * count / samples.total():.2f}")
    Console(highlight=False, width=100).print(tasks)
    shown = samples.most_common(_SHOWN)
    rest = samples.total() - sum(count for _, count in shown)
    table = Table(
        "process", "innermost module of ours", *(Column(name, justify="right") for name in ("%", "CPU ms")), box=None
    )
    for (process, part), count in (*shown, (("", "all others"), rest), (("", "all"), samples.total())):
        share = count / samples.total()
        table.add_row(process, part, f"{100 * share:.1f}", f"{cpu * share:.2f}")
    Console(highlight=False, width=100).print(table)
