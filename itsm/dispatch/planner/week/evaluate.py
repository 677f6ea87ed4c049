"""What a plan costs, part by part, and what it drives."""

import math
from collections.abc import Sequence
from itertools import pairwise

from itsm.dispatch.planner.week.index import Index, Together, Week, WorkDay, starts_of
from itsm.dispatch.planner.week.model import Cost, Job, Plan, Route
from itsm.dispatch.planner.week.timeline import NOBODY, return_of


def cost(problem: Week, plan: Plan) -> Cost:
    """What a plan costs.

    A job of several people has its prices once and is left out unless all of them come. The drive home of a
    worker who begins the day elsewhere is paid on a day without jobs too.
    Raises: ValueError for a route that breaks a hard rule.
    """
    index, together = Index.of(problem), dict(plan.together)
    jobs = {(route.worker, route.day): route.jobs for route in plan.routes}
    unknown = set(jobs) - set(index.work)
    if unknown:
        raise ValueError(f"Nobody of that name works on that day: {min(unknown)}.")
    parts = [cost_of_day(index, work, jobs.get(key, ()), together) for key, work in index.work.items()]
    places = places_of(plan)
    done = {key for key, where in places.items() if len(where) >= index.jobs[key].people}
    return Cost(
        travel=sum(part.travel for part in parts),
        foreign=sum(part.foreign for part in parts),
        overtime=sum(part.overtime for part in parts),
        late=sum(late_of(index.jobs[key], places[key][0][1]) for key in done),
        moved=sum(moved_of(index.jobs[key], places[key]) for key in done),
        left_out=sum(job.leave_cents for job in index.jobs.values() if job.key not in done),
        offset=offset(index),
    )


def cost_of_day(index: Index, work: WorkDay, jobs: Sequence[str], together: Together = NOBODY) -> Cost:
    """Travel, foreign districts and overtime of one worker on one day.

    Raises: ValueError for a route that breaks a hard rule.
    """
    back_at = return_of(index, work, jobs, together)
    if back_at is None:
        raise ValueError(f"The route of {work.worker.key} on day {work.day} breaks a rule.")
    return cost_of_drives(index, work, jobs, back_at)


def cost_of_drives(index: Index, work: WorkDay, jobs: Sequence[str], back_at: int | None) -> Cost:
    """Travel, foreign districts and overtime of a day that ends then; None has no overtime."""
    drives = list(pairwise(sites_of(index, work, jobs)))
    return Cost(
        travel=sum(index.cents[start][end] for start, end in drives),
        foreign=sum(index.fee(work.worker, start, end) for start, end in drives),
        overtime=0 if back_at is None else overtime_of(index, work, back_at),
    )


def sites_of(index: Index, work: WorkDay, jobs: Sequence[str]) -> list[int]:
    """The sites of a day in driving order, with where it begins and the base at its end."""
    return [work.from_site, *(index.jobs[job].site for job in jobs), work.worker.base]


def overtime_of(index: Index, work: WorkDay, back_at: int) -> int:
    """What it costs to be back at that moment.

    Units: cents.
    """
    return math.floor(max(0, back_at - work.shift.end) * index.problem.rates.overtime_second_cents + 0.5)


def places_of(plan: Plan) -> dict[str, list[tuple[str, int]]]:
    """Worker and day of each planned job, several for a job of several people."""
    places: dict[str, list[tuple[str, int]]] = {}
    for job, route in plan.placed():
        places.setdefault(job, []).append((route.worker, route.day))
    return places


def late_of(job: Job, day: int) -> int:
    """What it costs to do the job on that day only.

    Units: cents.
    """
    return job.late_cents[day]


def moved_of(job: Job, places: Sequence[tuple[str, int]]) -> int:
    """What it costs that the job has another worker or day than the school was told.

    Units: cents.
    """
    promise = job.promise
    if promise is None or (promise.worker, promise.day) in places:
        return 0
    return promise.cents


def offset(problem: Week) -> int:
    """What no plan of the week could save: for each job the least lateness, or leaving it out if that is cheaper.

    Units: cents.
    Source: dispatch/week_check.py, offset.
    """
    index = Index.of(problem)
    return sum(_least(job, index.problem.days) for job in index.jobs.values())


def _least(job: Job, days: int) -> int:
    return min([job.leave_cents, *(job.late_cents[day] for day in range(days) if starts_of(job, day))])


def travel_of(problem: Week, plan: Plan) -> tuple[int, int]:
    """What the plan drives.

    Units: seconds, metres.
    """
    index = Index.of(problem)
    jobs = {(route.worker, route.day): route.jobs for route in plan.routes}
    travels = [travel_of_route(index, Route(*key, jobs.get(key, ()))) for key in index.work]
    return sum(seconds for seconds, _ in travels), sum(metres for _, metres in travels)


def travel_of_route(problem: Week, route: Route) -> tuple[int, int]:
    """What one route drives.

    Units: seconds, metres.
    """
    index = Index.of(problem)
    sites = sites_of(index, index.work[route.worker, route.day], route.jobs)
    return (
        sum(index.seconds[start][end] for start, end in pairwise(sites)),
        sum(index.metres[start][end] for start, end in pairwise(sites)),
    )


def difference(old: Cost, new: Cost) -> Cost:
    """What `new` costs more than `old`, part by part."""
    return Cost(
        travel=new.travel - old.travel,
        foreign=new.foreign - old.foreign,
        overtime=new.overtime - old.overtime,
        late=new.late - old.late,
        moved=new.moved - old.moved,
        left_out=new.left_out - old.left_out,
        offset=new.offset - old.offset,
    )
