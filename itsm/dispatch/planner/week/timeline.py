"""When the jobs of a route begin and end, where the break lies, and what breaks if it does not fit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from itsm.dispatch.planner.week.index import Index, Spans, Together, Week, WorkDay
from itsm.dispatch.planner.week.model import Pause, Route, Stop, Tour

NEVER = 1 << 60
NOBODY: Mapping[str, int] = {}


class Rest(StrEnum):
    """Where the break lies, seen from one stop."""

    EARLIER = "earlier"
    ON_ARRIVAL = "on-arrival"
    AFTERWARDS = "afterwards"


class State(NamedTuple):
    """A stop is done: ready at the earliest without a break, and with one behind.

    Units: seconds after midnight of the first day; NEVER where it cannot be.
    """

    ready_at: int
    rested_at: int
    rest: Rest = Rest.EARLIER
    rest_at: int = NEVER


def earliest(starts: Spans, ready_at: int) -> int:
    """The first permitted start from `ready_at` on."""
    for first, last in starts:
        if ready_at <= last:
            return max(ready_at, first)
    return NEVER


def rest_from(pause: Pause | None, at: int) -> int:
    """When a break begins that could begin at `at`."""
    if pause is None or at > pause.latest:
        return NEVER
    return max(at, pause.earliest)


def begin(work: WorkDay) -> State:
    """The state before the first drive."""
    start, pause = work.shift.start, work.shift.pause
    rest_at = rest_from(pause, start)
    if pause is None or rest_at >= NEVER:
        return State(start, NEVER)
    return State(start, rest_at + pause.seconds, Rest.AFTERWARDS, rest_at)


def serve(pause: Pause | None, state: State, drive: int, starts: Spans, seconds: int) -> State | None:
    """The state after a drive and the job at its end; None if it cannot be done in time."""
    arrive_at = state.ready_at + drive
    start = earliest(starts, arrive_at)
    ready_at = start + seconds if start < NEVER else NEVER
    if pause is None:
        return State(ready_at, NEVER) if ready_at < NEVER else None
    rested_at, rest, rest_at = NEVER, Rest.EARLIER, NEVER
    if state.rested_at < NEVER:
        start = earliest(starts, state.rested_at + drive)
        rested_at = start + seconds if start < NEVER else NEVER
    at = rest_from(pause, arrive_at)
    if at < NEVER:
        start = earliest(starts, at + pause.seconds)
        if start < NEVER and start + seconds < rested_at:
            rested_at, rest, rest_at = start + seconds, Rest.ON_ARRIVAL, at
    if ready_at < NEVER:
        at = rest_from(pause, ready_at)
        if at < NEVER and at + pause.seconds < rested_at:
            rested_at, rest, rest_at = at + pause.seconds, Rest.AFTERWARDS, at
    if ready_at >= NEVER and rested_at >= NEVER:
        return None
    return State(ready_at, rested_at, rest, rest_at)


def back_at(work: WorkDay, state: State, drive: int) -> int | None:
    """When the worker is at the base again; None if that is too late or the break is missing."""
    done_at = state.ready_at if work.shift.pause is None else state.rested_at
    if done_at >= NEVER or done_at + drive > work.last_back_at:
        return None
    return done_at + drive


def starts_on(index: Index, work: WorkDay, job: str, together: Together) -> Spans:
    """When the job may begin on this day, given the common start if there is one."""
    starts = index.starts(job, work.day)
    at = together.get(job)
    if at is None:
        return starts
    return ((at, at),) if any(first <= at <= last for first, last in starts) else ()


def states_of(index: Index, work: WorkDay, jobs: Sequence[str], together: Together = NOBODY) -> list[State]:
    """The state before the first job and after each one, up to the first that cannot be served in time."""
    state, site = begin(work), work.from_site
    states = [state]
    for key in jobs:
        job = index.jobs[key]
        drive, starts = index.seconds[site][job.site], starts_on(index, work, key, together)
        after = serve(work.shift.pause, state, drive, starts, job.seconds)
        if after is None:
            break
        states.append(after)
        state, site = after, job.site
    return states


def return_of(index: Index, work: WorkDay, jobs: Sequence[str], together: Together = NOBODY) -> int | None:
    """When a day with these jobs in this order ends; None if it breaks a rule.

    Units: seconds after midnight of the first day.
    """
    if not _keeps_rules(index, work, jobs):
        return None
    return clock_of(index, work, jobs, together)


def clock_of(index: Index, work: WorkDay, jobs: Sequence[str], together: Together = NOBODY) -> int | None:
    """As `return_of`, for jobs known to be allowed on this day in this order."""
    if not jobs:
        return idle_return(index, work)
    states = states_of(index, work, jobs, together)
    if len(states) <= len(jobs):
        return None
    return back_at(work, states[-1], index.seconds[index.jobs[jobs[-1]].site][work.worker.base])


def idle_return(index: Index, work: WorkDay) -> int:
    """When a worker without jobs is at the base: at once, or after the drive from where the day begins."""
    return work.shift.start + index.seconds[work.from_site][work.worker.base]


def tour(problem: Week, route: Route, together: Together = NOBODY) -> Tour | None:
    """The route with its times; None if it breaks a hard rule.

    Earliest starts, the break where it delays least; the first drive begins as late as the first start allows.
    Source: dispatch/week_check.py, schedule (recursion over "break behind" and "break ahead").
    """
    index = Index.of(problem)
    work = index.work.get((route.worker, route.day))
    if work is None or not _keeps_rules(index, work, route.jobs):
        return None
    if not route.jobs:
        site, start = work.from_site, work.shift.start
        drive, metres = index.seconds[site][work.worker.base], index.metres[site][work.worker.base]
        return Tour(route.worker, route.day, start, (), None, start + drive, drive, metres)
    states = states_of(index, work, route.jobs, together)
    if len(states) <= len(route.jobs):
        return None
    last = index.jobs[route.jobs[-1]].site
    home = index.seconds[last][work.worker.base]
    back = back_at(work, states[-1], home)
    if back is None:
        return None
    return _timed(index, work, route, together, states, back)


def _keeps_rules(index: Index, work: WorkDay, jobs: Sequence[str]) -> bool:
    frozen = work.shift.frozen
    return (
        tuple(jobs[: len(frozen)]) == frozen
        and len(set(jobs)) == len(jobs)
        and all(index.may_serve(work, index.jobs[job]) for job in jobs)
    )


def _timed(index: Index, work: WorkDay, route: Route, together: Together, states: Sequence[State], back: int) -> Tour:
    """Walk the route again, now that the place of the break is known."""
    rested, rest, pause_at, rested_at = _rest_of(work, states)
    free_at = rested_at if rested == 0 else work.shift.start
    site, stops = work.from_site, list[Stop]()
    for number, key in enumerate(route.jobs, start=1):
        job = index.jobs[key]
        drive = index.seconds[site][job.site]
        arrive_at = free_at + drive
        ready_at = rested_at if number == rested and rest is Rest.ON_ARRIVAL else arrive_at
        start_at = earliest(starts_on(index, work, key, together), ready_at)
        leave_at = start_at + job.seconds
        stops.append(Stop(key, drive, index.metres[site][job.site], arrive_at, start_at, leave_at))
        free_at = rested_at if number == rested and rest is Rest.AFTERWARDS else leave_at
        site = job.site
    stops[0] = _just_in_time(stops[0], pause_at)
    base = work.worker.base
    return Tour(
        worker=route.worker,
        day=route.day,
        leave_at=stops[0].arrive_at - stops[0].travel_seconds,
        stops=tuple(stops),
        pause_at=pause_at,
        back_at=back,
        back_seconds=index.seconds[site][base],
        back_metres=index.metres[site][base],
    )


def _rest_of(work: WorkDay, states: Sequence[State]) -> tuple[int, Rest, int | None, int]:
    """Number of the stop with the break (0 is the departure), before or after its job, begin and end."""
    pause = work.shift.pause
    if pause is None:
        return -1, Rest.EARLIER, None, NEVER
    number = max(number for number, state in enumerate(states) if state.rest is not Rest.EARLIER)
    return number, states[number].rest, states[number].rest_at, states[number].rest_at + pause.seconds


def _just_in_time(first: Stop, pause_at: int | None) -> Stop:
    """Wait where the day begins, not in front of a locked school."""
    at_the_door = pause_at is not None and first.arrive_at <= pause_at < first.start_at
    return replace(first, arrive_at=pause_at if at_the_door and pause_at is not None else first.start_at)
