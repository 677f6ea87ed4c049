"""Dividing a whole number by weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.core.apportion import apportion


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (0, [1, 2], [0, 0]),
        (10, [], []),
        (10, [1, 1, 1], [4, 3, 3]),
        (10, [0, 0], [5, 5]),
        (7, [3, 0, 1], [5, 0, 2]),
        (100, [1, 1, 2], [25, 25, 50]),
    ],
)
def test_parts(total: int, weights: list[int], parts: list[int]) -> None:
    assert apportion(total, weights) == parts


@given(st.integers(0, 10_000), st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_parts_add_up_and_are_near_their_share(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    if any(weights):
        shares = (total * weight / sum(weights) for weight in weights)
        assert all(abs(part - share) < 1 for part, share in zip(parts, shares, strict=True))
