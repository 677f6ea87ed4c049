"""School days, office days and service minutes: pure functions over dates, for North Rhine-Westphalia."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from itsm.core.clock import at_local, local_day
from itsm.core.errors import DomainError
from itsm.core.spans import Span

SERVICE_OPENS = time(7, 30)
SERVICE_CLOSES = time(16, 0)

DayTest = Callable[[date], bool]

_ONE_DAY = timedelta(days=1)
_WEEKEND = {5: "Samstag", 6: "Sonntag"}
# The library names the holidays of all sixteen states at once; North Rhine-Westphalia says it shorter.
_SHORTER = {"Oster-/Frühjahrsferien": "Osterferien", "Himmelfahrts-/Pfingstferien": "Pfingstferien"}
# No calendar of a school or an office is closed for longer; further on we would search for ever.
_FURTHEST_DAYS = 800


def public_holiday(day: date) -> str:
    """The name of the public holiday, or nothing."""
    return _days_of(day.year, "public").get(day, "")


def school_holidays(day: date) -> str:
    """The name of the school holidays this day belongs to, or nothing."""
    return _days_of(day.year, "school").get(day, "")


def closed_reason(day: date, movable: Collection[date] = ()) -> str:
    """Why a school is closed on this day, in one or two words; nothing on a school day.

    Source: docs/rules/calendar.md, CA-1 to CA-3.
    """
    movable_words = "beweglicher Ferientag" if day in movable else ""
    return public_holiday(day) or school_holidays(day) or movable_words or _WEEKEND.get(day.weekday(), "")


def office_closed_reason(day: date) -> str:
    """Why the city's offices are closed on this day; nothing on an office day."""
    return public_holiday(day) or _WEEKEND.get(day.weekday(), "")


def is_school_day(day: date, movable: Collection[date] = ()) -> bool:
    """Whether a school with these movable holidays teaches on this day."""
    return not closed_reason(day, movable)


def is_office_day(day: date) -> bool:
    """Whether the city's offices work on this day."""
    return not office_closed_reason(day)


def school_calendar(movable: Collection[date] = ()) -> DayTest:
    """The days of one school, to count service minutes at its door."""
    fixed = frozenset(movable)
    return lambda day: is_school_day(day, fixed)


def next_school_day(after: date, movable: Collection[date] = ()) -> date:
    """The first school day after this one."""
    return next(day for day in _days_from(after + _ONE_DAY) if is_school_day(day, movable))


def next_office_day(after: date) -> date:
    """The first office day after this one."""
    return next(day for day in _days_from(after + _ONE_DAY) if is_office_day(day))


def add_service_minutes(start: datetime, minutes: int, calendar: DayTest = is_office_day) -> datetime:
    """The moment (UTC) at which this many service minutes have passed.

    Units: minutes inside 07:30-16:00 Berlin time on days the calendar opens.
    Raises: DomainError for a negative number or a calendar that never opens.
    Source: docs/rules/calendar.md, CA-4.
    """
    if minutes < 0:
        raise DomainError("Eine Frist kann nicht vor ihrem Beginn enden.")
    left = timedelta(minutes=minutes)
    for opened in _service_spans(start, calendar):
        begin = max(start, opened.start)
        if begin + left <= opened.end:
            return begin + left
        left -= opened.end - begin
    raise DomainError("Der Kalender öffnet an keinem Tag. Bitte prüfen Sie die Ferientage.")


def service_minutes_between(start: datetime, end: datetime, calendar: DayTest = is_office_day) -> int:
    """Whole service minutes between two moments; 0 if the second is not after the first."""
    passed = timedelta()
    for opened in _service_spans(start, calendar):
        begin = max(start, opened.start)
        if begin >= end:
            break
        passed += min(end, opened.end) - begin
    return int(passed.total_seconds() // 60)


def _service_spans(start: datetime, calendar: DayTest) -> Iterator[Span]:
    """Service time day by day, beginning with the span that has not ended at `start`."""
    for day in _days_from(local_day(start)):
        if calendar(day):
            span = Span(at_local(day, SERVICE_OPENS), at_local(day, SERVICE_CLOSES))
            if start < span.end:
                yield span


def _days_from(first: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range(_FURTHEST_DAYS))


@cache
def _days_of(year: int, category: str) -> dict[date, str]:
    days = holidays.country_holidays("DE", subdiv="NW", years=year, categories=(category,), language="de")
    return {day: _SHORTER.get(name, name) for day, name in days.items() if day.year == year}
