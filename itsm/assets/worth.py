"""What a device is worth on a day: its price, falling in equal monthly steps over its expected use.

Source: docs/rules/devices.md, DV-3.
"""

from datetime import date


def months_between(start: date, end: date) -> int:
    """Return the difference of the calendar months, whatever the days: 31 January to 1 February is one."""
    return (end.year - start.year) * 12 + end.month - start.month


def value_cents(price_cents: int, in_service_on: date, on: date, life_months: int) -> int:
    """Return the value on a day in cents, rounded half up once; never below 0 or above the price."""
    left = life_months - min(max(months_between(in_service_on, on), 0), life_months)
    return (2 * price_cents * left + life_months) // (2 * life_months)
