"""The fee for dunning under public law; pure.

Source: docs/rules/claims.md, CL-46; § 9 VO VwVG NRW.
"""

from decimal import Decimal
from fractions import Fraction

from itsm.claims.rounding import half_up


def dunning_cents(open_cents: int, base_cents: int, limit_cents: int, percent: Decimal | int) -> int:
    """Return the fee for what is open: the base, and a share of what lies above the limit; nothing open, no fee.

    >>> dunning_cents(11_370, 600, 5_000, 1)
    664
    """
    if open_cents <= 0:
        return 0
    above = max(0, open_cents - limit_cents)
    return base_cents + half_up(above * Fraction(percent) / 100)
