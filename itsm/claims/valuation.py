"""What a device was worth on the day it was damaged, and what of that can be claimed; exact, in cents.

`Z = B × (L − m) / L`: the base falls in equal steps over the expected use. The order never changes: rounded half up
once, floor, then for a claim the wreck, the cap by the repair, the quota, the insurer.

Source: docs/rules/claims.md, CL-10 to CL-16.
"""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from itsm.assets.worth import months_between
from itsm.claims.rounding import half_up
from itsm.core.errors import DomainError

WHOLE = 10_000
LONGEST_LIFE = 600
# Later days would leave the calendar while months are added.
LAST_YEAR = 2200


class Convention(StrEnum):
    """How the age of a device is counted."""

    CALENDAR = "calendar"
    ELAPSED_FULL = "elapsed_full"
    STARTED = "started"
    DAYS = "days"
    YEARLY = "yearly"


CONVENTIONS = {
    Convention.CALENDAR: "Unterschied der Kalendermonate",
    Convention.ELAPSED_FULL: "volle Monate",
    Convention.STARTED: "angefangene Monate",
    Convention.DAYS: "Tage",
    Convention.YEARLY: "volle Jahre",
}
# The numbers of the rules that say how, in docs/rules/claims.md.
RULE_NUMBERS = dict.fromkeys(Convention, "CL-13") | {Convention.CALENDAR: "CL-12"}
CLAIM_RULE = "CL-15"


@dataclass(frozen=True)
class Rules:
    """How values are reckoned from a day on. Units: floor in hundredths of a per cent of the base."""

    valid_from: date
    convention: Convention
    floor_basis_points: int


@dataclass(frozen=True)
class Inputs:
    """What the value is reckoned from. Units: cents, months, floor in hundredths of a per cent of the base."""

    base_cents: int
    in_service_on: date
    damaged_on: date
    life_months: int
    convention: Convention = Convention.CALENDAR
    floor_basis_points: int = 0


@dataclass(frozen=True)
class Value:
    """The value on the day, the age in months, and what was left of the expected use, in months or days."""

    inputs: Inputs
    months: int
    left_units: int
    life_units: int
    cents: int

    @property
    def is_floor(self) -> bool:
        """Whether the floor holds the value up."""
        return self.cents > half_up(_fallen(self.inputs.base_cents, self.left_units, self.life_units))


@dataclass(frozen=True)
class Share:
    """What can be claimed for one device, and whether repairing it would cost more than it was worth."""

    cents: int
    is_total_loss: bool


def value(inputs: Inputs, today: date | None = None) -> Value:
    """Return the value of a device on the day it was damaged.

    Raises: DomainError for a day before the device was in service or after `today`, a base below nothing,
        or an expected use of no month or of more than fifty years.
    """
    _check(inputs, today)
    months, left, life = _age(inputs)
    floor = half_up(Fraction(inputs.base_cents * inputs.floor_basis_points, WHOLE))
    return Value(inputs, months, left, life, max(half_up(_fallen(inputs.base_cents, left, life)), floor))


def share(
    value_cents: int,
    *,
    repair_cents: int | None = None,
    wreck_cents: int = 0,
    quota_basis_points: int = WHOLE,
    insurer_cents: int = 0,
) -> Share:
    """Return what can be claimed of a value: capped by the repair, less the wreck, times the quota, less the insurer.

    Raises: DomainError for an amount below nothing or a quota that is none.
    """
    if min(value_cents, wreck_cents, insurer_cents, repair_cents or 0) < 0:
        raise DomainError("Ein Betrag kann nicht unter 0 € liegen. Bitte prüfen Sie die Eingabe.")
    if not 0 <= quota_basis_points <= WHOLE:
        raise DomainError("Die Quote liegt zwischen 0 und 100 %. Bitte prüfen Sie die Eingabe.")
    loss = max(0, value_cents - wreck_cents)
    capped = loss if repair_cents is None else min(repair_cents, loss)
    owed = half_up(Fraction(capped * quota_basis_points, WHOLE))
    return Share(max(0, owed - insurer_cents), repair_cents is not None and repair_cents > value_cents)


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last of a shorter month.

    >>> months_later(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _check(inputs: Inputs, today: date | None) -> None:
    if inputs.base_cents < 0:
        raise DomainError("Der Preis kann nicht unter 0 € liegen. Bitte prüfen Sie die Eingabe.")
    if not 1 <= inputs.life_months <= LONGEST_LIFE:
        raise DomainError(f"Die erwartete Nutzung liegt zwischen 1 und {LONGEST_LIFE} Monaten. Bitte prüfen Sie sie.")
    if not 0 <= inputs.floor_basis_points <= WHOLE:
        raise DomainError("Der Mindestwert liegt zwischen 0 und 100 %. Bitte prüfen Sie die Eingabe.")
    if inputs.damaged_on < inputs.in_service_on:
        raise DomainError(
            f"Der Schaden ({inputs.damaged_on:%d.%m.%Y}) kann nicht vor der Inbetriebnahme "
            f"({inputs.in_service_on:%d.%m.%Y}) liegen. Bitte prüfen Sie beide Tage."
        )
    if inputs.damaged_on.year > LAST_YEAR:
        raise DomainError(f"Mit dem Jahr {inputs.damaged_on.year} lässt sich nicht rechnen. Bitte prüfen Sie den Tag.")
    if today is not None and inputs.damaged_on > today:
        raise DomainError(f"Der {inputs.damaged_on:%d.%m.%Y} liegt in der Zukunft. Bitte prüfen Sie den Tag.")


def _fallen(base_cents: int, left: int, life: int) -> Fraction:
    return Fraction(base_cents * left, life)


def _age(inputs: Inputs) -> tuple[int, int, int]:
    """Return the age in months, and what was left of the expected use of how much, in months or days."""
    start, end, life = inputs.in_service_on, inputs.damaged_on, inputs.life_months
    full = _full_months(start, end)
    match inputs.convention:
        case Convention.CALENDAR:
            months = months_between(start, end)
        case Convention.STARTED:
            months = full + (months_later(start, full) < end)
        case Convention.YEARLY:
            months = full // 12 * 12
        case _:
            months = full
    months = min(months, life)
    if inputs.convention is Convention.DAYS:
        days = (months_later(start, life) - start).days
        return months, max(0, days - (end - start).days), days
    return months, life - months, life


def _full_months(start: date, end: date) -> int:
    months = months_between(start, end)
    return months - (months_later(start, months) > end)
