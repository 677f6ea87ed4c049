"""Rates: they add up to the cent, and their days do not drift."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.claims import instalments
from itsm.core.errors import DomainError


@pytest.mark.parametrize(
    ("cents", "rates"),
    [
        (21_583, [5_396, 5_396, 5_396, 5_395]),
        (11_370, [1_625, 1_625, 1_624, 1_624, 1_624, 1_624, 1_624]),
        (11_370, [11_370]),
        (3, [1, 1, 1]),
    ],
)
def test_cents_left_over_go_to_the_first_rates(cents: int, rates: list[int]) -> None:
    assert instalments.split(cents, len(rates)) == rates


@given(st.integers(1, 10_000_000), st.integers(1, instalments.MOST))
def test_rates_add_up_and_differ_by_a_cent_at_most(cents: int, count: int) -> None:
    if cents < count:
        return
    rates = instalments.split(cents, count)
    assert sum(rates) == cents and len(rates) == count
    assert rates[0] - rates[-1] <= 1 and rates == sorted(rates, reverse=True)


@pytest.mark.parametrize(("cents", "count", "words"), [(100, 0, "1 bis 120"), (100, 121, "1 bis 120"), (2, 3, "klein")])
def test_rates_that_cannot_be_are_refused(cents: int, count: int, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        instalments.split(cents, count)


def test_a_short_month_does_not_move_the_days_after_it() -> None:
    days = instalments.dates(date(2027, 1, 31), 4)
    assert days == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


def test_a_plan_at_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(DomainError, match="im Jahr 9999"):
        instalments.dates(date(9999, 12, 31), 2)
