"""Jobs that several people do: who and when is settled before the search, the dearest first."""

from collections.abc import Iterator, Mapping
from itertools import chain

from itsm.dispatch.planner.week.evaluate import cost_of_drives
from itsm.dispatch.planner.week.index import Index, WorkDay
from itsm.dispatch.planner.week.model import Job, Plan, Problem
from itsm.dispatch.planner.week.timeline import return_of

# Starts are tried at this distance, besides the first and last of each window.
STEP_SECONDS = 30 * 60

Held = dict[tuple[str, str], int]
# Price, worker and day, and the route with the job in it.
Way = tuple[int, tuple[str, int], list[str]]


def hold(problem: Problem, start: Plan) -> Held:
    """The start of each job for several people, per job and worker; what nobody can do together is left out.

    A meeting of the given plan stays as it is if it can.
    """
    shared = sorted((job for job in problem.jobs if job.people > 1), key=lambda job: -job.leave_cents)
    if not shared:
        return {}
    index = Index(problem)
    meetings = _Meetings(index, dict(start.together))
    for job in shared:
        meetings.keep_begun(job)
    for job in (one for one in problem.jobs if one.people <= 1 and one.pin is not None and one.pin.start is not None):
        meetings.appoint(job)
    for job in shared:
        if job.key not in meetings.starts:
            workers = {route.worker for route in start.routes if job.key in route.jobs}
            meetings.meet(job, workers if job.key in dict(start.together) else None)
    return meetings.held


class _Meetings:
    """Days that hold nothing yet but what is fixed, and the meetings settled so far."""

    def __init__(self, index: Index, given: Mapping[str, int]) -> None:
        self.index, self.given = index, given
        self.routes = {key: list(work.shift.frozen) for key, work in index.work.items()}
        self.starts: dict[str, int] = {}
        self.held: Held = {}

    def keep_begun(self, job: Job) -> None:
        """A job that several have frozen stays where it is."""
        for work in self.index.work.values():
            if job.key in work.shift.frozen:
                first = min((span[0] for span in self.index.starts(job.key, work.day)), default=work.shift.start)
                begin = self.given.get(job.key, first)
                self.starts[job.key] = self.held[job.key, work.worker.key] = begin

    def appoint(self, job: Job) -> None:
        """Leave room for a job whose moment is promised."""
        ways = (self._way(work, job, {}) for work in self.index.work.values())
        best = min((way for way in ways if way is not None), default=None)
        if best is not None:
            self.routes[best[1]] = best[2]

    def meet(self, job: Job, asked: set[str] | None) -> None:
        """Settle the cheapest meeting, with the people and at the time of the given plan if that can be."""
        best = None
        if asked is not None:
            best = min(self._meetings(job, asked, self.given[job.key]), default=None)
        best = best or min(self._meetings(job, None, None), default=None)
        if best is None or best[0] >= job.leave_cents:
            return
        self.starts[job.key] = best[1]
        for _, key, route in best[2]:
            self.routes[key] = route
            self.held[job.key, key[0]] = best[1]

    def _meetings(self, job: Job, asked: set[str] | None, at: int | None) -> Iterator[tuple[int, int, list[Way]]]:
        days = sorted({work.day for work in self.index.work.values()})
        for day in days:
            for begin in _starts(self.index.starts(job.key, day)) if at is None else (at,):
                together = {**self.starts, job.key: begin}
                works = (work for work in self.index.work.values() if work.day == day)
                ways = [self._way(work, job, together) for work in works if asked is None or work.worker.key in asked]
                chosen = _cheapest_team(job, [way for way in ways if way is not None])
                if chosen:
                    yield sum(way[0] for way in chosen) + _price(job, chosen, day), begin, chosen

    def _way(self, work: WorkDay, job: Job, together: Mapping[str, int]) -> Way | None:
        """The cheapest place of a job on a day: price, day and route."""
        if not self.index.may_serve(work, job):
            return None
        route = self.routes[work.key]
        now = cost_of_drives(self.index, work, route, None).total
        best = None
        for at in range(len(work.shift.frozen), len(route) + 1):
            changed = [*route[:at], job.key, *route[at:]]
            back_at = return_of(self.index, work, changed, together or self.starts)
            if back_at is not None:
                cents = cost_of_drives(self.index, work, changed, back_at).total - now
                best = min(best or (cents, work.key, changed), (cents, work.key, changed))
        return best


def _cheapest_team(job: Job, ways: list[Way]) -> list[Way]:
    """As many people as are needed, the one the pin names among them; empty if there are too few."""
    named = job.pin.worker if job.pin else None
    team = sorted(ways, key=lambda way: (way[1][0] != named, way))[: job.people]
    if len(team) < job.people or (named is not None and team[0][1][0] != named):
        return []
    return team


def _price(job: Job, team: list[Way], day: int) -> int:
    promise = job.promise
    is_kept = promise is None or (promise.worker, promise.day) in [key for _, key, _ in team]
    return job.late_cents[day] + (0 if promise is None or is_kept else promise.cents)


def _starts(spans: tuple[tuple[int, int], ...]) -> list[int]:
    steps = (chain(range(first, last, STEP_SECONDS), (last,)) for first, last in spans)
    return sorted(set(chain.from_iterable(steps)))
