"""When a given order of stops arrives, waits, breaks and returns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from itsm.dispatch.planner.day.model import Breach, Cost, Day, DayPlan, PlannedStop, Stop

# One missed appointment outweighs every broken window of a day.
APPOINTMENT = 1_000
WINDOW = 1


class Label(NamedTuple):
    """A way to have served some stops, seen at its end.

    The order of the fields is the order in which two finished labels are compared.
    """

    broken: int
    late: int
    ready_at: int
    metres: int
    paused: bool
    stop: int
    arrive_at: int
    start_at: int
    pause_at: int | None
    before: "Label | None"

    @property
    def grade(self) -> tuple[int, int, int]:
        """What decides between two labels that are ready at the same time."""
        return self.broken, self.late, self.metres


@dataclass(frozen=True, slots=True)
class Timed:
    """A stop with what the searches ask again and again, worked out once."""

    site: int
    service: int
    starts: tuple[tuple[int, int], ...]
    weight: int
    unkeepable: int

    @classmethod
    def of(cls, stop: Stop) -> "Timed":
        """Work it out for a stop."""
        fixed = stop.fixed_start is not None
        return cls(
            site=stop.site,
            service=stop.service_minutes,
            starts=stop.starts,
            weight=APPOINTMENT if fixed else WINDOW,
            unkeepable=WINDOW if stop.too_short else 0,
        )


class Timeline:
    """Extends labels by one stop; knows the rules of the clock, not of the order."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.timed = [Timed.of(stop) for stop in day.stops]

    def departure(self) -> Label:
        """The label of a day in which nothing was done yet."""
        at = self.day.shift.start
        return Label(0, 0, at, 0, self.day.pause is None, -1, at, at, None, None)

    def site_of(self, label: Label) -> int:
        """Where the manager is at the end of the label."""
        return self.timed[label.stop].site if label.before else self.day.start_site

    def extend(self, label: Label, stop: int) -> Iterator[Label]:
        """All ways worth a look to serve `stop` next."""
        timed = self.timed[stop]
        site = self.site_of(label)
        metres = label.metres + self.day.metres[site][timed.site]
        arrive = label.ready_at + self.day.minutes[site][timed.site]
        for ready, pause_at in self._with_pause(arrive, label.paused):
            for start, broken, late in _starts(timed, ready):
                paused = label.paused or pause_at is not None
                leave = start + timed.service
                for leave_at, pause_then in self._with_pause(leave, paused):
                    yield Label(
                        label.broken + broken + timed.unkeepable,
                        label.late + late,
                        leave_at,
                        metres,
                        paused or pause_then is not None,
                        stop,
                        arrive,
                        start,
                        pause_at if pause_then is None else pause_then,
                        label,
                    )

    def finish(self, label: Label) -> Cost:
        """What the day costs when it ends after this label."""
        site, day = self.site_of(label), self.day
        back_at = label.ready_at + day.minutes[site][day.end_site]
        without_pause = not label.paused and self.needs_pause(back_at)
        appointments, windows = divmod(label.broken, APPOINTMENT)
        return Cost(
            missed_appointments=appointments,
            broken_windows=windows + without_pause,
            late_minutes=label.late + max(0, back_at - day.shift.end),
            back_at=back_at,
            metres=label.metres + day.metres[site][day.end_site],
        )

    def needs_pause(self, back_at: int) -> bool:
        """Whether a day that ends then must hold a break."""
        pause = self.day.pause
        return pause is not None and back_at - self.day.shift.start > pause.spare_minutes

    def _with_pause(self, at: int, paused: bool) -> Iterator[tuple[int, int | None]]:
        """Go on at once, or after the break if it is still open and may begin."""
        yield at, None
        pause = self.day.pause
        if paused or pause is None:
            return
        begin = max(at, pause.earliest)
        if begin <= pause.latest:
            yield begin + pause.minutes, begin


def _starts(timed: Timed, ready: int) -> Iterator[tuple[int, int, int]]:
    """Start, weight of what breaks, minutes late: in a window, waiting for one, or late.

    Nobody starts before the first window: the school is locked. Between two windows the
    visit may wait for the next one or go in late for the last one.
    """
    if not timed.starts:
        yield ready, 0, 0
        return
    missed = None
    for first, last in timed.starts:
        if ready <= last:
            yield max(ready, first), 0, 0
            if ready >= first:
                return
            break
        missed = last if missed is None else max(missed, last)
    if missed is not None:
        # A window that is too short is broken already, late or not.
        weight = 0 if timed.unkeepable else timed.weight
        yield ready, weight, ready - missed


def add_undominated(front: list[Label], label: Label) -> bool:
    """Keep a label unless another is ready no later, graded no worse, paused no less.

    A label ready earlier can copy whatever a later one does next and break no more by
    it, so the dominated one never ends in a better day.
    """
    grade, ready_at, paused = label.grade, label.ready_at, label.paused
    for other in front:
        if other.ready_at <= ready_at and other.grade <= grade and other.paused >= paused:
            return False
    front[:] = [
        other for other in front if not (ready_at <= other.ready_at and grade <= other.grade and paused >= other.paused)
    ]
    front.append(label)
    return True


def best_finish(clock: Timeline, order: Sequence[int]) -> tuple[Cost, Label]:
    """The cheapest timing of the stops in this order."""
    front = [clock.departure()]
    for stop in order:
        following: list[Label] = []
        for label in front:
            for longer in clock.extend(label, stop):
                add_undominated(following, longer)
        front = following
    return min(((clock.finish(label), label) for label in front), key=lambda end: end[0])


def plan(day: Day, order: Sequence[int]) -> DayPlan:
    """The day driven in this order, at the best times."""
    clock = Timeline(day)
    cost, last = best_finish(clock, order)
    site, before, stops = day.start_site, clock.departure(), list[PlannedStop]()
    for label in _path(last):
        stops.append(_planned(day, site, before, label))
        site, before = day.stops[label.stop].site, label
    pause_at = next((at.pause_at for at in _path(last) if at.pause_at is not None), None)
    if stops:
        stops[0] = _just_in_time(stops[0], pause_at)
    return DayPlan(
        stops=tuple(stops),
        leave_base_at=(stops[0].arrive_at - stops[0].travel_minutes if stops else day.shift.start),
        pause_at=pause_at,
        last_travel_minutes=day.minutes[site][day.end_site],
        last_travel_metres=day.metres[site][day.end_site],
        cost=cost,
        breaches=_day_breaches(clock, cost, last),
    )


def order_of(last: Label) -> list[int]:
    """Indices of the stops a label has served, in order."""
    return [label.stop for label in _path(last)]


def _path(last: Label) -> list[Label]:
    labels = []
    label: Label | None = last
    while label is not None and label.before is not None:
        labels.append(label)
        label = label.before
    return labels[::-1]


def _planned(day: Day, site: int, before: Label, label: Label) -> PlannedStop:
    stop = day.stops[label.stop]
    late = label.late - before.late
    return PlannedStop(
        key=stop.key,
        travel_minutes=day.minutes[site][stop.site],
        travel_metres=day.metres[site][stop.site],
        arrive_at=label.arrive_at,
        start_at=label.start_at,
        leave_at=label.start_at + stop.service_minutes,
        breach=_breach(stop, late),
        late_minutes=late,
    )


def _breach(stop: Stop, late: int) -> Breach | None:
    if stop.too_short:
        return Breach.WINDOW_TOO_SHORT
    if late == 0:
        return None
    return Breach.WINDOW if stop.fixed_start is None else Breach.FIXED_TIME


def _just_in_time(first: PlannedStop, pause_at: int | None) -> PlannedStop:
    """Wait at the base, not in front of a locked school."""
    at_the_door = pause_at is not None and first.arrive_at <= pause_at < first.start_at
    arrive_at = pause_at if at_the_door and pause_at is not None else first.start_at
    return replace(first, arrive_at=arrive_at)


def _day_breaches(clock: Timeline, cost: Cost, last: Label) -> tuple[Breach, ...]:
    without_pause = not last.paused and clock.needs_pause(cost.back_at)
    too_late = cost.back_at > clock.day.shift.end
    said = ((Breach.PAUSE, without_pause), (Breach.SHIFT_END, too_late))
    return tuple(breach for breach, broken in said if broken)
