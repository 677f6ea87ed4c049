"""Default interest: the worked examples, half-years with rates of their own, and where the rates come from."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.claims import figures, interest, interest_rates
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.figures import FigureValue

FIRST = date(2026, 1, 1)
RATES = {FIRST: Decimal("6.27"), date(2026, 7, 1): Decimal("7.00"), date(2027, 1, 1): Decimal("6.5")}


def owed(principal: int, first_on: date, last_on: date, rates: dict[date, Decimal] = RATES) -> int:
    """Return the interest on one sum."""
    return interest.cents([interest.Stretch(first_on, last_on, principal)], rates)


@pytest.mark.parametrize(("principal", "days", "cents"), [(25_000, 45, 193), (11_370, 61, 119), (11_370, 1, 2)])
def test_worked_examples(principal: int, days: int, cents: int) -> None:
    assert owed(principal, FIRST, FIRST + timedelta(days=days - 1)) == cents


def test_each_half_year_has_its_rate_and_all_is_rounded_once() -> None:
    found = interest.parts(date(2026, 6, 30), date(2027, 1, 2), RATES)
    assert [(part.days, part.percent) for part in found] == [
        (1, Decimal("6.27")),
        (184, Decimal("7.00")),
        (2, Decimal("6.5")),
    ]
    # 100000 × (6.27 + 184 × 7 + 2 × 6.5) / 36500 = 3581.56
    assert owed(100_000, date(2026, 6, 30), date(2027, 1, 2)) == 3_582


def test_stretches_are_rounded_together() -> None:
    # A day of 100 euros bears 1.72 cents: twice that is 3, not 2 × 2.
    day = interest.Stretch(FIRST, FIRST, 10_000)
    assert (interest.cents([day], RATES), interest.cents([day, day], RATES), interest.cents([], RATES)) == (2, 3, 0)


def test_a_span_that_ends_before_it_begins_bears_nothing() -> None:
    assert owed(100_000, FIRST, FIRST - timedelta(days=1)) == 0


def test_a_rate_below_nothing_bears_nothing() -> None:
    assert owed(100_000, FIRST, FIRST, {FIRST: Decimal("-1")}) == 0


def test_a_half_year_without_a_rate_is_refused() -> None:
    with pytest.raises(DomainError, match=r"ab 01\.07\.2027 ist kein Zinssatz"):
        owed(100, FIRST, date(2027, 7, 1))


@given(st.integers(0, 1_000_000), st.integers(0, 500), st.integers(0, 40))
def test_interest_never_falls_with_days_or_principal(principal: int, days: int, more: int) -> None:
    last = FIRST + timedelta(days=days)
    less = owed(principal, FIRST, last)
    assert less <= owed(principal, FIRST, last + timedelta(days=more))
    assert less <= owed(principal + more, FIRST, last)


@pytest.mark.usefixtures("session")
def test_rates_of_the_past_are_published_and_later_ones_a_figure() -> None:
    found = interest_rates.rates(date(2024, 7, 1), date(2026, 7, 1))
    assert [str(rate) for rate in found.values()] == ["8.37", "7.27", "6.27", "6.27", "6.27"]


@pytest.mark.usefixtures("session")
def test_a_rate_entered_within_its_half_year_holds_from_its_beginning() -> None:
    db.session.add(FigureValue(key=figures.BASE_RATE, valid_from=date(2026, 7, 14), value=2.5))
    db.session.add(FigureValue(key=figures.BASE_RATE, valid_from=date(2027, 1, 1), value=3))
    found = interest_rates.rates(date(2026, 6, 30), date(2027, 1, 1))
    assert [str(rate) for rate in found.values()] == ["6.27", "7.5", "8.0"]
