"""When a device is over age.

Source: docs/rules/waves.md, WV-1 and WV-2.
"""

from collections.abc import Mapping
from datetime import date

# Devices by the month they went into service, counted from year 0; None: nobody knows, the oldest of all.
Months = Mapping[int | None, int]


def month_of(day: date) -> int:
    """Return the number of the month of a day."""
    return day.year * 12 + day.month - 1


def end_of(year: int) -> date:
    """Return the last day of a year."""
    return date(year, 12, 31)


def is_over_age(month: int | None, on: date, life_months: int) -> bool:
    """Say whether the expected use of a device that went into service in this month has passed by that day."""
    return month is None or month_of(on) - month >= life_months


def over_age(months: Months, on: date, life_months: int) -> int:
    """Return how many of these devices are over age on a day."""
    return sum(devices for month, devices in months.items() if is_over_age(month, on, life_months))
