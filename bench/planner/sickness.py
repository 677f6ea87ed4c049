"""One manager is out all week: planned anew over all districts, or the neighbours squeeze the urgent jobs in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench import table
from bench.planner import weeks
from bench.planner.pool import spread
from bench.planner.promises import broken_promises, promised
from itsm.dispatch.planner.week.check import check
from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.format import FOREIGN_CENTS
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import Job, Plan, Problem
from itsm.dispatch.planner.week.rota import Rota, best_place
from itsm.dispatch.planner.week.solve import Budget, solve, solve_districts
from itsm.dispatch.planner.week.warm import warm_up

# Which manager of the eleven is out.
SICK = (3, 7)
HEALTHY_SECONDS = 2.0
# CPU seconds and the price of a promise.
RUNS = ((5.0, 0), (20.0, 0), (20.0, 1500))
QUICK_RUNS = ((5.0, 0),)
URGENT = 2


@dataclass(frozen=True)
class Row:
    """A week without one manager.

    `to_squeezed` compares everything but the price of promises; `to_squeezed_with_promises` all of it.
    `moved` and `moved_squeezed` count visits of `promised` that change worker or day, or are not made.
    """

    week: str
    sick: int
    budget: float
    promise_cents: int
    to_squeezed: float
    to_squeezed_with_promises: float
    urgent_left: int
    first_left: int
    urgent_left_squeezed: int
    promised: int
    moved: int
    moved_squeezed: int
    broken: int


def rows(quick: bool) -> list[Row]:
    """Take managers out of every week."""
    names = weeks.weeks()[-1:] if quick else weeks.weeks()
    runs = QUICK_RUNS if quick else RUNS
    found = spread(_measured, [(name, sick, runs) for name in names for sick in SICK[: 1 if quick else None]])
    return [row for part in found for row in part]


def _measured(name: str, sick: int, runs: Sequence[tuple[float, int]]) -> list[Row]:
    warm_up()
    week = weeks.read(name)
    healthy = solve_districts(week, Budget(cpu_seconds=HEALTHY_SECONDS), 1)
    gone = week.workers[sick].key
    workers = tuple(worker for worker in week.workers if worker.key != gone)
    rest = Plan(tuple(route for route in healthy.routes if route.worker != gone))
    rows = []
    for budget, cents in runs:
        jobs = promised(week.jobs, healthy, cents)
        rates = replace(week.rates, foreign_cents=FOREIGN_CENTS)
        problem = replace(week, workers=workers, jobs=jobs, rates=rates)
        squeezed = squeezed_in(problem, rest, week.workers[sick].district)
        plan = solve(problem, Budget(cpu_seconds=budget), 1, rest)
        rows.append(_row(name, sick, (budget, cents), problem, squeezed, plan))
    return rows


def squeezed_in(problem: Problem, rest: Plan, district: int) -> Plan:
    """All days stay as they are; the urgent jobs of the district go where they cost least, the others are left."""
    rota, placed = Rota(problem, rest), {key for key, _ in rest.placed()}
    waiting = [job for job in problem.jobs if job.district == district and job.key not in placed]
    for job in sorted(waiting, key=lambda job: (job.priority, -job.leave_cents)):
        place = best_place(rota, job.key, bound=job.leave_cents) if job.priority <= URGENT else None
        if place is not None:
            rota = rota.with_job(job.key, place)
    return rota.plan()


def _row(name: str, sick: int, run: tuple[float, int], problem: Problem, squeezed: Plan, plan: Plan) -> Row:
    ours, theirs = cost(problem, plan), cost(problem, squeezed)
    left, left_squeezed = _urgent_left(problem, plan), _urgent_left(problem, squeezed)
    return Row(
        name,
        sick,
        *run,
        to_squeezed=(ours.avoidable - ours.moved) / (theirs.avoidable - theirs.moved),
        to_squeezed_with_promises=ours.avoidable / theirs.avoidable,
        first_left=sum(job.priority == 1 for job in left),
        urgent_left=len(left),
        urgent_left_squeezed=len(left_squeezed),
        promised=sum(job.promise is not None for job in problem.jobs),
        moved=broken_promises(problem, plan),
        moved_squeezed=broken_promises(problem, squeezed),
        broken=len(check(problem, plan)) + len(check(problem, squeezed)),
    )


def _urgent_left(problem: Problem, plan: Plan) -> list[Job]:
    """Urgent jobs left out that somebody at work could do."""
    index, placed = Index(problem), {key for key, _ in plan.placed()}
    return [
        job
        for job in problem.jobs
        if job.key not in placed
        and job.priority <= URGENT
        and any(index.may_serve(work, job) for work in index.work.values())
    ]


def lines(measured: Sequence[Row]) -> list[str]:
    """The rows as a table."""
    heads = (
        "Ausfall einer Person",
        "CPU s",
        "€ je Zusage",
        "zu „Nachbarn“",
        "mit Zusagen",
        "P1 offen",
        "P1+P2 offen",
        "bei Nachbarn",
        "zugesagt",
        "verschoben",
        "bei Nachbarn",
        "Brüche",
    )
    return table.lines(
        heads,
        [
            (
                f"{row.week}, Bezirk {row.sick}",
                f"{row.budget:g}",
                f"{row.promise_cents / 100:g}",
                table.number(row.to_squeezed, 2),
                table.number(row.to_squeezed_with_promises, 2),
                str(row.first_left),
                str(row.urgent_left),
                str(row.urgent_left_squeezed),
                str(row.promised),
                str(row.moved),
                str(row.moved_squeezed),
                str(row.broken),
            )
            for row in measured
        ],
    )
