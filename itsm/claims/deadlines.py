"""When a time limit ends: days, months, years, working days in North Rhine-Westphalia; pure.

Source: docs/rules/claims.md, CL-40, CL-41 and CL-43; §§ 187 to 193 BGB, § 41 (2) VwVfG NRW.
"""

from datetime import date, timedelta

from itsm.claims.valuation import months_later
from itsm.org.calendar import is_office_day, next_office_day


def working_day(day: date) -> date:
    """Return the day itself, or the next one that is neither a Saturday, a Sunday nor a public holiday."""
    return day if is_office_day(day) else next_office_day(day)


def payment_due(letter_on: date, days: int) -> date:
    """Return the last day to pay or to answer, so many days after a letter; moved to a working day.

    >>> payment_due(date(2026, 3, 4), 30)
    datetime.date(2026, 4, 7)
    """
    return working_day(letter_on + timedelta(days=days))


def delivered(posted_on: date, days: int) -> date:
    """Return the day an administrative act counts as known after it was posted; not moved, even from a Sunday."""
    return posted_on + timedelta(days=days)


def months_end(day: date, months: int) -> date:
    """Return the end of a time limit of months that began with an event on a day; a short month ends it earlier."""
    return months_later(day, months)


def years_end(day: date, years: int) -> date:
    """Return the last day of the year, so many years after that of a day."""
    return date(day.year + years, 12, 31)
