"""Turn what an engine found into a plan that breaks no rule."""

from itertools import combinations

from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import Plan, Route
from itsm.dispatch.planner.week.timeline import return_of


def kept(index: Index, routes: dict[tuple[str, int], list[str]]) -> Plan:
    """The routes as found; from one that breaks a rule the jobs go whose leaving out costs least."""
    return Plan(
        tuple(Route(*key, _feasible(index, key, jobs)) for key, jobs in sorted(routes.items()) if key in index.work)
    )


def _feasible(index: Index, key: tuple[str, int], jobs: list[str]) -> tuple[str, ...]:
    for count in range(len(jobs) + 1):
        fitting = [
            (sum(index.jobs[job].leave_cents for job in gone), gone)
            for gone in combinations(jobs, count)
            if return_of(index, index.work[key], _without(jobs, gone)) is not None
        ]
        if fitting:
            return _without(jobs, min(fitting)[1])
    return ()


def _without(jobs: list[str], gone: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(job for job in jobs if job not in gone)
