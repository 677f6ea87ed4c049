"""Rounding of money: half up, once, at the end."""

from fractions import Fraction


def half_up(cents: Fraction) -> int:
    """Return whole cents; half a cent goes up. Units: cents.

    >>> half_up(Fraction("18957.5"))
    18958
    """
    return (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
