"""Why a job is left out, found by trying, and what would let it in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from itsm.dispatch.planner.week.conflicts import Conflict, conflicts
from itsm.dispatch.planner.week.index import Index, Week, WorkDay, starts_of
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Plan, Route
from itsm.dispatch.planner.week.relief import Relief, reliefs
from itsm.dispatch.planner.week.room import make_room, pins_in_the_way
from itsm.dispatch.planner.week.rota import Rota, best_place
from itsm.dispatch.planner.week.slots import Slot, slot_of


class Reason(StrEnum):
    """Why a job is in no route."""

    NOBODY = "nobody"
    NO_SKILL = "no-skill"
    WAITS = "waits"
    NO_WINDOW = "no-window"
    PIN = "pin"
    TWO_PEOPLE = "two-people"
    TOO_FAR = "too-far"
    NOT_WORTH = "not-worth"
    NO_ROOM = "no-room"
    FITS = "fits"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why one job is left out; what belongs to the reason is filled in.

    NOBODY: nobody works who may be sent to its district. NO_SKILL: `skills` that are missing, `workers` who
    have all of them and may not be sent. WAITS: `waits_for` comes at `not_before`, after the last chance.
    NO_WINDOW: `window` is the one nearest to fitting, `short_seconds` too short. PIN: `pins` in the way, the job
    itself if its own pin excludes it. TWO_PEOPLE: too few at the same time; `workers` who could.
    TOO_FAR: not even alone on a day; `conflicts` on the nearest one. NOT_WORTH: `slot` would cost `cents`, more than
    `leave_cents`. NO_ROOM: `slot` is free once `displaced` are left out, and the plan `cents` dearer. FITS: `slot` is
    free and would make the plan cheaper by `-cents`.
    Units: cents, seconds after midnight of the first day.
    """

    job: str
    reason: Reason
    leave_cents: int
    cents: int | None = None
    slot: Slot | None = None
    displaced: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    window: tuple[int, int] | None = None
    short_seconds: int = 0
    not_before: int | None = None
    waits_for: str = ""
    conflicts: tuple[Conflict, ...] = ()
    would_fit_if: tuple[Relief, ...] = ()


def explain(problem: Week, plan: Plan, job_key: str) -> LeftOut:
    """Why this job is in no route of the plan.

    Raises: ValueError if it is in one.
    """
    rota = Rota(problem, plan)
    if _is_done(rota, rota.index.jobs[job_key]):
        raise ValueError(f"Job {job_key} is planned.")
    return _explain(rota.without(job_key), rota, rota.index.jobs[job_key])


def explain_all(problem: Week, plan: Plan) -> dict[str, LeftOut]:
    """The reason for every job that is left out, by job."""
    rota = Rota(problem, plan)
    left = sorted(key for key, job in rota.index.jobs.items() if not _is_done(rota, job))
    return {key: _explain(rota.without(key), rota, rota.index.jobs[key]) for key in left}


def _is_done(rota: Rota, job: Job) -> bool:
    return len(rota.places().get(job.key, ())) >= job.people


def _explain(rota: Rota, before: Rota, job: Job) -> LeftOut:
    reason = _never_fits(rota.index, job) or _by_trying(rota, before, job)
    if reason.reason in (Reason.FITS, Reason.NOT_WORTH):
        return reason
    return replace(reason, would_fit_if=reliefs(rota, before, job))


def _never_fits(index: Index, job: Job) -> LeftOut | None:
    """What keeps the job out of every week with these people, whatever else is in it."""
    sent = [work for work in index.work.values() if index.serves_district(work.worker, job)]
    if not sent:
        return LeftOut(job.key, Reason.NOBODY, job.leave_cents, workers=())
    able = [work for work in sent if job.skills <= work.worker.skills]
    if not able:
        return _no_skill(index, job, sent)
    if not _opens(job, able, pinned=False):
        if _opens(job, able, pinned=False, released=False):
            return LeftOut(job.key, Reason.WAITS, job.leave_cents, not_before=job.not_before, waits_for=job.waits_for)
        window, short = _nearest_window(job, able)
        return LeftOut(job.key, Reason.NO_WINDOW, job.leave_cents, window=window, short_seconds=short)
    able = [work for work in able if index.may_serve(work, job)]
    if not _opens(job, able):
        return LeftOut(job.key, Reason.PIN, job.leave_cents, pins=(job.key,))
    if job.people > 1 and not _enough_people(job, able):
        return LeftOut(job.key, Reason.TWO_PEOPLE, job.leave_cents, workers=_names(able))
    return None


def _no_skill(index: Index, job: Job, sent: Sequence[WorkDay]) -> LeftOut:
    """Nobody who may come has every skill: say which are missing to the one who has most of them."""
    nearest = min(sent, key=lambda work: (len(job.skills - work.worker.skills), work.key)).worker
    elsewhere = sorted(worker.key for worker in index.problem.workers if job.skills <= worker.skills)
    return LeftOut(
        job.key,
        Reason.NO_SKILL,
        job.leave_cents,
        skills=tuple(sorted(job.skills - nearest.skills)),
        workers=tuple(elsewhere),
    )


def _opens(job: Job, days: Sequence[WorkDay], *, pinned: bool = True, released: bool = True) -> bool:
    """Whether the job may begin, and end, while one of them works."""
    for work in days:
        for first, last in starts_of(job, work.day, pinned=pinned, released=released):
            if max(first, work.shift.start) <= min(last, work.last_back_at - job.seconds):
                return True
    return False


def _enough_people(job: Job, able: Sequence[WorkDay]) -> bool:
    days = [work.day for work in able]
    return any(days.count(day) >= job.people for day in days)


def _names(days: Sequence[WorkDay]) -> tuple[str, ...]:
    return tuple(sorted({work.worker.key for work in days}))


def _nearest_window(job: Job, days: Sequence[WorkDay]) -> tuple[tuple[int, int] | None, int]:
    """The window that lacks least to hold the job while somebody works, and how much."""
    best: tuple[int, tuple[int, int]] | None = None
    for window in job.windows:
        shared = [
            min(window[1], work.last_back_at) - max(window[0], work.shift.start, job.not_before)
            for work in days
            if window[0] // DAY_SECONDS == work.day
        ]
        lacking = job.seconds - max(0, max(shared, default=0))
        if best is None or (lacking, window) < best:
            best = (lacking, window)
    return (None, job.seconds) if best is None else (best[1], best[0])


def _by_trying(rota: Rota, before: Rota, job: Job) -> LeftOut:
    """What the rest of the plan has to do with it."""
    place = best_place(rota, job.key)
    if place is not None:
        slot = slot_of(before, rota, job.key, place)
        if place.cents < job.leave_cents:
            return LeftOut(job.key, Reason.FITS, job.leave_cents, cents=slot.delta_cents, slot=slot)
        return LeftOut(job.key, Reason.NOT_WORTH, job.leave_cents, cents=place.cents, slot=slot)
    alone = rota.without(*_planned(rota))
    if best_place(alone, job.key) is None:
        return _not_even_alone(alone, job)
    room = make_room(rota, job)
    if room is None:
        return LeftOut(job.key, Reason.PIN, job.leave_cents, pins=pins_in_the_way(rota, job))
    if job.people > 1 and best_place(_for_one(rota, job), job.key) is not None:
        able = [work for work in rota.index.work.values() if rota.index.may_serve(work, job)]
        reason, workers = Reason.TWO_PEOPLE, _names(able)
    else:
        reason, workers = Reason.NO_ROOM, ()
    slot = slot_of(before, rota.without(*room.displaced), job.key, room.place)
    return LeftOut(
        job.key,
        reason,
        job.leave_cents,
        cents=slot.delta_cents,
        slot=slot,
        displaced=room.displaced,
        workers=workers,
    )


def _planned(rota: Rota) -> Iterator[str]:
    """Every planned job but the frozen ones, which stay the first of their days."""
    frozen = {key for work in rota.index.work.values() for key in work.shift.frozen}
    return (key for key in rota.places() if key not in frozen)


def _for_one(rota: Rota, job: Job) -> Rota:
    return rota.on(rota.index.with_job(replace(job, people=1, pin=None)))


def _not_even_alone(alone: Rota, job: Job) -> LeftOut:
    """Too far, or too long for the day: say what breaks on the day on which least breaks."""
    if job.people > 1 and best_place(_for_one(alone, job), job.key) is not None:
        able = [work for work in alone.index.work.values() if alone.index.may_serve(work, job)]
        return LeftOut(job.key, Reason.TWO_PEOPLE, job.leave_cents, workers=_names(able))
    found = []
    for work in alone.index.work.values():
        if alone.index.may_serve(work, job):
            broken = conflicts(alone.index, Route(*work.key, (*alone.days[work.key], job.key)), alone.together)
            found.append((sum(one.seconds for one in broken), work.key, broken))
    _, at, broken = min(found, key=lambda one: one[:2])
    return LeftOut(job.key, Reason.TOO_FAR, job.leave_cents, workers=(at[0],), conflicts=broken)
