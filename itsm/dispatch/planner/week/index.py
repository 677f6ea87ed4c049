"""A week prepared for many questions: jobs, days and drives found without a search."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Problem, Rates, Shift, Table, Worker

Spans = tuple[tuple[int, int], ...]

Together = Mapping[str, int]


class Rows(dict[int, list[int]]):
    """Rows of a table as lists, made when first asked for: Python reads lists faster than arrays."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, site: int) -> list[int]:
        """Make the row of a site."""
        row: list[int] = self._table[site].tolist()
        self[site] = row
        return row


class CentRows(dict[int, list[int]]):
    """What the drive from one site to each other costs."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self._problem = problem

    def __missing__(self, site: int) -> list[int]:
        """Make the row of a site."""
        rates = self._problem.rates
        exact = rates.second_cents * self._problem.seconds[site] + rates.metre_cents * self._problem.metres[site]
        row: list[int] = np.rint(exact).astype(np.int64).tolist()
        self[site] = row
        return row


@dataclass(frozen=True, slots=True)
class WorkDay:
    """One day of one worker, with where it begins and when it must be over."""

    worker: Worker
    shift: Shift
    from_site: int
    last_back_at: int

    @classmethod
    def of(cls, worker: Worker, shift: Shift) -> "WorkDay":
        """Work it out for a shift."""
        from_site = worker.base if shift.from_site is None else shift.from_site
        return cls(worker, shift, from_site, shift.end if shift.latest_end is None else shift.latest_end)

    @property
    def day(self) -> int:
        """Which day of the week it is."""
        return self.shift.day

    @property
    def key(self) -> tuple[str, int]:
        """Worker and day."""
        return self.worker.key, self.shift.day


class Index:
    """A problem with what its readers ask again and again, worked out once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.jobs: dict[str, Job] = {job.key: job for job in problem.jobs}
        self.work: dict[tuple[str, int], WorkDay] = {
            (worker.key, shift.day): WorkDay.of(worker, shift) for worker in problem.workers for shift in worker.shifts
        }
        self.seconds = Rows(problem.seconds)
        self.metres = Rows(problem.metres)
        self.cents = CentRows(problem)
        self._starts: dict[tuple[str, int], Spans] = {}

    @classmethod
    def of(cls, problem: "Week") -> "Index":
        """The index of a problem, or the index itself."""
        return problem if isinstance(problem, Index) else cls(problem)

    def with_job(self, job: Job) -> "Index":
        """The same week with one job changed."""
        jobs = tuple(job if one.key == job.key else one for one in self.problem.jobs)
        return self._changed(replace(self.problem, jobs=jobs))

    def with_workers(self, workers: tuple[Worker, ...]) -> "Index":
        """The same week with other shifts or skills."""
        return self._changed(replace(self.problem, workers=workers))

    def with_rates(self, rates: Rates) -> "Index":
        """The same week at other prices of districts and overtime, the drives at the same."""
        return self._changed(replace(self.problem, rates=rates))

    def _changed(self, problem: Problem) -> "Index":
        other = Index(problem)
        other.seconds, other.metres, other.cents = self.seconds, self.metres, self.cents
        return other

    def starts(self, job: str, day: int) -> Spans:
        """When the job may begin that day: first and last second of each possibility, in order."""
        known = self._starts.get((job, day))
        if known is None:
            known = self._starts[job, day] = starts_of(self.jobs[job], day)
        return known

    def fee(self, worker: Worker, start_site: int, site: int) -> int:
        """What the arrival at a site costs because it lies in a foreign district."""
        cents = self.problem.rates.foreign_cents
        if cents is None or self.problem.site_districts[site] == worker.district:
            return 0
        return cents if self.seconds[start_site][site] else 0

    def serves_district(self, worker: Worker, job: Job) -> bool:
        """Whether the worker may be sent to the district of the job."""
        return worker.district == job.district or self.problem.rates.foreign_cents is not None

    def may_serve(self, work: WorkDay, job: Job) -> bool:
        """Whether skills, district, pin and windows let this job onto this day, whatever else is on it."""
        worker, pin = work.worker, job.pin
        return bool(self.starts(job.key, work.day)) and (
            # Nobody asks again for what is under way.
            job.key in work.shift.frozen
            or (
                job.skills <= worker.skills
                and self.serves_district(worker, job)
                # Of several people the pin names one; the others are free.
                and (pin is None or pin.worker is None or pin.worker == worker.key or job.people > 1)
            )
        )


Week: TypeAlias = Problem | Index


def starts_of(job: Job, day: int, *, pinned: bool = True, released: bool = True) -> Spans:
    """When the job may begin on a day: inside its windows, after its release, as its pin says.

    `pinned` and `released` False leave the pin or the release out of it.
    """
    pin = job.pin if pinned else None
    if pin is not None and pin.day not in (None, day):
        return ()
    # A window belongs to the day it opens on.
    windows = sorted(window for window in job.windows if window[0] // DAY_SECONDS == day)
    not_before = job.not_before if released else 0
    spans = ((max(start, not_before), end - job.seconds) for start, end in windows)
    if pin is not None and pin.start is not None:
        at = pin.start
        spans = ((max(first, at), min(last, at)) for first, last in spans)
    return tuple((first, last) for first, last in spans if first <= last and first // DAY_SECONDS == day)
