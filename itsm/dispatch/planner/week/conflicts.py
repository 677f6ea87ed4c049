"""What a route breaks that cannot be driven as it is, said before anything is dropped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from itsm.dispatch.planner.week.index import Index, Together, Week, WorkDay, starts_of
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Pause, Route
from itsm.dispatch.planner.week.timeline import NEVER, NOBODY, earliest


class Broken(StrEnum):
    """Which rule a route breaks."""

    NO_SHIFT = "no-shift"
    DISTRICT = "district"
    SKILL = "skill"
    PIN = "pin"
    FROZEN = "frozen"
    TWICE = "twice"
    NOT_BEFORE = "not-before"
    WINDOW = "window"
    TOGETHER = "together"
    PEOPLE = "people"
    PAUSE = "pause"
    SHIFT_END = "shift-end"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule a route breaks: by which job, by how much, against which window.

    `seconds` is how much too late a start, break or return is, or how much too early before a release;
    0 where there is no how much. `start_at` is when the job or break would begin, or the worker be back.
    Units: seconds, seconds after midnight of the first day.
    """

    kind: Broken
    job: str | None = None
    seconds: int = 0
    start_at: int | None = None
    window: tuple[int, int] | None = None
    skills: tuple[str, ...] = ()


class Label(NamedTuple):
    """A way to have driven some stops, however late; the first two fields compare two of them."""

    late: int
    ready_at: int
    found: tuple[Conflict, ...] = ()


Labels = tuple[Label | None, Label | None]


def conflicts(problem: Week, route: Route, together: Together = NOBODY) -> tuple[Conflict, ...]:
    """Every rule the route breaks, in driving order; nothing exactly if `tour` finds its times.

    Nobody starts before a window opens, but starts, the break and the return may be late: the way with the
    least lateness in all is told.
    """
    index = Index.of(problem)
    work = index.work.get((route.worker, route.day))
    if work is None:
        return (Conflict(Broken.NO_SHIFT),)
    found = [*_order_conflicts(work, route.jobs)]
    for key in route.jobs:
        found += _person_conflicts(index, work, index.jobs[key])
    return (*found, *_clock_conflicts(index, work, route.jobs, together))


def _order_conflicts(work: WorkDay, jobs: Sequence[str]) -> Iterator[Conflict]:
    frozen = work.shift.frozen
    for at, key in enumerate(frozen):
        if at >= len(jobs) or jobs[at] != key:
            yield Conflict(Broken.FROZEN, key)
    for key in sorted({key for key in jobs if jobs.count(key) > 1}):
        yield Conflict(Broken.TWICE, key)


def _person_conflicts(index: Index, work: WorkDay, job: Job) -> Iterator[Conflict]:
    worker, pin, is_begun = work.worker, job.pin, job.key in work.shift.frozen
    if not is_begun and not index.serves_district(worker, job):
        yield Conflict(Broken.DISTRICT, job.key)
    if not is_begun and not job.skills <= worker.skills:
        yield Conflict(Broken.SKILL, job.key, skills=tuple(sorted(job.skills - worker.skills)))
    if pin is None:
        return
    other_worker = pin.worker is not None and pin.worker != worker.key and job.people == 1 and not is_begun
    start_day = None if pin.start is None else pin.start // DAY_SECONDS
    if other_worker or pin.day not in (None, work.day) or start_day not in (None, work.day):
        yield Conflict(Broken.PIN, job.key, start_at=pin.start)


def _clock_conflicts(index: Index, work: WorkDay, jobs: Sequence[str], together: Together) -> tuple[Conflict, ...]:
    if not jobs:
        return ()
    pause, start = work.shift.pause, Label(0, work.shift.start)
    labels: Labels = (start, _rested(pause, start))
    site = work.from_site
    for key in jobs:
        job = index.jobs[key]
        drive = index.seconds[site][job.site]
        labels = _served(work, labels, drive, job, together.get(key))
        site = job.site
    last = labels[0] if pause is None else labels[1]
    if last is None:
        return ()
    back_at = last.ready_at + index.seconds[site][work.worker.base]
    if back_at <= work.last_back_at:
        return last.found
    over = Conflict(Broken.SHIFT_END, None, back_at - work.last_back_at, back_at, (work.shift.start, work.last_back_at))
    return (*last.found, over)


def _served(work: WorkDay, labels: Labels, drive: int, job: Job, at: int | None) -> Labels:
    """The best way without a break and the best with one, after a drive and a job."""
    fresh, rested = (label and label._replace(ready_at=label.ready_at + drive) for label in labels)
    pause = work.shift.pause
    done = fresh and _started(work, fresh, job, at)
    on_arrival = fresh and _rested(pause, fresh)
    ways = (
        rested and _started(work, rested, job, at),
        on_arrival and _started(work, on_arrival, job, at),
        done and _rested(pause, done),
    )
    return done, min((way for way in ways if way is not None), key=lambda way: way[:2], default=None)


def _rested(pause: Pause | None, label: Label) -> Label | None:
    if pause is None:
        return None
    at = max(label.ready_at, pause.earliest)
    late = max(0, at - pause.latest)
    found = label.found
    if late:
        found += (Conflict(Broken.PAUSE, None, late, at, (pause.earliest, pause.latest)),)
    return Label(label.late + late, at + pause.seconds, found)


def _started(work: WorkDay, label: Label, job: Job, at: int | None) -> Label:
    """Begin the job when a window allows it, or else at once, and say what that breaks."""
    start_at, conflict = _start(job, work.day, label.ready_at, at)
    if conflict is None:
        return label._replace(ready_at=start_at + job.seconds)
    return Label(label.late + conflict.seconds, start_at + job.seconds, (*label.found, conflict))


def _start(job: Job, day: int, ready_at: int, at: int | None) -> tuple[int, Conflict | None]:
    pinned = _pinned_start(job, day)
    fixed, kind = (pinned, Broken.PIN) if pinned is not None else (at, Broken.TOGETHER)
    windows = starts_of(job, day, pinned=False)
    if fixed is not None:
        start_at = max(ready_at, fixed)
        if ready_at > fixed:
            return start_at, Conflict(kind, job.key, ready_at - fixed, start_at, (fixed, fixed + job.seconds))
        if any(first <= fixed <= last for first, last in windows):
            return start_at, None if at in (None, fixed) else Conflict(Broken.TOGETHER, job.key, 0, start_at)
        return start_at, _window_conflict(job, day, start_at)
    start_at = earliest(windows, ready_at)
    if start_at < NEVER:
        return start_at, None
    unreleased_at = earliest(starts_of(job, day, pinned=False, released=False), ready_at)
    start_at = ready_at if unreleased_at >= NEVER else unreleased_at
    return start_at, _window_conflict(job, day, start_at)


def _pinned_start(job: Job, day: int) -> int | None:
    pin = job.pin
    if pin is None or pin.start is None or pin.start // DAY_SECONDS != day:
        return None
    return pin.start


def _window_conflict(job: Job, day: int, start_at: int) -> Conflict:
    """Which window of the day a start misses; none if the job has none that is long enough."""
    unreleased = starts_of(job, day, pinned=False, released=False)
    if start_at < job.not_before and any(first <= start_at <= last for first, last in unreleased):
        return Conflict(Broken.NOT_BEFORE, job.key, job.not_before - start_at, start_at)
    missed = [span for span in unreleased if span[1] < start_at]
    if not missed:
        return Conflict(Broken.WINDOW, job.key, 0, start_at)
    first, last = missed[-1]
    return Conflict(Broken.WINDOW, job.key, start_at - last, start_at, (first, last + job.seconds))
