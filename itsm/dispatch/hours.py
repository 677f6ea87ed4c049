"""When a school may be visited on a day, from its visiting hours and its bells."""

from collections.abc import Iterable
from datetime import date, datetime, time

from itsm.core import clock
from itsm.dispatch.planner.day.model import Window
from itsm.org.models import School

# Of a school that has told us nothing.
USUAL = Window(7 * 60 + 30, 15 * 60 + 30)
# Somebody opens half an hour before the first bell and is there an hour after the last.
BEFORE_BELL_MINUTES = 30
AFTER_BELL_MINUTES = 60


def minute_of(clock_time: time) -> int:
    """Minutes after local midnight."""
    return clock_time.hour * 60 + clock_time.minute


def minute_at(moment: datetime) -> int:
    """Minutes after midnight the clocks of Berlin show at this moment."""
    return minute_of(clock.local(moment).time())


def moment_at(day: date, minute: int) -> datetime:
    """The moment at which the clocks of Berlin show this minute; after midnight none."""
    hour, minute = divmod(min(max(minute, 0), 24 * 60 - 1), 60)
    return clock.at_local(day, time(hour, minute))


def opening(school: School, day: date) -> tuple[Window, ...]:
    """The visiting hours of the day, as far as somebody is in the building.

    A school that has entered hours for other weekdays only is closed on this one.
    Source: docs/rules/visits.md, VI-6.
    """
    hours = [
        Window(minute_of(row.opens), minute_of(row.closes))
        for row in school.visiting_hours
        if row.weekday == day.weekday()
    ]
    staffed = _staffed(school)
    if not school.visiting_hours:
        return (staffed or USUAL,)
    return cut(hours, staffed) or tuple(hours)


def around(windows: tuple[Window, ...], start: int, minutes: int, slack: int) -> tuple[Window, ...]:
    """What lies at most `slack` before or after an announced visit; all windows if that leaves no room."""
    near = cut(windows, Window(max(0, start - slack), start + minutes + slack))
    roomy = tuple(window for window in near if window.end - window.start >= minutes)
    return roomy or windows


def cut(windows: Iterable[Window], to: Window | None) -> tuple[Window, ...]:
    """The parts of the windows inside another one."""
    if to is None:
        return tuple(windows)
    parts = ((max(window.start, to.start), min(window.end, to.end)) for window in windows)
    return tuple(Window(start, end) for start, end in parts if start < end)


def _staffed(school: School) -> Window | None:
    if not school.bell_times:
        return None
    first = min(minute_of(bell.starts) for bell in school.bell_times)
    last = max(minute_of(bell.ends) for bell in school.bell_times)
    return Window(max(0, first - BEFORE_BELL_MINUTES), min(24 * 60, last + AFTER_BELL_MINUTES))
