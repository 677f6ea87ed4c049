"""What a new plan changes against the one in force."""

from collections.abc import Mapping
from dataclasses import dataclass

from itsm.dispatch.planner.week.index import Index, Week
from itsm.dispatch.planner.week.model import Cost, Job, Plan
from itsm.dispatch.planner.week.rota import DayKey, Rota

Places = tuple[DayKey, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A job that changes its worker or day."""

    job: str
    before: Places
    after: Places


@dataclass(frozen=True, slots=True)
class Retimed:
    """A job that keeps worker and day and begins at another time; None where the day cannot be driven.

    Units: seconds after midnight of the first day.
    """

    job: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Load:
    """How full one day of one worker is.

    Units: seconds.
    """

    jobs: int = 0
    work_seconds: int = 0
    travel_seconds: int = 0


@dataclass(frozen=True, slots=True)
class DayLoad:
    """How full a day was and how full it is."""

    worker: str
    day: int
    shift_seconds: int
    before: Load
    after: Load


@dataclass(frozen=True, slots=True)
class Late:
    """Jobs of one priority that are done late or not at all."""

    jobs: int = 0
    days: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Lateness:
    """Lateness of one priority before and after."""

    priority: int
    before: Late
    after: Late


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans of the same week side by side.

    `new` were in no route before, `left_out` are in none any more, `still_out` in neither; `retimed` is a part of
    `unchanged`. `promises_broken` are promises the new plan does not keep, `promises_newly_broken` those the old one
    did. Jobs are in the order of their keys.
    Units: seconds, metres, cents.
    """

    moved: tuple[Moved, ...]
    new: tuple[str, ...]
    left_out: tuple[str, ...]
    still_out: tuple[str, ...]
    unchanged: tuple[str, ...]
    retimed: tuple[Retimed, ...]
    promises_broken: tuple[str, ...]
    promises_newly_broken: tuple[str, ...]
    seconds_before: int
    seconds_after: int
    metres_before: int
    metres_after: int
    cost_before: Cost
    cost_after: Cost
    loads: tuple[DayLoad, ...]
    lateness: tuple[Lateness, ...]


def compare(problem: Week, old: Plan, new: Plan) -> Comparison:
    """What `new` changes against `old`; routes the week has no shift for count as left out."""
    index = Index.of(problem)
    before, after = Rota(index, old), Rota(index, new)
    was, now = _done(before), _done(after)
    both = sorted(was.keys() & now.keys())
    seconds_before, metres_before = before.travel()
    seconds_after, metres_after = after.travel()
    broken = _broken_promises(index, now)
    return Comparison(
        moved=tuple(Moved(key, was[key], now[key]) for key in both if was[key] != now[key]),
        new=tuple(sorted(now.keys() - was.keys())),
        left_out=tuple(sorted(was.keys() - now.keys())),
        still_out=tuple(sorted(index.jobs.keys() - was.keys() - now.keys())),
        unchanged=tuple(key for key in both if was[key] == now[key]),
        retimed=_retimed(before, after, [key for key in both if was[key] == now[key]]),
        promises_broken=broken,
        promises_newly_broken=tuple(sorted(set(broken) - set(_broken_promises(index, was)))),
        seconds_before=seconds_before,
        seconds_after=seconds_after,
        metres_before=metres_before,
        metres_after=metres_after,
        cost_before=before.cost(),
        cost_after=after.cost(),
        loads=tuple(_day_load(before, after, at) for at in sorted(index.work)),
        lateness=_lateness(index, was, now),
    )


def _done(rota: Rota) -> dict[str, Places]:
    """Workers and days of each job that all its people come for."""
    jobs = rota.index.jobs
    return {key: tuple(sorted(where)) for key, where in rota.places().items() if len(where) >= jobs[key].people}


def _retimed(before: Rota, after: Rota, unchanged: list[str]) -> tuple[Retimed, ...]:
    was, now = _starts(before), _starts(after)
    changed = (key for key in unchanged if was.get(key) != now.get(key))
    return tuple(Retimed(key, was.get(key), now.get(key)) for key in changed)


def _starts(rota: Rota) -> dict[str, int]:
    tours = (rota.tour(worker, day) for worker, day in sorted(rota.days))
    return {stop.job: stop.start_at for tour in tours if tour is not None for stop in tour.stops}


def _broken_promises(index: Index, done: Mapping[str, Places]) -> tuple[str, ...]:
    return tuple(sorted(key for key, job in index.jobs.items() if not _is_kept(job, done.get(key, ()))))


def _is_kept(job: Job, places: Places) -> bool:
    return job.promise is None or (job.promise.worker, job.promise.day) in places


def _day_load(before: Rota, after: Rota, at: DayKey) -> DayLoad:
    shift = before.index.work[at].shift
    return DayLoad(*at, shift.end - shift.start, _load(before, at), _load(after, at))


def _load(rota: Rota, at: DayKey) -> Load:
    jobs = rota.days[at]
    seconds, _ = rota.day_travel(at)
    return Load(len(jobs), sum(rota.index.jobs[key].seconds for key in jobs), seconds)


def _lateness(index: Index, was: Mapping[str, Places], now: Mapping[str, Places]) -> tuple[Lateness, ...]:
    by_priority: dict[int, list[Job]] = {}
    for job in index.jobs.values():
        by_priority.setdefault(job.priority, []).append(job)
    return tuple(
        Lateness(priority, _late(jobs, was), _late(jobs, now)) for priority, jobs in sorted(by_priority.items())
    )


def _late(jobs: list[Job], done: Mapping[str, Places]) -> Late:
    days = [done[job.key][0][1] - job.due_day for job in jobs if job.key in done]
    late = [one for one in days if one > 0]
    return Late(len(late), sum(late), sum(job.key not in done for job in jobs))
