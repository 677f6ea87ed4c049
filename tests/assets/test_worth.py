"""What a device is worth on a day, and when its expected use is over."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.assets.life import over_age_before
from itsm.assets.worth import months_between, value_cents

START = date(2022, 8, 15)
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
PRICES = st.integers(0, 500_000)
LIVES = st.integers(1, 120)


@pytest.mark.parametrize(
    ("on", "cents"),
    [
        (date(2022, 8, 1), 37_900),  # before it went into service
        (date(2022, 8, 31), 37_900),
        (date(2022, 9, 1), 37_268),  # 59 of 60 months, 37268.33
        (date(2025, 2, 28), 18_950),  # half of the time, half of the price
        (date(2027, 7, 31), 632),  # one month left, 631.67 rounded
        (date(2027, 8, 1), 0),
        (date(2040, 1, 1), 0),
    ],
)
def test_the_price_falls_by_calendar_months(on: date, cents: int) -> None:
    assert value_cents(37_900, START, on, 60) == cents


def test_half_a_cent_goes_up() -> None:
    assert value_cents(1, date(2026, 1, 1), date(2026, 2, 1), 2) == 1


def test_the_days_of_a_month_do_not_count() -> None:
    assert months_between(date(2026, 1, 31), date(2026, 2, 1)) == 1
    assert months_between(date(2026, 1, 1), date(2026, 1, 31)) == 0


@given(PRICES, DAYS, DAYS, LIVES)
def test_a_value_is_never_negative_and_never_above_the_price(price: int, start: date, on: date, life: int) -> None:
    assert 0 <= value_cents(price, start, on, life) <= price


@given(PRICES, DAYS, DAYS, DAYS, LIVES)
def test_a_device_never_gains_value(price: int, start: date, one: date, other: date, life: int) -> None:
    first, second = sorted((one, other))
    assert value_cents(price, start, first, life) >= value_cents(price, start, second, life)


@given(DAYS, DAYS, LIVES)
def test_over_age_is_whoever_has_used_up_every_month(start: date, on: date, life: int) -> None:
    assert (start < over_age_before(on, life)) == (months_between(start, on) >= life)
