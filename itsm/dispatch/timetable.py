"""When the fixed visiting times of a school fall."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import MO, WEEKLY, rrule

from itsm.core.clock import at_local
from itsm.core.spans import Span


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A weekday (0 = Monday) and a Berlin wall-clock time, every n weeks from a date on.

    The weeks are counted from the week of `from_on`, Monday first; `until_on` is the
    last day that may still hold a visit.
    """

    weekday: int
    starts: time
    minutes: int
    every_weeks: int
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day on which the rhythm asks for a visit."""

    visit_on: date
    span: Span


def occurrences(rhythm: Rhythm, first_on: date, last_on: date, is_open: Callable[[date], bool]) -> Iterator[Occurrence]:
    """The visits of a rhythm from the first to the last day, closed days left out.

    A visit that falls on a closed day is skipped, never moved: the week keeps its shape.
    Source: docs/rules/visits.md, VI-1 and VI-2.
    """
    last = last_on if rhythm.until_on is None else min(last_on, rhythm.until_on)
    days = rrule(
        WEEKLY,
        dtstart=datetime.combine(rhythm.from_on, time()),
        interval=rhythm.every_weeks,
        byweekday=rhythm.weekday,
        wkst=MO,
    ).between(datetime.combine(first_on, time()), datetime.combine(last, time()), inc=True)
    return (Occurrence(day, _span(rhythm, day)) for day in (moment.date() for moment in days) if is_open(day))


def _span(rhythm: Rhythm, day: date) -> Span:
    starts_at = at_local(day, rhythm.starts)
    # Added in UTC: a wall clock would make the visit an hour longer or shorter in the DST nights.
    return Span(starts_at, starts_at + timedelta(minutes=rhythm.minutes))
