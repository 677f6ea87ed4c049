"""What would let a job in that is left out: one rule relaxed at a time, the rest of the plan as it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Shift, Worker
from itsm.dispatch.planner.week.rota import Rota, best_place
from itsm.dispatch.planner.week.slots import Slot, slot_of

OVERTIME_SECONDS = 3600
# What the visit of a foreign manager is taken to cost where districts are closed and no price is set.
FOREIGN_CENTS = 600


class Relaxed(StrEnum):
    """Which rule is relaxed."""

    WINDOW = "window"
    SKILL = "skill"
    RELEASE = "release"
    OVERTIME = "overtime"
    FOREIGN = "foreign"
    PIN = "pin"
    ONE_PERSON = "one-person"


@dataclass(frozen=True, slots=True)
class Relief:
    """A rule without which the job fits into the plan, and the best place then."""

    kind: Relaxed
    slot: Slot


def reliefs(rota: Rota, before: Rota, job: Job) -> tuple[Relief, ...]:
    """Every single rule without which the job fits; `rota` is the plan without it, `before` the one to compare with."""
    found = []
    for kind, index in _relaxed(rota.index, job):
        eased = rota.on(index)
        place = best_place(eased, job.key)
        if place is not None:
            found.append(Relief(kind, slot_of(before.on(index), eased, job.key, place)))
    return tuple(found)


def _relaxed(index: Index, job: Job) -> Iterator[tuple[Relaxed, Index]]:
    """The week with each rule relaxed that binds this job."""
    all_day = tuple((day * DAY_SECONDS, (day + 1) * DAY_SECONDS) for day in range(index.problem.days))
    yield Relaxed.WINDOW, index.with_job(replace(job, windows=all_day))
    if job.skills:
        yield Relaxed.SKILL, index.with_job(replace(job, skills=frozenset()))
    if job.not_before:
        yield Relaxed.RELEASE, index.with_job(replace(job, not_before=0))
    yield Relaxed.OVERTIME, index.with_workers(tuple(map(_longer, index.problem.workers)))
    if index.problem.rates.foreign_cents is None:
        yield Relaxed.FOREIGN, index.with_rates(replace(index.problem.rates, foreign_cents=FOREIGN_CENTS))
    if job.pin is not None:
        yield Relaxed.PIN, index.with_job(replace(job, pin=None))
    if job.people > 1:
        yield Relaxed.ONE_PERSON, index.with_job(replace(job, people=1))


def _longer(worker: Worker) -> Worker:
    return replace(worker, shifts=tuple(map(_with_overtime, worker.shifts)))


def _with_overtime(shift: Shift) -> Shift:
    return replace(shift, latest_end=max(shift.latest_end or shift.end, shift.end + OVERTIME_SECONDS))
