"""Everything that is measured of the week planner, one table after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.planner import drives, goals, growth, quality, routing, sickness, tuesday, weeks


@dataclass(frozen=True)
class Part:
    """One measurement: its rows, the table of them, and the goals it misses."""

    name: str
    heading: str
    rows: Callable[[bool], Sequence[Any]]
    lines: Callable[[Sequence[Any]], list[str]]
    missed: Callable[[Sequence[Any]], Iterator[str]]


PARTS = (
    Part(
        "weeks",
        "Vermeidbare Kosten der Woche, CPU-Sekunden je Bezirk",
        quality.rows,
        quality.lines,
        goals.of_quality,
    ),
    Part("routing", "Öffentliche Aufgaben der Techniker-Tourenplanung", routing.rows, routing.lines, goals.of_routing),
    Part("growth", "Wachstum", growth.rows, growth.lines, goals.of_growth),
    Part("sickness", "Eine Person fällt die Woche aus", sickness.rows, sickness.lines, goals.of_sickness),
    Part("tuesday", "Dienstag um sieben, 0,5 CPU-Sekunden", tuesday.rows, tuesday.lines, goals.of_tuesday),
    Part("drives", "Fahrzeiten zwischen allen Schulen", lambda _: drives.rows(), drives.lines, lambda _: iter(())),
)
NEED_NO_DATA = {"drives"}


def measured(quick: bool, say: Callable[[str], None]) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Measure part by part, saying each table as it comes; the rows of all, and the goals missed."""
    figures: dict[str, list[dict[str, Any]]] = {}
    missed: list[str] = []
    has_data = bool(weeks.weeks())
    if not has_data:
        say(weeks.MISSING)
    for part in PARTS:
        if not has_data and part.name not in NEED_NO_DATA:
            continue
        rows = part.rows(quick)
        figures[part.name] = [asdict(row) for row in rows]
        missed += part.missed(rows)
        say("\n".join(["", part.heading, *part.lines(rows)]))
    return figures, missed
