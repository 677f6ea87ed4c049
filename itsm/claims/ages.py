"""How old somebody was on the day, and what that means for owing; pure.

Source: docs/rules/claims.md, CL-44; § 828 BGB.
"""

from datetime import date
from enum import StrEnum

from itsm.core.errors import DomainError

_WITH_INSIGHT_FROM = 7
_OF_AGE_FROM = 18


class Capacity(StrEnum):
    """Whether somebody of an age owes for what they did."""

    NONE = "none"
    NEEDS_INSIGHT = "needs_insight"
    FULL = "full"


def age_on(born_on: date, day: date) -> int:
    """Return the age in whole years. Who was born on 29 February is a year older on 1 March of a common year.

    Raises: DomainError for a day before the birth.
    """
    if day < born_on:
        raise DomainError("Der Geburtstag liegt nach dem Tag des Schadens. Bitte prüfen Sie beide Tage.")
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def capacity(born_on: date, day: date) -> Capacity:
    """Return what the age on the day of the damage means: under 7 never, 7 to 17 only with insight, then in full.

    Raises: DomainError for a day before the birth.
    """
    age = age_on(born_on, day)
    if age < _WITH_INSIGHT_FROM:
        return Capacity.NONE
    return Capacity.NEEDS_INSIGHT if age < _OF_AGE_FROM else Capacity.FULL


def is_of_age(born_on: date, day: date) -> bool:
    """Say whether somebody is 18 or older on a day: letters then go to themselves."""
    return age_on(born_on, day) >= _OF_AGE_FROM
