"""What it costs to come late or not at all, in school days since a ticket was reported."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from itsm.core import clock
from itsm.org import calendar
from itsm.tickets.models import Ticket

# Longer than the longest deadline and the longest holidays together.
_BEYOND = timedelta(days=200)
# Nothing a plan could gain is worth breaking what a person has fixed or a school has confirmed.
FIRM_CENTS = 1_000_000
# Of what a school counts on without a ticket: the next lower price would let it fall for one urgent fault.
REGULAR_PRIORITY = 1


class SchoolDays:
    """The school days of the city, counted."""

    def __init__(self, first_on: date, last_on: date) -> None:
        span = range((last_on + _BEYOND - first_on).days)
        days = (first_on + timedelta(days=offset) for offset in span)
        self._days = [day for day in days if calendar.is_school_day(day)]

    def due_on(self, since: date, days: int) -> date:
        """The day by which something is due that came on `since` and may wait so many school days."""
        return self._days[bisect_left(self._days, since) + days]

    def late(self, due_on: date, on: date) -> int:
        """How many school days `on` lies behind a due day; 0 if it does not."""
        return max(0, bisect_right(self._days, on) - bisect_right(self._days, due_on))

    def next_after(self, on: date) -> date:
        """The first school day after this day."""
        return self._days[bisect_right(self._days, on)]


@dataclass(frozen=True)
class Prices:
    """The prices of a week from its figures (see itsm/dispatch/figures.plan_on)."""

    first_on: date
    days: int
    numbers: Mapping[str, int]
    school_days: SchoolDays

    @classmethod
    def of(cls, first_on: date, days: int, numbers: Mapping[str, int], tickets: Iterable[Ticket]) -> "Prices":
        """Get ready for these tickets."""
        oldest = min((clock.local_day(ticket.created_at) for ticket in tickets), default=first_on)
        return cls(first_on, days, numbers, SchoolDays(min(oldest, first_on), first_on + timedelta(days=days)))

    @property
    def last_on(self) -> date:
        """The last day of the plan."""
        return self.first_on + timedelta(days=self.days - 1)

    def due_on(self, ticket: Ticket) -> date:
        """By when the ticket is to be dealt with."""
        wait = self.numbers[f"due_days_{ticket.priority}"]
        return self.school_days.due_on(clock.local_day(ticket.created_at), wait)

    def late_cents(self, tickets: Iterable[Ticket], on: date) -> int:
        """What it costs to deal with these on a day."""
        return sum(
            self.numbers[f"late_cents_{ticket.priority}"] * self.school_days.late(self.due_on(ticket), on)
            for ticket in tickets
        )

    def leave_cents(self, ticket: Ticket, minutes: int) -> int:
        """What it costs to leave a ticket out: more the longer it takes and the longer it has waited.

        Without both, long work of low priority would be left out week after week.
        """
        afterwards = self.late_cents([ticket], self.school_days.next_after(self.last_on))
        return self._hours_cents(ticket.priority, minutes) + afterwards

    def regular_cents(self, minutes: int) -> int:
        """What it costs to drop a visit a school counts on, whatever waits for it."""
        return self._hours_cents(REGULAR_PRIORITY, minutes)

    def _hours_cents(self, priority: int, minutes: int) -> int:
        return round(self.numbers[f"leave_cents_{priority}"] * (0.5 + minutes / 120))
