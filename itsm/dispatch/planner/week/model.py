"""The week as the planner sees it: the question (Problem) and the answer (Plan)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DAY_SECONDS = 24 * 3600

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pause:
    """One break of one piece, begun between `earliest` and `latest` at a stop or the base, never while driving.

    Units: `earliest` and `latest` in seconds after midnight of the first day.
    """

    seconds: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One day of one worker: away from `from_site` (else the base) not before `start`, back at the base by `end`.

    Back after `end` is overtime and has its price; after `latest_end` (else `end`) it is
    forbidden. `pause` is None where none is owed. `frozen` are jobs that stay the first of
    the day, in this order: what the worker has begun or must not be torn away from.
    Units: seconds after midnight of the first day.
    """

    day: int
    start: int
    end: int
    pause: Pause | None = None
    latest_end: int | None = None
    from_site: int | None = None
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who drives: where from, what they can do, when."""

    key: str
    district: int
    base: int
    shifts: tuple[Shift, ...]
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pin:
    """What must stay of a job's place in the week; None leaves it free."""

    worker: str | None = None
    day: int | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a school has been told: another worker or day costs `cents`."""

    worker: str
    day: int
    cents: int


@dataclass(frozen=True, slots=True)
class Job:
    """Work at a site. The whole of it lies inside one of the windows and not before `not_before`.

    `late_cents` holds the price of each day of the week (0 where it is in time),
    `leave_cents` that of leaving it out. `people` is how many do it together, beginning
    at the same moment. `waits_for` names what is missing until `not_before` (a part, a release).
    Units: seconds after midnight of the first day; windows are half open.
    """

    key: str
    site: int
    district: int
    seconds: int
    windows: tuple[tuple[int, int], ...]
    leave_cents: int
    late_cents: tuple[int, ...]
    priority: int = 3
    due_day: int = 99
    skills: frozenset[str] = frozenset()
    not_before: int = 0
    waits_for: str = ""
    people: int = 1
    pin: Pin | None = None
    promise: Promise | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """What a drive costs. A foreign district is closed where `foreign_cents` is None.

    Units: cents per second, metre, arrival in a foreign district, second of overtime.
    """

    second_cents: float = 1.25
    metre_cents: float = 0.03
    foreign_cents: int | None = None
    overtime_second_cents: float = 1.9


@dataclass(frozen=True)
class Problem:
    """A week to plan; sites are rows of `seconds` and `metres` (row = from, column = to, need not be symmetric)."""

    days: int
    site_districts: tuple[int, ...]
    workers: tuple[Worker, ...]
    jobs: tuple[Job, ...]
    seconds: Table
    metres: Table
    rates: Rates = field(default_factory=Rates)


@dataclass(frozen=True, slots=True)
class Route:
    """The jobs of one worker on one day in driving order."""

    worker: str
    day: int
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs, part by part; `offset` is what no plan of this week could save.

    Units: cents.
    """

    travel: int = 0
    foreign: int = 0
    overtime: int = 0
    late: int = 0
    moved: int = 0
    left_out: int = 0
    offset: int = 0

    @property
    def total(self) -> int:
        """All parts together."""
        return self.travel + self.foreign + self.overtime + self.late + self.moved + self.left_out

    @property
    def avoidable(self) -> int:
        """The number to compare plans by."""
        return self.total - self.offset


@dataclass(frozen=True, slots=True)
class Plan:
    """Who drives where on which day. `together` fixes the start of each job that several people do."""

    routes: tuple[Route, ...] = ()
    together: tuple[tuple[str, int], ...] = ()

    def placed(self) -> Iterator[tuple[str, Route]]:
        """Every job with its route."""
        return ((job, route) for route in self.routes for job in route.jobs)


@dataclass(frozen=True, slots=True)
class Stop:
    """A job with its times.

    Units: seconds after midnight of the first day, metres.
    """

    job: str
    travel_seconds: int
    travel_metres: int
    arrive_at: int
    start_at: int
    leave_at: int


@dataclass(frozen=True, slots=True)
class Tour:
    """A route with its times: earliest starts, the break where it delays least.

    Units: seconds after midnight of the first day.
    """

    worker: str
    day: int
    leave_at: int
    stops: Sequence[Stop]
    pause_at: int | None
    back_at: int
    back_seconds: int
    back_metres: int
