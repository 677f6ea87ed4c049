"""A running week on Tuesday at seven: Monday is done, four jobs are new, one day is cut to 13:00."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench import table
from bench.planner import weeks
from bench.planner.pool import spread
from bench.planner.promises import broken_promises, promised
from itsm.dispatch.planner.week.check import check
from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.format import LATE_CENTS, LEAVE_CENTS, LONGEST_WITHOUT_BREAK
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Plan, Problem, Shift
from itsm.dispatch.planner.week.solve import Budget, solve
from itsm.dispatch.planner.week.warm import warm_up

TUESDAY = 1
NEW_PRIORITIES = (1, 2, 3, 3)
CUT_AT = 13 * 3600
HEALTHY_SECONDS, WARM_SECONDS, BEST_SECONDS = 2.0, 0.5, 10.0
BEST_SEEDS = (11, 12)
PROMISE_CENTS = (0, 500, 1500)
DISTRICTS = (2, 7)


@dataclass(frozen=True)
class One:
    """A district week planned anew at one price of a promise."""

    promise_cents: int
    to_best: float
    to_best_with_promises: float
    promised: int
    moved: int
    first_left: int
    broken: int


@dataclass(frozen=True)
class Row:
    """The mean of all district weeks at one price of a promise.

    `to_best` compares everything but the price of promises with the best plan that knows no promises;
    `to_best_with_promises` all of it with the best plan at that price.
    """

    promise_cents: int
    weeks: int
    to_best: float
    to_best_with_promises: float
    worst: float
    promised: float
    moved: float
    first_left: int
    broken: int


def rows(quick: bool) -> list[Row]:
    """Plan two districts of each week anew."""
    names = weeks.weeks()[-1:] if quick else weeks.weeks()
    found = [one for part in spread(_measured, [(name, one) for name in names for one in DISTRICTS]) for one in part]
    return [_row([one for one in found if one.promise_cents == cents]) for cents in PROMISE_CENTS]


def _row(found: Sequence[One]) -> Row:
    count = len(found)
    return Row(
        found[0].promise_cents,
        count,
        sum(one.to_best for one in found) / count,
        sum(one.to_best_with_promises for one in found) / count,
        max(one.to_best_with_promises for one in found),
        sum(one.promised for one in found) / count,
        sum(one.moved for one in found) / count,
        sum(one.first_left for one in found),
        sum(one.broken for one in found),
    )


def _measured(name: str, district: int) -> list[One]:
    warm_up()
    week = weeks.read(name, district)
    healthy = solve(week, Budget(cpu_seconds=HEALTHY_SECONDS), 1)
    running = on_tuesday(week, healthy, np.random.default_rng(district))
    rest = Plan(tuple(route for route in healthy.routes if route.day >= TUESDAY))
    without = _best(running, rest)
    found = []
    for cents in PROMISE_CENTS:
        problem = replace(running, jobs=promised(running.jobs, rest, cents))
        plan = solve(problem, Budget(cpu_seconds=WARM_SECONDS), 1, rest)
        ours = cost(problem, plan)
        best = min(_best(problem, rest), ours.avoidable) if cents else min(without, ours.avoidable)
        placed = {key for key, _ in plan.placed()}
        found.append(
            One(
                cents,
                (ours.avoidable - ours.moved) / min(without, ours.avoidable - ours.moved),
                ours.avoidable / best,
                sum(job.promise is not None for job in problem.jobs),
                broken_promises(problem, plan),
                sum(job.priority == 1 and job.key not in placed for job in problem.jobs),
                len(check(problem, plan)),
            )
        )
    return found


def _best(problem: Problem, start: Plan) -> int:
    """The least of two long searches, one from the plan in force and one from nothing."""
    starts = (start, None)
    plans = [
        solve(problem, Budget(cpu_seconds=BEST_SECONDS), seed, begin)
        for seed, begin in zip(BEST_SEEDS, starts, strict=True)
    ]
    return min(cost(problem, plan).avoidable for plan in plans)


def on_tuesday(week: Problem, healthy: Plan, rng: np.random.Generator) -> Problem:
    """What is left of the week, with one day cut and new jobs in it."""
    done = {key for key, route in healthy.placed() if route.day < TUESDAY}
    cut = int(rng.integers(TUESDAY, week.days))
    workers = tuple(
        replace(worker, shifts=tuple(_cut(one, cut) for one in worker.shifts if one.day >= TUESDAY))
        for worker in week.workers
    )
    open_jobs = [_from_tuesday(job) for job in week.jobs if job.key not in done]
    return replace(week, workers=workers, jobs=(*open_jobs, *_new_jobs(week, rng)))


def _cut(shift: Shift, day: int) -> Shift:
    if shift.day != day:
        return shift
    end = min(shift.end, day * DAY_SECONDS + CUT_AT)
    return replace(shift, end=end, pause=shift.pause if end - shift.start > LONGEST_WITHOUT_BREAK else None)


def _from_tuesday(job: Job) -> Job:
    return replace(job, windows=tuple(one for one in job.windows if one[0] >= TUESDAY * DAY_SECONDS))


def _new_jobs(week: Problem, rng: np.random.Generator) -> list[Job]:
    """Jobs like others of the week, more urgent, due on Tuesday or a day later for each priority."""
    flexible = [job for job in week.jobs if len(job.windows) > week.days / 2 and not job.skills]
    chosen = rng.choice(len(flexible), len(NEW_PRIORITIES), replace=False)
    found = []
    for number, (priority, like) in enumerate(zip(NEW_PRIORITIES, chosen, strict=True)):
        job, due = _from_tuesday(flexible[int(like)]), TUESDAY + priority - 1
        late = tuple(LATE_CENTS[priority] * max(0, day - due) for day in range(week.days))
        leave = int(LEAVE_CENTS[priority] * (0.5 + job.seconds / 7200)) + LATE_CENTS[priority] * (week.days - due)
        found.append(
            replace(job, key=f"new{number}", priority=priority, due_day=due, late_cents=late, leave_cents=leave)
        )
    return found


def lines(measured: Sequence[Row]) -> list[str]:
    """The rows as a table."""
    heads = (
        "Laufender Dienstag",
        "Wochen",
        "zur besten",
        "mit Zusagen",
        "schlechteste",
        "zugesagt",
        "verschoben",
        "P1 offen",
        "Brüche",
    )
    return table.lines(
        heads,
        [
            (
                f"{row.promise_cents / 100:g} € je Zusage",
                str(row.weeks),
                table.number(row.to_best),
                table.number(row.to_best_with_promises),
                table.number(row.worst),
                table.number(row.promised, 1),
                table.number(row.moved, 1),
                str(row.first_left),
                str(row.broken),
            )
            for row in measured
        ],
    )
