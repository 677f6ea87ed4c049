"""Public technician-routing instances (Kovacs and others 2012), on which the nearest rival is PyVRP."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import table
from bench.planner import weeks
from bench.planner.pool import spread
from bench.planner.rivals import Way, planned

BUDGETS = (5.0, 20.0)
WAYS = (Way.OURS, Way.PYVRP)


@dataclass(frozen=True)
class Row:
    """One instance at one budget."""

    instance: str
    budget: float
    ours_cents: int
    pyvrp_cents: int
    ratio: float
    broken: int


def rows(quick: bool) -> list[Row]:
    """Plan each instance both ways."""
    names = weeks.public()
    budgets = BUDGETS[:1] if quick else BUDGETS
    tasks = [(name, way, budget) for name in names for budget in budgets for way in WAYS]
    found = dict(zip(tasks, spread(_one, tasks), strict=True))
    measured = []
    for name in names:
        for budget in budgets:
            ours, pyvrp = (found[name, way, budget] for way in WAYS)
            ratio = ours.cents / pyvrp.cents
            measured.append(Row(name, budget, ours.cents, pyvrp.cents, ratio, ours.broken + pyvrp.broken))
    return measured


def _one(name: str, way: Way, budget: float) -> weeks.Judged:
    problem = weeks.read(name)
    return weeks.judge(problem, planned(way, problem, budget)[0], name)


def lines(measured: Sequence[Row]) -> list[str]:
    """The rows as a table."""
    heads = ("Öffentliche Aufgabe", "CPU s", "wir", "PyVRP allein", "wir zu PyVRP", "Brüche")
    return table.lines(
        heads,
        [
            (
                row.instance,
                f"{row.budget:g}",
                str(row.ours_cents),
                str(row.pyvrp_cents),
                table.number(row.ratio),
                str(row.broken),
            )
            for row in measured
        ],
    )
