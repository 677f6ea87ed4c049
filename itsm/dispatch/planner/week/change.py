"""A visit moved or removed by hand: what it costs, what it breaks, and what would have to give way."""

from dataclasses import dataclass, replace

from itsm.dispatch.planner.week.conflicts import Broken, Conflict, conflicts
from itsm.dispatch.planner.week.evaluate import difference
from itsm.dispatch.planner.week.index import Week
from itsm.dispatch.planner.week.model import Cost, Job, Pin, Plan, Route
from itsm.dispatch.planner.week.room import make_room
from itsm.dispatch.planner.week.rota import DayKey, Place, Rota, Seat, best_place, held_by, places_for


@dataclass(frozen=True, slots=True)
class Change:
    """What comes of an edit.

    `plan` is the plan after it. If the edit breaks a rule (`feasible` False, `conflicts` says which), it is the best
    repair: `displaced` had to leave their day, and those of them in `left_out` found no other one; with no repair it
    is the plan as it was. `delta` is what `plan` costs more than the plan as it was, `pin` what has to be
    pinned so that a visit dropped at a time stays there.
    Units: seconds, metres.
    """

    plan: Plan
    feasible: bool
    conflicts: tuple[Conflict, ...]
    delta: Cost
    delta_seconds: int
    delta_metres: int
    displaced: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    repaired: bool = False
    pin: Pin | None = None


def move(
    problem: Week,
    plan: Plan,
    job_key: str,
    worker: str,
    day: int,
    position: int | None = None,
    start: int | None = None,
) -> Change:
    """Put a job, planned or not, on a day of a worker: at a position, to begin at `start`, or where it is cheapest.

    `position` counts the jobs of the day without this one. Of a job of several people `worker` is one, the others are
    chosen. All other jobs keep their days and their order, unless room has to be made.
    """
    before = Rota(problem, plan)
    rota, pin, at = before.without(job_key), None, (worker, day)
    if position is not None:
        position = max(0, min(position, len(rota.days.get(at, ()))))
    if start is not None:
        pin = replace(before.index.jobs[job_key].pin or Pin(), start=start)
        rota = rota.on(before.index.with_job(replace(before.index.jobs[job_key], pin=pin)))
    job = rota.index.jobs[job_key]
    source = _source_conflicts(before, rota, job_key, at)
    place = _place(rota, job, at, position)
    if place is not None and not source:
        return _change(before, rota.with_job(job_key, place), (), pin=pin)
    broken = source or _conflicts(rota, job, at, position)
    return _repair(before, rota, job, at, broken, pin)


def remove(problem: Week, plan: Plan, job_key: str) -> Change:
    """Take a job out of the plan."""
    before = Rota(problem, plan)
    after = before.without(job_key)
    broken = _source_conflicts(before, after, job_key, None)
    if broken:
        return _change(before, before, broken)
    return _change(before, after, ())


def _place(rota: Rota, job: Job, at: DayKey, position: int | None) -> Place | None:
    work = rota.index.work.get(at)
    if work is None:
        return None
    if job.people > 1:
        if job.pin is not None and job.pin.worker not in (None, at[0]):
            return None
        same_day = [other for other in rota.index.work.values() if other.day == at[1]]
        return best_place(held_by(rota, job.key, at[0]), job.key, same_day)
    if position is None:
        return best_place(rota, job.key, [work])
    wanted = Seat(*at, position)
    return next((place for place in places_for(rota, job.key, [work]) if place.seats == (wanted,)), None)


def _conflicts(rota: Rota, job: Job, at: DayKey, position: int | None) -> tuple[Conflict, ...]:
    """What the day breaks with the job at its position, or where that breaks least."""
    jobs = rota.days.get(at, ())
    if job.people > 1 and job.pin is not None and job.pin.worker not in (None, at[0]):
        return (Conflict(Broken.PIN, job.key),)
    ways = (
        conflicts(rota.index, Route(*at, (*jobs[:place], job.key, *jobs[place:])), rota.together)
        for place in (range(len(jobs) + 1) if position is None else [position])
    )
    least = min(ways, key=lambda found: (sum(one.seconds for one in found), len(found)))
    # The day alone has room: it is the others who cannot come at the same time.
    return least or (Conflict(Broken.PEOPLE, job.key),)


def _source_conflicts(before: Rota, after: Rota, job_key: str, target: DayKey | None) -> tuple[Conflict, ...]:
    """What the days break that the job leaves; a day that was broken before may stay so."""
    found: list[Conflict] = []
    for at in before.places().get(job_key, ()):
        if at == target or conflicts(before.index, Route(*at, before.days[at]), before.together):
            continue
        found += conflicts(after.index, Route(*at, after.days[at]), after.together)
    return tuple(found)


def _repair(before: Rota, rota: Rota, job: Job, at: DayKey, broken: tuple[Conflict, ...], pin: Pin | None) -> Change:
    """Make room on the day for the job, and find the displaced another place."""
    room = make_room(rota, job, at) if job.people == 1 and at in rota.index.work else None
    if room is None or _source_conflicts(before, rota, job.key, at):
        return _change(before, before, broken)
    after = rota.without(*room.displaced).with_job(job.key, room.place)
    left_out = []
    for key in sorted(room.displaced, key=lambda key: (-rota.index.jobs[key].leave_cents, key)):
        place = best_place(after, key, bound=rota.index.jobs[key].leave_cents)
        if place is None:
            left_out.append(key)
        else:
            after = after.with_job(key, place)
    change = _change(before, after, broken, pin=pin)
    return replace(change, displaced=room.displaced, left_out=tuple(sorted(left_out)), repaired=True)


def _change(before: Rota, after: Rota, broken: tuple[Conflict, ...], pin: Pin | None = None) -> Change:
    seconds, metres = after.travel()
    old_seconds, old_metres = before.travel()
    return Change(
        plan=after.plan(),
        feasible=not broken,
        conflicts=broken,
        # A pin set by hand is no reason to call less of the price avoidable.
        delta=replace(difference(before.cost(), after.cost()), offset=0),
        delta_seconds=seconds - old_seconds,
        delta_metres=metres - old_metres,
        pin=pin,
    )
