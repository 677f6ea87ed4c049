"""Divide a whole number by weights so that the parts add up exactly."""

from collections.abc import Sequence
from fractions import Fraction


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Return one part per weight, adding up to `total`; none is a whole one away from its exact share.

    The largest remainders are rounded up, the earlier first among equals. Without any weight all parts are alike.
    Source: Hare-Niemeyer.
    """
    if not weights:
        return []
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
