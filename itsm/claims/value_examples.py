"""What rules of valuation make of well-known examples, so that a change can be judged before it holds.

Source: docs/rules/claims.md, CL-17.
"""

from dataclasses import dataclass, replace
from datetime import date

from itsm.claims.models import ValuationPolicy
from itsm.claims.valuation import Convention, Inputs, Rules, value

_IPAD_CENTS = 37_900
EXAMPLES = {
    "iPad nach 18 Tagen": Inputs(_IPAD_CENTS, date(2022, 9, 12), date(2022, 9, 30), 60),
    "iPad nach 3 Jahren und 6 Monaten": Inputs(_IPAD_CENTS, date(2022, 9, 12), date(2026, 3, 17), 60),
    "iPad einen Tag vor 5 Jahren": Inputs(_IPAD_CENTS, date(2021, 3, 15), date(2026, 3, 14), 60),
    "iPad nach fast 6 Jahren": Inputs(_IPAD_CENTS, date(2021, 3, 15), date(2027, 1, 10), 60),
    "Laptop nach 2 Jahren und 6 Monaten": Inputs(74_999, date(2023, 8, 1), date(2026, 2, 2), 60),
    "Display einen Tag vor 6 Jahren": Inputs(324_900, date(2020, 5, 20), date(2026, 5, 19), 96),
    "Stift nach gut 16 Monaten": Inputs(8_900, date(2024, 8, 21), date(2026, 1, 9), 36),
}


@dataclass(frozen=True)
class Effect:
    """An example, what it was bought for, its value by the rules of today and by new ones; cents."""

    name: str
    base_cents: int
    now_cents: int
    then_cents: int | None


def effects(now: ValuationPolicy, then: Rules | None = None) -> list[Effect]:
    """Return the value of each example now, and by other rules if some are given."""
    return [
        Effect(
            name,
            inputs.base_cents,
            _cents(inputs, Convention(now.convention), now.floor_basis_points),
            _cents(inputs, then.convention, then.floor_basis_points) if then else None,
        )
        for name, inputs in EXAMPLES.items()
    ]


def _cents(inputs: Inputs, convention: Convention, floor_basis_points: int) -> int:
    return value(replace(inputs, convention=convention, floor_basis_points=floor_basis_points)).cents
