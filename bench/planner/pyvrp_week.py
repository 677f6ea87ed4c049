"""The week for PyVRP alone: the compact model, in which the days lie upon each other and each has its own profile.

PyVRP knows one window per client, no breaks and no skills. So a job is one client for each
time of day it is open at, a worker-day has its own costs of entering a job (closed, lateness,
skills), and the break is a client at every place the worker-day may rest at.
Source: the modelling notes of the PyVRP project; a break as a dummy without a place would drive for nothing.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType, solve
from pyvrp.stop import StoppingCriterion

from bench.planner.repair import kept
from itsm.dispatch.planner.week.index import Index, WorkDay, starts_of
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Plan, Problem

CLOSED_CENTS, CLOSED_SECONDS = 3_000_000, 500_000
# Far more than any job is worth, and not so far that the search never dares to lose a break for a moment.
REST_CENTS = 200_000


@dataclass(frozen=True)
class _Row:
    """A client: a job at a time of day, or the break of a worker-day at a site."""

    site: int
    job: Job | None
    days: frozenset[int]
    rests: tuple[str, int] | None
    first: int
    last: int
    seconds: int


def plan(problem: Problem, stop: StoppingCriterion, seed: int) -> Plan:
    """What PyVRP finds."""
    index = Index(problem)
    work = list(index.work.values())
    rows = [*_jobs(index), *_rests(index, work)]
    data = _data(index, work, rows)
    found = solve(data, stop, seed, collect_stats=False, display=False)
    routes: dict[tuple[str, int], list[str]] = {}
    for route in found.best.routes():
        jobs = [rows[one.idx].job for one in route if one.is_client()]
        routes[work[route.vehicle_type()].key] = [job.key for job in jobs if job is not None]
    return kept(index, routes)


def _jobs(index: Index) -> list[_Row]:
    rows = []
    for job in index.jobs.values():
        times: dict[tuple[int, int], set[int]] = defaultdict(set)
        for day in range(index.problem.days):
            for first, last in starts_of(job, day):
                times[first - day * DAY_SECONDS, last - day * DAY_SECONDS].add(day)
        rows += [_Row(job.site, job, frozenset(days), None, *span, job.seconds) for span, days in times.items()]
    return rows


def _rests(index: Index, work: list[WorkDay]) -> list[_Row]:
    rows = []
    for one in work:
        pause = one.shift.pause
        if pause is not None:
            back = one.day * DAY_SECONDS
            span = pause.earliest - back, pause.latest - back
            sites = {one.worker.base, *(job.site for job in index.jobs.values() if index.may_serve(one, job))}
            rows += [_Row(site, None, frozenset({one.day}), one.key, *span, pause.seconds) for site in sorted(sites)]
    return rows


def _data(index: Index, work: list[WorkDay], rows: list[_Row]) -> ProblemData:
    bases = sorted({one.worker.base for one in work})
    sites = [*bases, *(row.site for row in rows)]
    distances, durations = [], []
    for one in work:
        cents = np.array([[index.cents[a][b] + index.fee(one.worker, a, b) for b in sites] for a in sites])
        seconds = np.array([[index.seconds[a][b] for b in sites] for a in sites])
        for column, row in enumerate(rows, len(bases)):
            if _open(index, one, row):
                cents[:, column] += row.job.late_cents[one.day] if row.job else 0
            else:
                cents[:, column] = CLOSED_CENTS
                seconds[:, column] = CLOSED_SECONDS
        np.fill_diagonal(cents, 0), np.fill_diagonal(seconds, 0)
        distances.append(cents), durations.append(seconds)
    groups: dict[object, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[row.job.key if row.job else row.rests].append(number)
    named = list(groups.values())
    group_of = {number: place for place, numbers in enumerate(named) for number in numbers}
    return ProblemData(
        [Location(0, 0) for _ in sites],
        [
            Client(
                len(bases) + number,
                service_duration=row.seconds,
                tw_early=max(0, row.first),
                tw_late=row.last,
                prize=row.job.leave_cents if row.job else REST_CENTS,
                required=False,
                group=group_of[number],
            )
            for number, row in enumerate(rows)
        ],
        [Depot(place) for place in range(len(bases))],
        [
            VehicleType(
                start_depot=bases.index(one.worker.base),
                end_depot=bases.index(one.worker.base),
                tw_early=one.shift.start - one.day * DAY_SECONDS,
                tw_late=one.shift.end - one.day * DAY_SECONDS,
                profile=profile,
            )
            for profile, one in enumerate(work)
        ],
        distances,
        durations,
        [ClientGroup(numbers, required=False) for numbers in named],
    )


def _open(index: Index, one: WorkDay, row: _Row) -> bool:
    if row.job is None:
        return row.rests == one.key
    mine = row.job.district == one.worker.district or index.problem.rates.foreign_cents is not None
    return mine and one.day in row.days and row.job.skills <= one.worker.skills
