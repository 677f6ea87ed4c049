"""Two spans overlap when each starts before the other ends."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.core.spans import Span
from tests.people import MONDAY_9AM

minutes = st.integers(0, 600)


def span(start: int, end: int) -> Span:
    return Span(MONDAY_9AM + timedelta(minutes=start), MONDAY_9AM + timedelta(minutes=end))


@given(minutes, minutes, minutes, minutes)
def test_overlap_means_a_shared_minute(a: int, b: int, c: int, d: int) -> None:
    one, other = span(min(a, b), max(a, b)), span(min(c, d), max(c, d))
    shared = set(range(min(a, b), max(a, b))) & set(range(min(c, d), max(c, d)))
    if one.length and other.length:
        assert one.overlaps(other) == bool(shared) == other.overlaps(one)


def test_a_span_holds_its_start_and_not_its_end() -> None:
    assert span(0, 10).contains(MONDAY_9AM)
    assert not span(0, 10).contains(MONDAY_9AM + timedelta(minutes=10))


def test_a_span_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before"):
        span(10, 0)
