"""The only place that reads the clock, and the way between UTC and the local day."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """Return the present moment in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def local(moment: datetime) -> datetime:
    """Return the same moment as the wall clock in Berlin shows it."""
    return moment.astimezone(BERLIN)


def local_day(moment: datetime) -> date:
    """Return the date in Berlin at this moment."""
    return local(moment).date()


def at_local(day: date, clock_time: time) -> datetime:
    """Return the UTC moment of a wall-clock time in Berlin.

    A time that does not exist in the night of the change to summer time is read
    as the moment an hour later; one that exists twice as the first of the two.
    """
    return datetime.combine(day, clock_time, tzinfo=BERLIN).astimezone(UTC)
