"""The account of a claim: what is owed, what came, what is too much, and taking bookings back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import scoped_session

from itsm.claims import money_page, queries
from itsm.claims.models import BookingKind, Claim, LegalBasis
from itsm.claims.service import bookings, dunning, payments, plans, relief, statements
from itsm.claims.service.payments import Money
from itsm.claims.states import OWED, ClaimState
from itsm.core import clock
from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, DomainError, NotAllowed
from tests.claims.bank_files import camt, entry
from tests.claims.factories import make_approved
from tests.claims.money import make_owed, pay
from tests.claims.steps import DUE_ON, approver, clerk
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

# A step of an account: who, which claim, cents, when.
Step = Callable[[Actor, Claim, int, datetime], object]
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


def test_a_payment_that_goes_back_after_its_surplus_was_paid_back_leaves_both_open(session: scoped_session) -> None:
    claim = make_owed()
    paid = pay(claim, 12_000)
    pay(claim, 630, REFUND)
    payments.take_back(clerk(), paid, "Rücklastschrift", MONDAY_9AM)
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.DEMANDED, 12_000)


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


def test_nobody_else_books(session: scoped_session, subtests: pytest.Subtests) -> None:
    claim = make_owed()
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.DISPATCHER):
        with subtests.test(f"{role}"):
            _books_nothing(actor_for(make_user(role)), claim)


def _books_nothing(stranger: Actor, claim: Claim) -> None:
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


def test_an_old_request_waives_nothing_that_is_open_later(session: scoped_session) -> None:
    claim = make_owed()
    paid = pay(claim, 10_000)
    relief.ask_waiver(clerk(), claim, "Härte", MONDAY_9AM)
    relief.waive(approver(), claim, MONDAY_9AM)
    payments.take_back(clerk(), paid, "Rücklastschrift", MONDAY_9AM)
    with pytest.raises(DomainError, match="hat niemand beantragt"):
        relief.waive(approver(), claim, MONDAY_9AM)
    relief.ask_waiver(clerk(), claim, "Härte", MONDAY_9AM)
    again = pay(claim, 10_000)
    assert (claim.state, claim.waiver_asked_by_id, claim.reason) == (ClaimState.PAID, None, "")
    payments.take_back(clerk(), again, "Rücklastschrift", MONDAY_9AM)
    with pytest.raises(DomainError, match="hat niemand beantragt"):
        relief.waive(approver(), claim, MONDAY_9AM)


def test_a_claim_that_was_put_to_rest_still_takes_money(session: scoped_session) -> None:
    claim = make_owed()
    relief.suspend(clerk(), claim, "Vollstreckung ohne Aussicht", MONDAY_9AM)
    pay(claim, 11_370)
    assert claim.state is ClaimState.PAID


def _rates(by: Actor, claim: Claim, cents: int, at: datetime) -> None:
    on = clock.local_day(at) + timedelta(days=10)
    plans.agree(by, claim, plans.in_rates(bookings.balance(claim).open_cents, cents % 5 + 1, on), at)


def _take_back(by: Actor, claim: Claim, cents: int, at: datetime) -> None:
    found = [one for one in bookings.in_force(claim) if one.kind in payments.REVERSIBLE]
    if found:
        payments.take_back(by, found[cents % len(found)], "Irrtum", at)


def _bank(by: Actor, claim: Claim, cents: int, at: datetime) -> None:
    amount, day = f"{cents // 100}.{cents % 100:02}", f"{clock.local_day(at)}"
    direction = "CRDT" if cents % 3 else "DBIT"
    content = camt(entry(claim.reference, amount, direction=direction, day=day, number=f"{at}"))
    statements.book(by, statements.keep(by, "x.xml", BytesIO(content), at), at)


def _waive(by: Actor, claim: Claim, cents: int, at: datetime) -> None:
    relief.ask_waiver(by, claim, "Härte", at)
    relief.waive(SECOND[0], claim, at)


def _money(kind: BookingKind) -> Step:
    def book(by: Actor, claim: Claim, cents: int, at: datetime) -> None:
        # Some of it came days before it is booked.
        payments.book(by, claim, Money(kind, cents, clock.local_day(at) - timedelta(days=cents % 7)), at)

    return book


def _remind(by: Actor, claim: Claim, at: datetime) -> None:
    dunning.prepare(by, claim, at, with_interest=False)
    dunning.charge_fee(by, claim, clock.local_day(at), at)


SECOND: list[Actor] = []
STEPS: dict[str, Step] = {
    "pay": _money(PAYMENT),
    "insurer": _money(BookingKind.INSURER),
    "refund": _money(REFUND),
    "bank": _bank,
    "take back": _take_back,
    "rates": _rates,
    "call in": lambda by, claim, cents, at: plans.call_in(by, claim, "Rate fehlt", at),
    "remind": lambda by, claim, cents, at: _remind(by, claim, at),
    "interest": lambda by, claim, cents, at: dunning.charge_interest(by, claim, clock.local_day(at), at),
    "suspend": lambda by, claim, cents, at: relief.suspend(by, claim, "Aussichtslos", at),
    "resume": lambda by, claim, cents, at: relief.resume(by, claim, "Doch nicht", at),
    "waive": _waive,
    "cancel": lambda by, claim, cents, at: relief.cancel(by, claim, "Wieder da", at),
}
AMOUNTS = st.one_of(st.integers(1, 15_000), st.sampled_from([5_685, 11_370]))


def test_the_balance_is_never_negative_and_the_rows_always_add_up(session: scoped_session) -> None:
    by, claim = clerk(), make_owed(legal_basis=LegalBasis.PUBLIC)
    SECOND[:] = [approver()]

    @given(st.lists(st.tuples(st.sampled_from(list(STEPS)), AMOUNTS), min_size=3, max_size=10))
    @settings(max_examples=6)
    def any_order(steps: list[tuple[str, int]]) -> None:
        nested, at = db.session.begin_nested(), MONDAY_9AM
        for name, cents in steps:
            at += timedelta(days=cents % 40)
            _try(STEPS[name], by, claim, cents, at)
            _adds_up(claim)
        nested.rollback()
        db.session.expire_all()

    any_order()


def _try(step: Step, by: Actor, claim: Claim, cents: int, at: datetime) -> None:
    """Do a step; one that is refused leaves nothing behind, as in a request."""
    try:
        with db.session.begin_nested():
            step(by, claim, cents, at)
    except DomainError:
        db.session.expire_all()


def _adds_up(claim: Claim) -> None:
    balance, account = bookings.balance(claim), money_page.account(claim, MONDAY)
    assert account is not None
    assert min(balance.open_cents, balance.overpaid_cents) == 0 <= max(balance.open_cents, balance.overpaid_cents)
    assert min(balance.claimed, balance.fees, balance.interest) >= 0
    assert account.rows[-1].rest_cents == balance.open_cents - balance.overpaid_cents
    assert sum(row.cents for row in account.rows) == account.rows[-1].rest_cents
    assert (claim.state in OWED) is (balance.open_cents > 0)
    assert account.plan is None or sum(rate.open_cents for rate in account.plan.rates) <= balance.open_cents
    assert sum(one.kind is BookingKind.FEE for one in bookings.in_force(claim)) <= 1


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
