"""A week as flat arrays for the compiled search, and its answer as a plan again."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from itsm.dispatch.planner.week import kernel
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Plan, Problem, Route, Shift, Worker
from itsm.dispatch.planner.week.tables import (
    BACK,
    DURATION,
    FIRST,
    FROZEN,
    LAST,
    LATEST,
    NEVER,
    OUT,
    SIZE,
    START,
    Ints,
    Shorts,
    Tours,
    Week,
)

FORBIDDEN = 1 << 42
NEIGHBOURS = 256
# Leaving out one of the people of a meeting, dearer than anything it could bring.
MEETING = 1 << 36

Held = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Encoded:
    """The arrays and what their rows stand for; `rows` holds a job once per person who does it."""

    problem: Problem
    week: Week
    rows: list[tuple[Job, str | None]]
    tours: list[tuple[Worker, Shift]]

    def place(self, plan: Plan) -> Tours:
        """Put a plan into arrays; what does not fit any more stays out."""
        answer = empty(self.week)
        row_of = {(job.key, worker): row for row, (job, worker) in enumerate(self.rows)}
        tour_of = {(worker.key, shift.day): tour for tour, (worker, shift) in enumerate(self.tours)}
        for tour, (worker, shift) in enumerate(self.tours):
            _append(self.week, answer, [row_of[_row_key(row_of, key, worker.key)] for key in shift.frozen], tour)
        for route in plan.routes:
            tour_or_none = tour_of.get((route.worker, route.day))
            if tour_or_none is not None:
                keys = (_row_key(row_of, key, route.worker) for key in route.jobs)
                _append(self.week, answer, [row_of[key] for key in keys if key in row_of], tour_or_none)
        return answer

    def plan(self, heads: Ints, stops: Shorts, together: tuple[tuple[str, int], ...] = ()) -> Plan:
        """Read a plan out of arrays."""
        routes = (
            Route(worker.key, shift.day, tuple(self.rows[row][0].key for row in stops[tour, : heads[tour, SIZE]]))
            for tour, (worker, shift) in enumerate(self.tours)
        )
        people = {job.key: job.people for job, _ in self.rows}
        plan = Plan(tuple(route for route in routes if route.jobs))
        placed = Counter(key for key, _ in plan.placed())
        # Where one of the people of a meeting found no place, nobody goes.
        alone = {key for key, count in placed.items() if count < people[key]}
        whole = (replace(route, jobs=tuple(key for key in route.jobs if key not in alone)) for route in plan.routes)
        met = tuple(one for one in together if one[0] in placed and one[0] not in alone)
        return Plan(tuple(route for route in whole if route.jobs), met)


def _row_key(row_of: Mapping[tuple[str, str | None], int], job: str, worker: str) -> tuple[str, str | None]:
    return (job, None) if (job, None) in row_of else (job, worker)


def _append(week: Week, answer: Tours, rows: list[int], tour: int) -> None:
    """Append jobs to a tour; where not all of them fit together, one by one as they do."""
    frozen, latest = week.shifts[tour, FROZEN], week.shifts[tour, LATEST]
    begun = answer.heads[tour, SIZE]
    free = [row for row in dict.fromkeys(rows) if answer.of[row] == OUT]
    if begun >= frozen:
        free = [row for row in free if week.price[row, tour] < FORBIDDEN]
    _put(week, answer, free, tour, begun)
    if begun < frozen or answer.heads[tour, BACK] <= latest:
        return
    _put(week, answer, [], tour, begun)
    for row in free:
        at = answer.heads[tour, SIZE]
        _put(week, answer, [row], tour, at)
        if answer.heads[tour, BACK] > latest:
            _put(week, answer, [], tour, at)


def _put(week: Week, answer: Tours, rows: list[int], tour: int, begin: int) -> None:
    """Let a tour go on from a place with these jobs and no others."""
    answer.of[answer.stops[tour, begin : answer.heads[tour, SIZE]]] = OUT
    room = answer.stops.shape[1] - 1 - begin
    rows = rows[: max(0, room)]
    answer.stops[tour, begin : begin + len(rows)] = rows
    answer.of[rows] = tour
    answer.heads[tour, SIZE] = begin + len(rows)
    kernel.refresh(week, answer, tour)


def empty(week: Week) -> Tours:
    """Make an answer in which nobody drives."""
    jobs, tours = week.price.shape
    room = _most_stops(week) + 2
    answer = Tours(
        np.full(jobs, OUT, np.int64),
        np.zeros((tours, 3), np.int64),
        np.zeros((tours, room), np.int32),
        np.zeros((tours, room, 4), np.int64),
    )
    for tour in range(tours):
        kernel.refresh(week, answer, tour)
    return answer


def _most_stops(week: Week) -> int:
    longest = int((week.shifts[:, LATEST] - week.shifts[:, START]).max(initial=0))
    shortest_first = np.cumsum(np.sort(week.jobs[:, DURATION]))
    frozen = int(week.shifts[:, FROZEN].max(initial=0))
    return frozen + int(np.searchsorted(shortest_first, longest, side="right"))


def encode(problem: Problem, held: Held | None = None) -> Encoded:
    """Lay a week out in arrays. `held` names the start of each job for several people per worker."""
    held = held or {}
    tours = [(worker, shift) for worker in problem.workers for shift in worker.shifts]
    rows: list[tuple[Job, str | None]] = []
    for job in problem.jobs:
        if job.people <= 1:
            rows.append((job, None))
        else:
            rows += [(job, worker) for key, worker in held if key == job.key]
    sites = _used_sites(problem)
    number = {site: at for at, site in enumerate(sites)}
    seconds = problem.seconds[np.ix_(sites, sites)]
    cents = np.rint(
        problem.rates.second_cents * seconds + problem.rates.metre_cents * problem.metres[np.ix_(sites, sites)]
    )
    spans, spans_of = _spans(problem, rows, held)
    site = np.array([number[job.site] for job, _ in rows], np.int64)
    week = Week(
        seconds=seconds.astype(np.int32),
        cents=cents.astype(np.int32),
        foreign=_foreign(problem, tours, sites),
        jobs=np.array([_job_row(number, *row) for row in rows], np.int64).reshape(-1, 3),
        shifts=np.array([_shift_row(number, *tour) for tour in tours], np.int64).reshape(-1, 11),
        price=_prices(problem, rows, tours, spans_of),
        spans=spans,
        spans_of=spans_of,
        near=_neighbours(seconds.astype(np.int64), site),
        rank=_ranks(rows, spans_of),
        overtime=float(problem.rates.overtime_second_cents),
        slack=2.0 * float(cents.mean()) if cents.size else 0.0,
    )
    return Encoded(problem, week, rows, tours)


def _job_row(number: dict[int, int], job: Job, held_by: str | None) -> tuple[int, int, int]:
    return number[job.site], job.seconds, job.leave_cents if held_by is None else MEETING


def _shift_row(number: dict[int, int], worker: Worker, shift: Shift) -> tuple[int, ...]:
    origin = worker.base if shift.from_site is None else shift.from_site
    latest = shift.end if shift.latest_end is None else shift.latest_end
    pause = shift.pause
    times = (pause.earliest, pause.latest, pause.seconds) if pause else (NEVER, -NEVER, 0)
    ends = (shift.start, shift.end, latest)
    return (shift.day, number[origin], number[worker.base], *ends, pause is not None, *times, len(shift.frozen))


def _used_sites(problem: Problem) -> list[int]:
    used = {job.site for job in problem.jobs}
    for worker in problem.workers:
        used.add(worker.base)
        used.update(shift.from_site for shift in worker.shifts if shift.from_site is not None)
    return sorted(used)


def _foreign(problem: Problem, tours: list[tuple[Worker, Shift]], sites: list[int]) -> Shorts:
    price = np.zeros((len(tours), len(sites)), np.int32)
    if problem.rates.foreign_cents is not None:
        districts = np.array([problem.site_districts[site] for site in sites])
        for tour, (worker, _) in enumerate(tours):
            price[tour] = np.where(districts == worker.district, 0, problem.rates.foreign_cents)
    return price


def _spans(problem: Problem, rows: list[tuple[Job, str | None]], held: Held) -> tuple[Ints, Ints]:
    """First and last starts, and which of them belong to each job and day."""
    spans_of = np.zeros((len(rows), problem.days, 2), np.int64)
    spans: list[tuple[int, int]] = []
    for row, (job, worker) in enumerate(rows):
        begin = held[job.key, worker] if worker is not None else None
        possible = _merged(sorted(starts(job, begin)))
        for day in range(problem.days):
            spans_of[row, day, FIRST] = len(spans)
            spans += [span for span in possible if span[0] // DAY_SECONDS == day]
            spans_of[row, day, LAST] = len(spans)
    return np.array(spans, np.int64).reshape(-1, 2), spans_of


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap: the search takes the last one for the one that closes last."""
    merged: list[tuple[int, int]] = []
    for opening, closing in spans:
        if merged and opening <= merged[-1][1] and opening // DAY_SECONDS == merged[-1][0] // DAY_SECONDS:
            merged[-1] = merged[-1][0], max(closing, merged[-1][1])
        else:
            merged.append((opening, closing))
    return merged


def starts(job: Job, begin: int | None = None) -> Iterator[tuple[int, int]]:
    """First and last start in each window that a job can begin in; `begin` holds it to one moment."""
    if begin is None and job.pin is not None:
        begin = job.pin.start
    for opening, closing in job.windows:
        earliest, latest = max(opening, job.not_before), closing - job.seconds
        if begin is not None:
            earliest, latest = max(earliest, begin), min(latest, begin)
        # A window belongs to the day it opens on; a part that comes later leaves it there.
        if earliest <= latest and earliest // DAY_SECONDS == opening // DAY_SECONDS:
            yield earliest, latest


def _prices(
    problem: Problem, rows: list[tuple[Job, str | None]], tours: list[tuple[Worker, Shift]], spans_of: Ints
) -> Ints:
    """What a job costs in a tour by lateness and a moved promise; FORBIDDEN where it may not be."""
    price = np.full((len(rows), len(tours)), FORBIDDEN, np.int64)
    is_closed = problem.rates.foreign_cents is None
    possible = spans_of[:, :, FIRST] < spans_of[:, :, LAST]
    for row, (job, held_by) in enumerate(rows):
        for tour, (worker, shift) in enumerate(tours):
            cents = job.late_cents[shift.day]
            if job.promise and (job.promise.worker, job.promise.day) != (worker.key, shift.day):
                cents += job.promise.cents
            if held_by is not None:
                cents = 0
            if job.key in shift.frozen or (
                possible[row, shift.day]
                and (held_by is None or held_by == worker.key)
                and may_do(job, worker, shift.day, is_closed)
            ):
                price[row, tour] = cents
    return price


def may_do(job: Job, worker: Worker, day: int, is_closed: bool) -> bool:
    """Whether skills, district and pin let a worker do a job on a day."""
    if (is_closed and worker.district != job.district) or not job.skills <= worker.skills:
        return False
    pin = job.pin
    # Of several people the pin names one; the others are free.
    return pin is None or ((pin.worker in (None, worker.key) or job.people > 1) and pin.day in (None, day))


def _neighbours(seconds: Ints, site: Ints) -> Shorts:
    """Per job the nearest jobs, itself first."""
    both = seconds + seconds.T
    away = both[np.ix_(site, site)]
    np.fill_diagonal(away, -1)
    return np.argsort(away, axis=1, kind="stable")[:, :NEIGHBOURS].astype(np.int32)


def _ranks(rows: list[tuple[Job, str | None]], spans_of: Ints) -> Shorts:
    """Places of the jobs in the orders in which they are put back; the first order is drawn anew each time."""
    jobs = [job for job, _ in rows]
    leave = np.array([job.leave_cents for job in jobs], np.float64)
    duration = np.array([job.seconds for job in jobs], np.float64)
    windows = (spans_of[:, :, LAST] - spans_of[:, :, FIRST]).sum(axis=1)
    keys = (
        np.zeros(len(jobs)),
        -leave,
        -leave / np.maximum(duration, 60),
        -duration,
        windows,
        np.array([job.due_day for job in jobs]),
    )
    return np.stack([np.argsort(np.argsort(key, kind="stable"), kind="stable") for key in keys]).astype(np.int32)
