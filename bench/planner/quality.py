"""How good a week is at a budget: ours, other engines and simple practice on the same districts."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import table
from bench.planner import weeks
from bench.planner.pool import spread
from bench.planner.rivals import Way, planned

FULL, SHORT = 5.0, 2.0
RUNS: tuple[tuple[Way, float], ...] = (
    (Way.OURS, SHORT),
    (Way.OURS, FULL),
    (Way.PYVRP, FULL),
    (Way.ORTOOLS, FULL),
    (Way.VROOM, FULL),
    (Way.GREEDY, FULL),
    (Way.ARRIVAL, FULL),
)


@dataclass(frozen=True)
class One:
    """A district planned one way."""

    week: str
    district: int
    way: Way
    budget: float
    cents: int
    broken: int
    cpu_seconds: float


@dataclass(frozen=True)
class Row:
    """A week planned one way; the ratios are those of the sums of its districts.

    `worst` is the district farthest above its best known plan.
    """

    week: str
    way: str
    budget: float
    cpu_seconds: float
    to_reference: float
    worst: float
    to_greedy: float
    to_arrival: float
    broken: int


def rows(quick: bool) -> list[Row]:
    """Plan every district of every week in every way."""
    names = weeks.weeks()[-1:] if quick else weeks.weeks()
    tasks = [
        (name, district, way, budget)
        for name in names
        for district in weeks.districts(name)[: 3 if quick else None]
        for way, budget in RUNS
    ]
    found = spread(_one, tasks)
    return [_row(found, name, way, budget) for name in names for way, budget in RUNS]


def _one(name: str, district: int, way: Way, budget: float) -> One:
    problem = weeks.read(name, district)
    plan, used = planned(way, problem, budget)
    judged = weeks.judge(problem, plan, name, district)
    return One(name, district, way, budget, judged.cents, judged.broken, used)


def _row(found: Sequence[One], name: str, way: Way, budget: float) -> Row:
    mine = [one for one in found if (one.week, one.way, one.budget) == (name, way, budget)]
    best = weeks.reference(name)
    total = sum(one.cents for one in mine)
    return Row(
        week=name,
        way=way.value,
        budget=budget,
        cpu_seconds=sum(one.cpu_seconds for one in mine) / len(mine),
        to_reference=total / sum(best[one.district] for one in mine),
        worst=max(one.cents / best[one.district] for one in mine),
        to_greedy=total / _sum(found, name, Way.GREEDY),
        to_arrival=total / _sum(found, name, Way.ARRIVAL),
        broken=sum(one.broken for one in mine),
    )


def _sum(found: Sequence[One], name: str, way: Way) -> int:
    return sum(one.cents for one in found if (one.week, one.way) == (name, way))


def lines(measured: Sequence[Row]) -> list[str]:
    """The rows as a table."""
    heads = ("Woche", "geplant", "CPU s", "zur besten", "schlechtester Bezirk", "zu gierig", "zu Eingang", "Brüche")
    return table.lines(
        heads,
        [
            (
                row.week,
                f"{row.way}, {row.budget:g} s" if row.way == Way.OURS else row.way,
                table.number(row.cpu_seconds, 1),
                table.number(row.to_reference),
                table.number(row.worst, 2),
                table.number(row.to_greedy, 2),
                table.number(row.to_arrival, 2),
                str(row.broken),
            )
            for row in measured
        ],
    )
