"""One manager's one day: the question (Day) and the answer (DayPlan)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


class Breach(StrEnum):
    """What a plan could not keep."""

    FIXED_TIME = "fixed-time"
    WINDOW = "window"
    WINDOW_TOO_SHORT = "window-too-short"
    PAUSE = "pause"
    SHIFT_END = "shift-end"


@dataclass(frozen=True, slots=True)
class Window:
    """A span of one day, half open.

    Units: minutes after local midnight.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"A window ends before it starts: {self}.")


@dataclass(frozen=True, slots=True)
class Pause:
    """A break of one piece, begun between `earliest` and `latest`.

    A day of at most `spare_minutes` from the start of the shift needs none (ArbZG § 4).
    """

    minutes: int
    earliest: int
    latest: int
    spare_minutes: int = 360


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit to make: the whole of it must lie inside one of the windows.

    No window means any time will do. `fixed_start` is an appointment: it begins then,
    whatever the windows say.
    """

    key: int
    site: int
    service_minutes: int
    windows: tuple[Window, ...] = ()
    fixed_start: int | None = None

    def __post_init__(self) -> None:
        if self.service_minutes < 0:
            raise ValueError(f"Stop {self.key} lasts less than no time.")

    @property
    def starts(self) -> tuple[tuple[int, int], ...]:
        """First and last minute at which the visit may begin, one pair for each window.

        When no window is long enough, the beginnings of the windows stand in: the plan
        then says WINDOW_TOO_SHORT, and the visit still comes close to its time.
        """
        if self.fixed_start is not None:
            return ((self.fixed_start, self.fixed_start),)
        windows = sorted(self.windows, key=lambda window: window.start)
        fitting = tuple(
            (window.start, window.end - self.service_minutes)
            for window in windows
            if window.end - window.start >= self.service_minutes
        )
        return fitting or tuple((window.start, window.start) for window in windows)

    @property
    def too_short(self) -> bool:
        """Whether no window is long enough for the visit."""
        return (
            self.fixed_start is None
            and bool(self.windows)
            and not any(window.end - window.start >= self.service_minutes for window in self.windows)
        )


class Table(Protocol):
    """Anything that answers `table[origin][target]`."""

    def __getitem__(self, origin: int, /) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class Day:
    """What is to be driven: sites are rows of `minutes` and `metres`."""

    shift: Window
    start_site: int
    end_site: int
    stops: tuple[Stop, ...]
    minutes: Table
    metres: Table
    pause: Pause | None = None

    def __post_init__(self) -> None:
        keys = [stop.key for stop in self.stops]
        if len(set(keys)) != len(keys):
            raise ValueError("Two stops of the day have the same key.")


class Cost(NamedTuple):
    """What makes one plan worse than another, the gravest first.

    `late_minutes` counts behind the windows that were missed and behind the end of the
    shift; `back_at` is the return to the base, so it holds all driving and all waiting.
    """

    missed_appointments: int
    broken_windows: int
    late_minutes: int
    back_at: int
    metres: int


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop with its times, in minutes after local midnight."""

    key: int
    travel_minutes: int
    travel_metres: int
    arrive_at: int
    start_at: int
    leave_at: int
    breach: Breach | None = None
    late_minutes: int = 0

    @property
    def waiting_minutes(self) -> int:
        """Time between arrival and start, a break taken there included."""
        return self.start_at - self.arrive_at


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The stops in driving order, and what it costs.

    `breaches` names what the day as a whole could not keep (break, end of the shift).
    """

    stops: tuple[PlannedStop, ...]
    leave_base_at: int
    pause_at: int | None
    last_travel_minutes: int
    last_travel_metres: int
    cost: Cost
    breaches: tuple[Breach, ...] = ()

    @property
    def travel_minutes(self) -> int:
        """All driving of the day, the way back included."""
        return sum(stop.travel_minutes for stop in self.stops) + self.last_travel_minutes
