"""The one thing that may go between the stops of a running day: work of priority 1."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from itsm.dispatch.planner.week.evaluate import cost_of_day, late_of
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import Job, Plan, Problem, Route, Shift, Worker
from itsm.dispatch.planner.week.timeline import tour

URGENT = 1


@dataclass(frozen=True)
class _Place:
    cents: int
    worker: str
    day: int
    jobs: tuple[str, ...]


def with_urgent(problem: Problem, start: Plan) -> tuple[Problem, Plan]:
    """Put each urgent job between the frozen stops of a running day where that costs least, if it is worth it.

    The stops keep their order, and each still begins inside its window; the rest of the week is left to the search.
    Source: docs/rules/visits.md, VI-15.
    """
    placed = {key for key, _ in start.placed()}
    for job in problem.jobs:
        if job.priority > URGENT or job.people > 1 or job.key in placed or job.pin is not None:
            continue
        best = min(_places(problem, job), key=lambda place: place.cents, default=None)
        if best is not None and best.cents < job.leave_cents:
            problem, start = _freeze(problem, best), _with_route(start, best)
    return problem, start


def _places(problem: Problem, job: Job) -> Iterator[_Place]:
    """Every place between the stops of a running day; what comes behind them needs no leave."""
    index = Index.of(_thawed(problem))
    for worker in problem.workers:
        for shift in worker.shifts:
            work = index.work[worker.key, shift.day]
            for position in range(len(shift.frozen)):
                jobs = (*shift.frozen[:position], job.key, *shift.frozen[position:])
                if tour(index, Route(worker.key, shift.day, jobs)) is None:
                    continue
                before, after = cost_of_day(index, work, shift.frozen), cost_of_day(index, work, jobs)
                cents = after.total - before.total + late_of(job, shift.day)
                yield _Place(cents, worker.key, shift.day, jobs)


def _thawed(problem: Problem) -> Problem:
    """The week without the rule that begun days stay as they are."""
    workers = (
        replace(worker, shifts=tuple(replace(shift, frozen=()) for shift in worker.shifts))
        for worker in problem.workers
    )
    return replace(problem, workers=tuple(workers))


def _freeze(problem: Problem, place: _Place) -> Problem:
    def held(worker: Worker, shift: Shift) -> Shift:
        return replace(shift, frozen=place.jobs) if (worker.key, shift.day) == (place.worker, place.day) else shift

    workers = (
        replace(worker, shifts=tuple(held(worker, shift) for shift in worker.shifts)) for worker in problem.workers
    )
    return replace(problem, workers=tuple(workers))


def _with_route(start: Plan, place: _Place) -> Plan:
    others = tuple(route for route in start.routes if (route.worker, route.day) != (place.worker, place.day))
    # Behind the frozen stops the day holds nothing yet: whatever is left of it was planned before.
    return replace(start, routes=(*others, Route(place.worker, place.day, place.jobs)))
