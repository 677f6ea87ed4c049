"""Where else a job could go while the rest of the plan stays as it is."""

from collections.abc import Collection
from dataclasses import dataclass

from itsm.dispatch.planner.week.index import Week
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Plan
from itsm.dispatch.planner.week.rota import DayKey, Place, Rota, Seat, held_by, places_for

HALF_DAY = DAY_SECONDS // 2


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a job with its times and with what the plan costs and drives more than it does now.

    `others` are the seats of those who come along, where several people are needed.
    Units: seconds after midnight of the first day, cents, seconds, metres.
    """

    worker: str
    day: int
    position: int
    start_at: int
    leave_at: int
    delta_cents: int
    delta_seconds: int
    delta_metres: int
    others: tuple[Seat, ...] = ()


def best_slots(problem: Week, plan: Plan, job_key: str, n: int, avoid: Collection[int] = ()) -> list[Slot]:
    """The n cheapest places that leave every other visit where it is, at most one per worker and half day.

    A planned job is taken out first; its present place comes back like any other. `avoid` holds moments whose half
    days are not wanted again.
    """
    unwanted = {moment // HALF_DAY for moment in avoid}
    best: dict[tuple[str, int], Slot] = {}
    for slot in _slots(problem, plan, job_key):
        half = slot.start_at // HALF_DAY
        if half in unwanted:
            continue
        known = best.get((slot.worker, half))
        if known is None or _order(slot) < _order(known):
            best[slot.worker, half] = slot
    return sorted(best.values(), key=_order)[:n]


def slots_at(problem: Week, plan: Plan, job_key: str, worker: str, day: int) -> list[Slot]:
    """Every place of one day, in driving order."""
    return sorted(_slots(problem, plan, job_key, (worker, day)), key=lambda slot: slot.position)


def slot_of(before: Rota, taken_out: Rota, job_key: str, place: Place) -> Slot:
    """A place with its times, compared with the plan as it was before."""
    after = taken_out.with_job(job_key, place)
    seconds, metres = after.travel()
    old_seconds, old_metres = before.travel()
    return _timed(after, job_key, place, after.cents() - before.cents(), seconds - old_seconds, metres - old_metres)


def _slots(problem: Week, plan: Plan, job_key: str, only: tuple[str, int] | None = None) -> list[Slot]:
    before = Rota(problem, plan)
    if job_key not in before.index.jobs:
        return []
    taken_out = before.without(job_key)
    base, (old_seconds, old_metres) = before.cents(), before.travel()
    job = before.index.jobs[job_key]
    without = taken_out.cents() - job.leave_cents
    within = None
    if only is not None:
        within = [work for work in before.index.work.values() if work.day == only[1]]
        taken_out = held_by(taken_out, job_key, only[0]) if _is_free(job, only[0]) else taken_out
    slots = []
    torn = _torn(before, taken_out, job_key)
    for place in places_for(taken_out, job_key, within):
        at = {(seat.worker, seat.day) for seat in place.seats}
        if (only is not None and only not in at) or not torn <= at:
            continue
        after = taken_out.with_job(job_key, place)
        seconds, metres = after.travel()
        cents = without + place.cents - base
        slots.append(_timed(after, job_key, place, cents, seconds - old_seconds, metres - old_metres))
    return slots


def _torn(before: Rota, taken_out: Rota, job_key: str) -> set[DayKey]:
    """Days that can be driven with the job only: it is frozen there, or the drives know a shortcut through it."""
    days = before.places().get(job_key, ())
    return {at for at in days if taken_out.tour(*at) is None and before.tour(*at) is not None}


def _is_free(job: Job, worker: str) -> bool:
    """Whether a job may be bound to a worker: no pin binds it to another one."""
    return job.pin is None or job.pin.worker in (None, worker)


def _timed(after: Rota, job_key: str, place: Place, cents: int, seconds: int, metres: int) -> Slot:
    first = place.seats[0]
    tour = after.tour(first.worker, first.day)
    if tour is None:
        raise ValueError(f"The place of {job_key} with {first.worker} on day {first.day} breaks a rule.")
    stop = tour.stops[first.position]
    return Slot(
        worker=first.worker,
        day=first.day,
        position=first.position,
        start_at=stop.start_at,
        leave_at=stop.leave_at,
        delta_cents=cents,
        delta_seconds=seconds,
        delta_metres=metres,
        others=place.seats[1:],
    )


def _order(slot: Slot) -> tuple[int, int, str, int]:
    return slot.delta_cents, slot.start_at, slot.worker, slot.position
