"""Other times for one visit that leave every other visit where it is, asked of the planner."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from itsm.core import clock
from itsm.dispatch import offer_words
from itsm.dispatch.models import Visit
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import Pin, Plan
from itsm.dispatch.planner.week.slots import Slot, best_slots, slots_at
from itsm.dispatch.service import week
from itsm.dispatch.service.placing import Spot
from itsm.dispatch.service.week import Week

MOST = 3
# Two school weeks: longer ahead nobody can say who is there.
DAYS = 14
DAYS_BEFORE = 4
NOON = 12
MINUTE = 60


@dataclass(frozen=True)
class Alternative:
    """Another time with its person, and what the plan then costs more than it does now.

    Units: cents.
    """

    spot: Spot
    cents: int


def find(visit: Visit, not_before: datetime, at: datetime) -> list[Alternative]:
    """Return up to three other half days, the cheapest first; none begins before `not_before`.

    Source: docs/rules/visits.md, VI-27.
    """
    asked = _asked(visit, at)
    if asked is None:
        return []
    found, taken = list[Alternative](), {_half_day(visit.starts_at)}
    for slot in best_slots(Index.of(asked.problem), asked.kept, _key(visit), asked.problem.days * 50):
        moment, half = asked.moment(slot.start_at), _half_day(asked.moment(slot.start_at))
        if half in taken or moment < not_before or not _is_sure(asked, slot):
            continue
        taken.add(half)
        found.append(Alternative(_spot(asked, slot), slot.delta_cents))
        if len(found) == MOST:
            break
    return found


def still_there(visit: Visit, starts_at: datetime, at: datetime) -> Alternative | None:
    """Return the best way to come in the span the school has read, if the plan as it stands now has one."""
    asked = _asked(visit, at)
    if asked is None:
        return None
    begin, end = offer_words.span(starts_at)
    ways = [
        slot
        for slot in _slots_on(asked, _key(visit), (clock.local_day(starts_at) - asked.first_on).days)
        if begin <= asked.moment(slot.start_at) < end and _is_sure(asked, slot)
    ]
    if not ways:
        return None
    best = min(ways, key=lambda slot: (slot.delta_cents, slot.start_at, slot.worker))
    return Alternative(_spot(asked, best), best.delta_cents)


def _slots_on(asked: Week, key: str, day: int) -> Iterator[Slot]:
    index = Index.of(asked.problem)
    for worker, on in index.work:
        if on == day:
            yield from slots_at(index, asked.kept, key, worker, day)


def _asked(visit: Visit, at: datetime) -> Week | None:
    """The weeks around the visit, in which this one visit may go anywhere and no other does."""
    if visit.district_id is None:
        return None
    found = week.build(_first_on(visit, at), DAYS, [visit.district_id], at)
    key = _key(visit)
    if key not in found.pieces:
        return None
    jobs = tuple(
        replace(job, pin=Pin(worker=job.pin.worker) if job.pin and visit.is_user_pinned else None)
        if job.key == key
        else job
        for job in found.problem.jobs
    )
    problem = replace(found.problem, jobs=jobs)
    return found.with_problem(problem, week.feasible_part(problem, found.in_force))


def _first_on(visit: Visit, at: datetime) -> date:
    return max(clock.local_day(at), visit.visit_on - timedelta(days=DAYS_BEFORE))


def _is_sure(asked: Week, slot: Slot) -> bool:
    """Whether the day holds all its visits already; on one that breaks a rule there is no saying what still fits."""
    seats = {(slot.worker, slot.day), *((seat.worker, seat.day) for seat in slot.others)}
    return all(_jobs_on(asked.in_force, *seat) == _jobs_on(asked.kept, *seat) for seat in seats)


def _jobs_on(plan: Plan, worker: str, day: int) -> frozenset[str]:
    return frozenset(job for job, route in plan.placed() if (route.worker, route.day) == (worker, day))


def _spot(asked: Week, slot: Slot) -> Spot:
    helper = asked.user(slot.others[0].worker).id if slot.others else None
    # The clocks people read show whole minutes.
    starts_at = asked.moment(slot.start_at + -slot.start_at % MINUTE)
    return Spot(asked.user(slot.worker).id, starts_at, helper_id=helper)


def _half_day(moment: datetime) -> tuple[date, bool]:
    shown = clock.local(moment)
    return shown.date(), shown.hour >= NOON


def _key(visit: Visit) -> str:
    return f"v{visit.id}"
