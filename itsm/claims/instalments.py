"""The rates of a plan: how much each is and when it is due; pure.

Source: docs/rules/claims.md, CL-47.
"""

from datetime import date

from itsm.claims.valuation import LAST_YEAR, months_later
from itsm.core.errors import DomainError

MOST = 120


def split(cents: int, count: int) -> list[int]:
    """Return the rates of a sum: all alike, the cents left over go to the first ones.

    >>> split(21_583, 4)
    [5396, 5396, 5396, 5395]

    Raises: DomainError for no rate, more than ten years of them, or a rate below one cent.
    """
    if not 1 <= count <= MOST:
        raise DomainError(f"Möglich sind 1 bis {MOST} Raten. Bitte prüfen Sie die Zahl.")
    if cents < count:
        raise DomainError("So klein kann keine Rate sein. Bitte wählen Sie weniger Raten.")
    rate, left_over = divmod(cents, count)
    return [rate + (number < left_over) for number in range(count)]


def dates(first_on: date, count: int) -> list[date]:
    """Return one day a month, counted from the first, so that a short month does not move those after it.

    Raises: DomainError for a first day so late that the calendar ends before the last one.
    """
    if first_on.year > LAST_YEAR:
        raise DomainError(f"Die erste Rate liegt erst im Jahr {first_on.year}. Bitte prüfen Sie den Tag.")
    return [months_later(first_on, number) for number in range(count)]
