"""What a week looks like without a search: jobs in the order they came, or each where it is cheapest now."""

from collections.abc import Iterable

from itsm.dispatch.planner.week.evaluate import cost_of_day
from itsm.dispatch.planner.week.index import Index, WorkDay
from itsm.dispatch.planner.week.model import Job, Plan, Problem, Route
from itsm.dispatch.planner.week.timeline import return_of

Routes = dict[tuple[str, int], list[str]]


def in_order_of_arrival(problem: Problem) -> Plan:
    """Appointments stay; all else by due day, priority and place in the list, appended day by day.

    Source: dispatch/week_check.py, fifo.
    """
    index = Index(problem)
    routes = _frozen(index)
    jobs = _free_jobs(problem, routes)
    fixed = [job for job in jobs if _is_appointment(job)]
    for job in sorted(fixed, key=lambda job: job.windows[0][0]):
        for work in index.work.values():
            if _put_first(index, routes, work, job, len(work.shift.frozen)) is not None:
                break
    placed = {key for route in routes.values() for key in route}
    number = {job.key: at for at, job in enumerate(problem.jobs)}
    waiting = [job for job in jobs if job.key not in placed]
    waiting.sort(key=lambda job: (job.due_day, job.priority, number[job.key]))
    for work in sorted(index.work.values(), key=lambda work: work.day):
        begin = len(work.shift.frozen)
        for job in list(waiting):
            at = _put_first(index, routes, work, job, begin)
            if at is not None:
                begin = at + 1
                waiting.remove(job)
    return _plan(routes)


def greedy(problem: Problem) -> Plan:
    """The dearest to leave out first, each where it costs least, if it is worth the way."""
    index = Index(problem)
    routes = _frozen(index)
    for job in sorted(_free_jobs(problem, routes), key=lambda job: -job.leave_cents):
        best: tuple[int, tuple[str, int], list[str]] | None = None
        for key, work in index.work.items():
            if not index.may_serve(work, job):
                continue
            now = cost_of_day(index, work, routes[key]).total
            for route in _with(routes[key], job, len(work.shift.frozen)):
                if return_of(index, work, route) is None:
                    continue
                cents = cost_of_day(index, work, route).total - now + _price(job, key)
                if cents < job.leave_cents and (best is None or cents < best[0]):
                    best = cents, key, route
        if best is not None:
            routes[best[1]] = best[2]
    return _plan(routes)


def _price(job: Job, key: tuple[str, int]) -> int:
    promise = job.promise
    is_moved = promise is not None and (promise.worker, promise.day) != key
    return job.late_cents[key[1]] + (promise.cents if promise is not None and is_moved else 0)


def _is_appointment(job: Job) -> bool:
    """Whether the job has no choice of day: one window hardly longer than itself."""
    return len(job.windows) == 1 and job.windows[0][1] - job.windows[0][0] - job.seconds <= 15 * 60


def _free_jobs(problem: Problem, routes: Routes) -> list[Job]:
    """Jobs of one person that no day holds already; nobody plans a meeting of two without looking ahead."""
    placed = {key for route in routes.values() for key in route}
    return [job for job in problem.jobs if job.key not in placed and job.people <= 1 and job.windows]


def _frozen(index: Index) -> Routes:
    return {key: list(work.shift.frozen) for key, work in index.work.items()}


def _with(route: list[str], job: Job, begin: int) -> Iterable[list[str]]:
    return ([*route[:at], job.key, *route[at:]] for at in range(begin, len(route) + 1))


def _put_first(index: Index, routes: Routes, work: WorkDay, job: Job, begin: int) -> int | None:
    """Put a job at the first place from `begin` on where it fits; None if there is none."""
    if not index.may_serve(work, job):
        return None
    for at, route in enumerate(_with(routes[work.key], job, begin), start=begin):
        if return_of(index, work, route) is not None:
            routes[work.key] = route
            return at
    return None


def _plan(routes: Routes) -> Plan:
    return Plan(tuple(Route(worker, day, tuple(jobs)) for (worker, day), jobs in routes.items() if jobs))
