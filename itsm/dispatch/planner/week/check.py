"""An exact checker of week plans that shares no line with the search or the timeline."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Plan, Problem, Shift, Worker


class Rule(StrEnum):
    """What a plan can break."""

    UNKNOWN_ROUTE = "unknown route"
    UNKNOWN_JOB = "unknown job"
    ROUTE_TWICE = "route twice"
    JOB_TWICE = "job twice"
    SKILL = "skill"
    DISTRICT = "district"
    WINDOW = "window"
    NOT_BEFORE = "not before"
    PIN = "pin"
    BREAK = "break"
    SHIFT_END = "shift end"
    FROZEN_ORDER = "frozen order"
    PEOPLE_TOGETHER = "people together"


@dataclass(frozen=True, slots=True)
class Leniency:
    """Rules of the clock that a drive through the day overlooks."""

    not_before: bool = False
    pins: bool = False
    pause: bool = False
    end: bool = False


# The first leniency with which a route can be driven names the rule it breaks.
BLAME = (
    (Rule.SHIFT_END, Leniency(end=True)),
    (Rule.BREAK, Leniency(pause=True)),
    (Rule.PIN, Leniency(pins=True)),
    (Rule.NOT_BEFORE, Leniency(not_before=True)),
    (Rule.BREAK, Leniency(pause=True, end=True)),
)


def check(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Names of the rules the plan breaks; none if it can be driven."""
    return tuple(sorted(set(_broken(problem, plan))))


def _broken(problem: Problem, plan: Plan) -> Iterator[Rule]:
    jobs = {job.key: job for job in problem.jobs}
    shifts = {(worker.key, shift.day): (worker, shift) for worker in problem.workers for shift in worker.shifts}
    together = dict(plan.together)
    if len({(route.worker, route.day) for route in plan.routes}) < len(plan.routes):
        yield Rule.ROUTE_TWICE
    for route in plan.routes:
        if (route.worker, route.day) not in shifts:
            yield Rule.UNKNOWN_ROUTE
        elif any(key not in jobs for key in route.jobs):
            yield Rule.UNKNOWN_JOB
        else:
            worker, shift = shifts[route.worker, route.day]
            yield from _broken_on_route(problem, worker, shift, [jobs[key] for key in route.jobs], together)
    driven = {(route.worker, route.day) for route in plan.routes}
    if any(shift.frozen for key, (_, shift) in shifts.items() if key not in driven):
        yield Rule.FROZEN_ORDER
    yield from _broken_by_number(jobs, plan, together)


def _broken_by_number(jobs: dict[str, Job], plan: Plan, together: dict[str, int]) -> Iterator[Rule]:
    times = Counter(key for key, _ in plan.placed())
    for key, count in times.items():
        job = jobs.get(key)
        if job is None:
            continue
        if job.people <= 1 and count > 1:
            yield Rule.JOB_TWICE
        if job.people > 1:
            routes = [route for route in plan.routes if key in route.jobs]
            workers, days = {route.worker for route in routes}, {route.day for route in routes}
            if not len(workers) == count == job.people or len(days) > 1 or key not in together:
                yield Rule.PEOPLE_TOGETHER
            if job.pin and job.pin.worker is not None and job.pin.worker not in workers:
                yield Rule.PIN


def _broken_on_route(
    problem: Problem, worker: Worker, shift: Shift, jobs: Sequence[Job], together: dict[str, int]
) -> Iterator[Rule]:
    if tuple(job.key for job in jobs[: len(shift.frozen)]) != shift.frozen:
        yield Rule.FROZEN_ORDER
    for job in jobs:
        if job.skills - worker.skills:
            yield Rule.SKILL
        if job.district != worker.district and problem.rates.foreign_cents is None:
            yield Rule.DISTRICT
        pin = job.pin
        if pin and (pin.day not in (None, shift.day) or (job.people <= 1 and pin.worker not in (None, worker.key))):
            yield Rule.PIN
    if jobs and not _can_be_driven(problem, worker, shift, jobs, together, Leniency()):
        for rule, leniency in BLAME:
            if _can_be_driven(problem, worker, shift, jobs, together, leniency):
                yield rule
                return
        yield Rule.WINDOW


def _can_be_driven(
    problem: Problem,
    worker: Worker,
    shift: Shift,
    jobs: Sequence[Job],
    together: dict[str, int],
    leniency: Leniency,
) -> bool:
    """Try the break at the base, on each arrival and after each job; every job begins as early as it can."""
    places: Sequence[int | None] = range(2 * len(jobs) + 1)
    if shift.pause is None or leniency.pause:
        places = [None]
    latest = shift.end if shift.latest_end is None else shift.latest_end
    for place in places:
        back = _drive(problem, worker, shift, jobs, together, place, leniency)
        if back is not None and (leniency.end or back <= latest):
            return True
    return False


def _drive(
    problem: Problem,
    worker: Worker,
    shift: Shift,
    jobs: Sequence[Job],
    together: dict[str, int],
    place: int | None,
    leniency: Leniency,
) -> int | None:
    """When the worker is back with the break at a place: 0 the base, odd an arrival, even after a job."""
    clock: int | None = shift.start
    site = worker.base if shift.from_site is None else shift.from_site
    if place == 0:
        clock = _rested(shift, shift.start)
    for number, job in enumerate(jobs):
        if clock is None:
            return None
        clock += int(problem.seconds[site][job.site])
        site = job.site
        if place == 2 * number + 1:
            clock = _rested(shift, clock)
        begin = None if clock is None else _begin(job, shift.day, clock, together.get(job.key), leniency)
        clock = None if begin is None else begin + job.seconds
        if place == 2 * number + 2 and clock is not None:
            clock = _rested(shift, clock)
    return None if clock is None else clock + int(problem.seconds[site][worker.base])


def _rested(shift: Shift, clock: int) -> int | None:
    """When a break that can begin from a moment on is over."""
    pause = shift.pause
    if pause is None or clock > pause.latest:
        return None
    return max(clock, pause.earliest) + pause.seconds


def _begin(job: Job, day: int, clock: int, at: int | None, leniency: Leniency) -> int | None:
    """First moment a job may begin: the whole of it inside a window that opens on the day."""
    if job.pin and job.pin.start is not None and not leniency.pins:
        at = job.pin.start if at in (None, job.pin.start) else -1
    for opening, closing in sorted(job.windows):
        begin = max(clock, opening)
        if not leniency.not_before:
            begin = max(begin, job.not_before)
        if at is not None:
            begin = at if at >= begin else closing
        if opening // DAY_SECONDS == day and begin + job.seconds <= closing:
            return begin
    return None
