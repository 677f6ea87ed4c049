"""What accounts announce to the packages above."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class AbsenceSet:
    """A person will be away from the first to the last day, both included."""

    user_id: int
    first_on: date
    last_on: date
    at: datetime


@dataclass(frozen=True)
class AbsenceEnded:
    """An absence is taken off the list, or ends earlier than it was to; the days are those it had."""

    user_id: int
    first_on: date
    last_on: date
    at: datetime
