"""The account of a claim: what is owed, what came, what is too much, and taking bookings back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import scoped_session

from itsm.claims import money_page, queries
from itsm.claims.models import BookingKind, Claim
from itsm.claims.service import bookings, payments, relief
from itsm.claims.service.payments import Money
from itsm.claims.states import ClaimState
from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, DomainError, NotAllowed
from tests.claims.factories import make_approved
from tests.claims.money import make_owed, pay
from tests.claims.steps import DUE_ON, approver, clerk
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

PAYMENT, REFUND = BookingKind.PAYMENT, BookingKind.REFUND


def test_a_demand_opens_the_account_once(session: scoped_session) -> None:
    claim = make_owed()
    again = bookings.open_account(clerk(), claim, MONDAY, MONDAY_9AM)
    assert again.cents == 11_370
    assert again.due_on == DUE_ON
    assert bookings.balance(claim) == bookings.Balance(claimed=11_370)
    assert bookings.balance(claim).open_cents == 11_370


def test_the_cent_that_pays_it_settles_a_claim_and_not_the_one_before(session: scoped_session) -> None:
    claim = make_owed()
    pay(claim, 11_369)
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.DEMANDED, 1)
    pay(claim, 1)
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.PAID, 0)


def test_what_is_too_much_is_shown_and_can_be_paid_back_but_no_cent_more(session: scoped_session) -> None:
    claim = make_owed()
    pay(claim, 12_000)
    assert (claim.state, bookings.balance(claim).overpaid_cents) == (ClaimState.PAID, 630)
    with pytest.raises(DomainError, match="höchstens 6,30 €"):
        pay(claim, 631, REFUND)
    pay(claim, 630, REFUND)
    assert bookings.balance(claim).overpaid_cents == 0
    with pytest.raises(DomainError, match="Es gibt nichts zurückzuzahlen"):
        pay(claim, 1, REFUND)


def test_what_an_insurer_pays_counts_like_a_payment(session: scoped_session) -> None:
    claim = make_owed()
    pay(claim, 11_370, BookingKind.INSURER)
    assert claim.state is ClaimState.PAID


def test_a_payment_taken_back_is_owed_again_and_both_lines_stay(session: scoped_session) -> None:
    claim = make_owed()
    booking = pay(claim, 11_370)
    payments.take_back(clerk(), booking, "Falsches Kassenzeichen", MONDAY_9AM)
    db.session.commit()
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.DEMANDED, 11_370)
    account = money_page.account(claim, MONDAY)
    assert account is not None
    assert [row.rest_cents for row in account.rows] == [11_370, 0, 11_370]
    with pytest.raises(Conflict, match="schon zurückgenommen"):
        payments.take_back(clerk(), booking, "Noch einmal", MONDAY_9AM)


def test_taking_back_wants_a_reason_and_never_the_claim_itself(session: scoped_session) -> None:
    claim = make_owed()
    principal = bookings.principal(claim)
    assert principal is not None
    with pytest.raises(DomainError, match="Bitte nehmen Sie die Forderung zurück"):
        payments.take_back(clerk(), principal, "Irrtum", MONDAY_9AM)
    booking = pay(claim, 100)
    with pytest.raises(DomainError, match="warum"):
        payments.take_back(clerk(), booking, "  ", MONDAY_9AM)


def test_the_same_form_sent_twice_books_once(session: scoped_session) -> None:
    claim = make_owed()
    money = Money(PAYMENT, 1_000, MONDAY, seen_id=bookings.last_id(claim))
    payments.book(clerk(), claim, money, MONDAY_9AM)
    with pytest.raises(Conflict, match="gerade etwas anderes gebucht"):
        payments.book(clerk(), claim, money, MONDAY_9AM)
    assert bookings.balance(claim).paid == 1_000


def test_nothing_is_booked_on_a_day_to_come_or_as_something_else_than_money(session: scoped_session) -> None:
    claim = make_owed()
    with pytest.raises(DomainError, match="Zukunft"):
        payments.book(clerk(), claim, Money(PAYMENT, 100, MONDAY + timedelta(days=1)), MONDAY_9AM)
    for kind in (BookingKind.PRINCIPAL, BookingKind.FEE, BookingKind.INTEREST, BookingKind.WAIVER):
        with pytest.raises(DomainError, match="nur Geld"):
            pay(claim, 100, kind)


def test_nothing_is_booked_on_a_claim_nobody_was_asked_to_pay(session: scoped_session) -> None:
    with pytest.raises(DomainError, match="noch nicht verschickt"):
        pay(make_approved(), 100)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.DISPATCHER])
def test_nobody_else_books(session: scoped_session, role: Role) -> None:
    claim, stranger = make_owed(), actor_for(make_user(role))
    verbs: list[Callable[[], object]] = [
        lambda: payments.book(stranger, claim, Money(PAYMENT, 100, MONDAY), MONDAY_9AM),
        lambda: payments.take_back(stranger, bookings.in_force(claim)[0], "x", MONDAY_9AM),
        lambda: bookings.open_account(stranger, claim, MONDAY, MONDAY_9AM),
        lambda: bookings.waive_rest(stranger, claim, "x", MONDAY_9AM),
    ]
    for verb in verbs:
        with pytest.raises(NotAllowed):
            verb()


def test_a_claim_taken_back_leaves_all_that_was_paid_to_be_paid_back(session: scoped_session) -> None:
    claim = make_owed()
    pay(claim, 5_000)
    relief.cancel(clerk(), claim, "Das Gerät ist wieder da.", MONDAY_9AM)
    db.session.commit()
    assert bookings.balance(claim) == bookings.Balance(paid=5_000)
    pay(claim, 5_000, REFUND)
    assert bookings.balance(claim) == bookings.Balance()
    bookings.refund_all(clerk(), claim, MONDAY_9AM)
    assert bookings.balance(claim) == bookings.Balance()


def test_a_waiver_takes_what_is_open_and_not_what_was_paid(session: scoped_session) -> None:
    claim = make_owed()
    pay(claim, 5_000)
    relief.ask_waiver(clerk(), claim, "Besondere Härte", MONDAY_9AM)
    relief.waive(approver(), claim, MONDAY_9AM)
    assert bookings.balance(claim) == bookings.Balance(claimed=5_000, paid=5_000)
    assert claim.state is ClaimState.WAIVED


def test_a_payment_that_goes_back_after_a_waiver_is_owed_again_and_the_waiver_stands(session: scoped_session) -> None:
    claim = make_owed()
    paid = pay(claim, 5_000)
    relief.ask_waiver(clerk(), claim, "Härte", MONDAY_9AM)
    relief.waive(approver(), claim, MONDAY_9AM)
    payments.take_back(clerk(), paid, "Rücklastschrift", MONDAY_9AM)
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.DEMANDED, 5_000)


def test_a_claim_that_was_put_to_rest_still_takes_money(session: scoped_session) -> None:
    claim = make_owed()
    relief.suspend(clerk(), claim, "Vollstreckung ohne Aussicht", MONDAY_9AM)
    pay(claim, 11_370)
    assert claim.state is ClaimState.PAID


STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "insurer", "refund", "take back", "fee"]), st.integers(1, 15_000)), max_size=8
)


def test_the_balance_is_never_negative_and_the_rows_always_add_up(session: scoped_session) -> None:
    by, claim = clerk(), make_owed()

    @given(STEPS)
    @settings(max_examples=15)
    def any_order(steps: list[tuple[str, int]]) -> None:
        nested = db.session.begin_nested()
        for name, cents in steps:
            try:
                _step(by, claim, name, cents)
            except DomainError:
                continue
        _adds_up(claim)
        nested.rollback()
        db.session.expire_all()

    any_order()


def _adds_up(claim: Claim) -> None:
    balance, account = bookings.balance(claim), money_page.account(claim, MONDAY)
    assert account is not None
    assert min(balance.open_cents, balance.overpaid_cents) == 0 <= max(balance.open_cents, balance.overpaid_cents)
    assert account.rows[-1].rest_cents == balance.open_cents - balance.overpaid_cents
    assert sum(row.cents for row in account.rows) == account.rows[-1].rest_cents
    assert (claim.state is ClaimState.PAID) is (balance.open_cents == 0)


def _step(by: Actor, claim: Claim, name: str, cents: int) -> None:
    kinds = {"pay": PAYMENT, "insurer": BookingKind.INSURER, "refund": REFUND}
    if name in kinds:
        payments.book(by, claim, Money(kinds[name], cents, MONDAY), MONDAY_9AM)
    elif name == "fee":
        if not any(one.kind is BookingKind.FEE for one in bookings.in_force(claim)):
            bookings.add(by, claim, BookingKind.FEE, cents, MONDAY, MONDAY_9AM)
            payments.level(by, claim, MONDAY_9AM)
    else:
        found = [one for one in bookings.in_force(claim) if one.kind in payments.REVERSIBLE]
        if found:
            payments.take_back(by, found[cents % len(found)], "Irrtum", MONDAY_9AM)


def test_of_two_people_who_book_the_last_rest_at_once_one_is_told(app: Flask, emptied: None) -> None:
    claim_id, by = make_owed().id, clerk()
    claim = queries.claim_for(by, claim_id)
    seen = bookings.last_id(claim)
    db.session.remove()

    def book(_: int) -> str:
        with app.app_context():
            try:
                with writing():
                    locked = queries.locked_claim(by, claim_id)
                    payments.book(by, locked, Money(PAYMENT, 11_370, MONDAY, seen_id=seen), MONDAY_9AM)
            except Conflict:
                return "conflict"
            finally:
                db.session.remove()
            return "booked"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(book, range(8)))
    assert sorted(outcomes) == ["booked"] + ["conflict"] * 7
    assert bookings.balance(queries.claim_for(by, claim_id)) == bookings.Balance(claimed=11_370, paid=11_370)
