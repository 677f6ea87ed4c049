"""Instalments sum to what is open, fill in their order, and a missed one makes the whole due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import scoped_session

from itsm.claims import instalments, money_page
from itsm.claims.service import bookings, dunning, payments, plans
from itsm.claims.states import ClaimState
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from tests.claims.money import make_owed, pay
from tests.claims.steps import clerk
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

FIRST = date(2027, 1, 31)


def test_the_rates_of_the_example(session: scoped_session) -> None:
    rates = plans.in_rates(21_583, 4, FIRST)
    assert [rate.cents for rate in rates] == [5_396, 5_396, 5_396, 5_395]
    assert [rate.due_on for rate in rates] == [FIRST, date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    # Sundays are paid on Monday; the next rate does not move.
    assert [rate.last_on for rate in rates[:2]] == [date(2027, 2, 1), date(2027, 3, 1)]


def test_a_fixed_amount_a_month_ends_with_what_is_left() -> None:
    assert [rate.cents for rate in plans.by_month(11_370, 5_000, FIRST)] == [5_000, 5_000, 1_370]
    assert [rate.cents for rate in plans.by_month(10_000, 5_000, FIRST)] == [5_000, 5_000]
    assert [rate.cents for rate in plans.by_month(100, 5_000, FIRST)] == [100]
    with pytest.raises(DomainError, match="mehr als 120 Raten"):
        plans.by_month(12_100, 100, FIRST)


@given(st.integers(1, 5_000_000), st.integers(1, instalments.MOST), st.integers(1, 1_000_000))
def test_rates_always_sum_to_what_is_open(cents: int, count: int, monthly: int) -> None:
    for make in (lambda: plans.in_rates(cents, count, FIRST), lambda: plans.by_month(cents, monthly, FIRST)):
        try:
            rates = make()
        except DomainError:
            continue
        assert sum(rate.cents for rate in rates) == cents
        assert min(rate.cents for rate in rates) > 0
        assert len({(rate.due_on.year, rate.due_on.month) for rate in rates}) == len(rates)


def test_a_plan_is_agreed_over_all_that_is_open_and_nothing_else(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    rates = plans.in_rates(11_370, 7, FIRST)
    pay(claim, 370)
    with pytest.raises(Conflict, match="Offen sind inzwischen 110 €"):
        plans.agree(by, claim, rates, MONDAY_9AM)
    plans.agree(by, claim, plans.in_rates(11_000, 7, FIRST), MONDAY_9AM)
    assert (claim.state, claim.due_on) == (ClaimState.INSTALMENTS, date(2027, 2, 1))


def test_a_plan_does_not_begin_in_the_past_or_without_anything_open(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    with pytest.raises(DomainError, match="Vergangenheit"):
        plans.agree(by, claim, plans.in_rates(11_370, 2, MONDAY - timedelta(days=1)), MONDAY_9AM)
    pay(claim, 11_370)
    with pytest.raises(Conflict):
        plans.agree(by, claim, (), MONDAY_9AM)
    with pytest.raises(NotAllowed):
        plans.agree(actor_for(make_user(Role.ADMINISTRATOR)), claim, (), MONDAY_9AM)


def test_money_fills_the_rates_in_their_order_and_the_last_cent_settles(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    plans.agree(by, claim, plans.in_rates(11_370, 3, FIRST), MONDAY_9AM)
    pay(claim, 5_000)
    plan = plans.running(claim)
    assert plan is not None
    assert [rate.paid_cents for rate in plan.rates] == [3_790, 1_210, 0]
    following = plan.following()
    assert following is not None
    assert (following.number, following.open_cents) == (2, 2_580)
    # The claim is due on the day of that rate, so that the desk sees when it is missed.
    assert claim.due_on == date(2027, 3, 1)
    pay(claim, 6_370)
    assert claim.state is ClaimState.PAID
    assert plans.running(claim) is None


def test_a_rate_is_missed_on_the_day_after_its_last_and_not_before(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    plan = plans.agree(by, claim, plans.in_rates(11_370, 3, FIRST), MONDAY_9AM)
    # 31 January is a Sunday, so Monday counts.
    assert plan.missed(date(2027, 2, 1)) is None
    missed = plan.missed(date(2027, 2, 2))
    assert missed is not None
    assert missed.number == 1


def test_a_missed_rate_makes_the_whole_due_again_and_it_can_be_reminded(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    # 4 January 2027 is a Monday, after the term of the demand.
    plans.agree(by, claim, plans.in_rates(11_370, 3, date(2027, 1, 4)), MONDAY_9AM)
    with pytest.raises(DomainError, match="Vereinbarung gilt weiter"):
        plans.call_in(by, claim, "Rate fehlt", MONDAY_9AM + timedelta(days=49))
    late = MONDAY_9AM + timedelta(days=50)
    plans.call_in(by, claim, "Rate fehlt", late)
    assert (claim.state, claim.due_on) == (ClaimState.DEMANDED, date(2027, 1, 4))
    dunning.prepare(by, claim, late, with_interest=False)
    # Whoever kept the agreement so far owes interest from its end only.
    assert dunning.stretches(claim, date(2027, 1, 31))[0].first_on == date(2027, 1, 6)


def test_a_new_plan_takes_the_place_of_the_old_which_stays_readable(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    plans.agree(by, claim, plans.in_rates(11_370, 3, FIRST), MONDAY_9AM)
    pay(claim, 1_370)
    plans.agree(by, claim, plans.by_month(10_000, 2_500, FIRST), MONDAY_9AM)
    db.session.commit()
    old, new = plans.plans(claim)
    assert ([rate.cents for rate in old.rates], len(new.rates)) == ([3_790] * 3, 4)
    assert plans.running(claim) == new
    assert sum(rate.open_cents for rate in new.rates) == bookings.balance(claim).open_cents


def test_a_payment_taken_back_opens_the_last_rates_that_were_filled(session: scoped_session) -> None:
    claim, by = make_owed(12_000), clerk()
    plans.agree(by, claim, plans.in_rates(12_000, 3, FIRST), MONDAY_9AM)
    booking = pay(claim, 12_000)
    payments.take_back(by, booking, "Rücklastschrift", MONDAY_9AM)
    assert claim.state is ClaimState.DEMANDED
    plan = plans.plans(claim)[-1]
    assert [rate.paid_cents for rate in plan.rates] == [0, 0, 0]


def test_money_from_before_a_plan_that_goes_back_is_told_as_standing_in_no_rate(session: scoped_session) -> None:
    claim, by = make_owed(12_000), clerk()
    before = pay(claim, 3_000)
    plans.agree(by, claim, plans.in_rates(9_000, 3, FIRST), MONDAY_9AM)
    payments.take_back(by, before, "Rücklastschrift", MONDAY_9AM)
    account = money_page.account(claim, MONDAY)
    assert account is not None
    assert (account.beyond_plan_cents, claim.state) == (3_000, ClaimState.INSTALMENTS)
    plans.agree(by, claim, plans.in_rates(12_000, 3, FIRST), MONDAY_9AM)
    account = money_page.account(claim, MONDAY)
    assert account is not None
    assert account.beyond_plan_cents == 0
