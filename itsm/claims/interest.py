"""Default interest by the day, at a rate that may change every half-year; pure and exact.

Source: docs/rules/claims.md, CL-45; §§ 247, 288 (1) BGB.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from itsm.claims.rounding import half_up
from itsm.core.errors import DomainError

_DAYS_OF_YEAR = 365
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """Days, the first and the last included, on which the same part of the claim itself was open."""

    first_on: date
    last_on: date
    cents: int


@dataclass(frozen=True)
class Part:
    """Days of one half-year, the first and the last included, and the yearly rate in per cent that holds in it."""

    first_on: date
    last_on: date
    percent: Decimal

    @property
    def days(self) -> int:
        """How many days bear interest."""
        return (self.last_on - self.first_on).days + 1


def half_year_of(day: date) -> date:
    """Return the first day of the half-year a day lies in.

    >>> half_year_of(date(2026, 8, 31))
    datetime.date(2026, 7, 1)
    """
    return date(day.year, 7 if day.month > 6 else 1, 1)


def half_years(first_on: date, last_on: date) -> list[date]:
    """Return the first days of all half-years from one day to another."""
    found, start = [], half_year_of(first_on)
    while start <= last_on:
        found.append(start)
        start = _next_half(start)
    return found


def parts(first_on: date, last_on: date, rates: Mapping[date, Decimal]) -> list[Part]:
    """Return the days cut at the half-years; `rates` has the yearly rate of each by its first day.

    Raises: DomainError for a half-year without a rate.
    """
    return [
        Part(max(first_on, start), min(last_on, _next_half(start) - _ONE_DAY), _rate(rates, start))
        for start in half_years(first_on, last_on)
    ]


def cents(stretches: Iterable[Stretch], rates: Mapping[date, Decimal]) -> int:
    """Return the interest on all stretches together; rounded half up once, never below nothing.

    A year has 365 days. The first day is the one after the money was due.

    Raises: DomainError for a half-year without a rate.
    """
    shares = (
        Fraction(part.percent) * part.days * stretch.cents
        for stretch in stretches
        for part in parts(stretch.first_on, stretch.last_on, rates)
    )
    return max(0, half_up(sum(shares, Fraction(0)) / (100 * _DAYS_OF_YEAR)))


def _next_half(start: date) -> date:
    return date(start.year, 7, 1) if start.month == 1 else date(start.year + 1, 1, 1)


def _rate(rates: Mapping[date, Decimal], start: date) -> Decimal:
    if start not in rates:
        raise DomainError(f"Für das Halbjahr ab {start:%d.%m.%Y} ist kein Zinssatz bekannt. Bitte tragen Sie ihn ein.")
    return rates[start]
