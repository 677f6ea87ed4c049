"""A device is found again: what was claimed for it ends, and what was paid is to be given back."""

from datetime import date

import pytest
import sqlalchemy as sa

from itsm.claims import claim_record as record
from itsm.claims import queries
from itsm.claims.models import BookingKind, Claim, LetterKind
from itsm.claims.service import bookings, cancelling, claiming, items, letters, relief
from itsm.claims.service.letters import Order
from itsm.claims.service.payments import Money, book
from itsm.claims.states import ClaimState, State
from itsm.config import read
from itsm.core.db import db
from itsm.core.errors import DomainError
from tests.claims.factories import beside, in_state, make_examined
from tests.claims.steps import approver, clerk, make_demanded, make_heard, make_proposed, make_ready
from tests.people import MONDAY, MONDAY_9AM

pytestmark = pytest.mark.usefixtures("session")


def find(claim: Claim, number: int = 0) -> None:
    case = claim.items[number].case
    in_state(case, State.FOUND)
    cancelling.case_found(clerk(), case, MONDAY_9AM)
    db.session.commit()


def test_a_case_without_a_claim_changes_nothing() -> None:
    cancelling.case_found(clerk(), make_examined(), MONDAY_9AM)
    assert db.session.scalar(sa.select(sa.func.count(Claim.id))) == 0


@pytest.mark.parametrize("make", [make_ready, make_heard, make_proposed])
def test_a_claim_nobody_was_asked_to_pay_is_dropped(make: type[Claim]) -> None:
    claim = make()
    find(claim)
    assert (claim.state, claim.items[0].case.has_claim) == (ClaimState.DROPPED, False)
    assert "wiedergefunden" in claim.reason


def test_an_owed_claim_is_cancelled_and_asks_for_nothing() -> None:
    claim = make_demanded()
    find(claim)
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.CANCELLED, 0)


def test_what_was_paid_is_to_be_given_back() -> None:
    claim = make_demanded()
    book(clerk(), claim, Money(BookingKind.PAYMENT, 11_370, MONDAY), MONDAY_9AM)
    assert claim.state is ClaimState.PAID
    find(claim)
    assert (claim.state, bookings.balance(claim).overpaid_cents) == (ClaimState.CANCELLED, 11_370)


def test_what_was_paid_before_a_waiver_is_to_be_given_back() -> None:
    claim = make_demanded()
    book(clerk(), claim, Money(BookingKind.PAYMENT, 5000, MONDAY), MONDAY_9AM)
    relief.ask_waiver(clerk(), claim, "Härte", MONDAY_9AM)
    relief.waive(approver(), claim, MONDAY_9AM)
    find(claim)
    assert (claim.state, bookings.balance(claim).overpaid_cents) == (ClaimState.CANCELLED, 5000)


def test_a_cancelled_claim_keeps_its_device_when_another_begins_for_it() -> None:
    claim, me = make_demanded(), clerk()
    case = claim.items[0].case
    book(me, claim, Money(BookingKind.PAYMENT, 5000, MONDAY), MONDAY_9AM)
    relief.cancel(me, claim, "Verwechslung", MONDAY_9AM)
    db.session.commit()
    again = claiming.begin(me, case, MONDAY_9AM)
    db.session.commit()
    db.session.refresh(claim)
    assert [item.case for item in (*claim.items, *again.items)] == [case, case]
    assert queries.claim_of(case) is again
    with pytest.raises(DomainError, match=again.number):
        claiming.begin(me, case, MONDAY_9AM)
    assert "113,70" in record.line(claim.items[0])
    book(me, claim, Money(BookingKind.REFUND, 5000, MONDAY), MONDAY_9AM)
    assert bookings.balance(claim).overpaid_cents == 0
    letters.make(me, claim, Order(LetterKind.WITHDRAWAL, claim.debtors[0].id), read({}).sender, MONDAY_9AM)


def test_found_twice_or_after_dropping_changes_nothing_more() -> None:
    claim = make_demanded()
    find(claim)
    find(claim)
    assert claim.state is ClaimState.CANCELLED
    dropped = make_ready()
    claiming.drop(clerk(), dropped, "Nicht zu beweisen.", MONDAY_9AM)
    find(dropped)
    assert dropped.reason == "Nicht zu beweisen."


def test_of_several_devices_the_others_stay_in_a_claim_that_was_not_sent() -> None:
    claim = make_heard()
    items.join(clerk(), claim, beside(claim.items[0].case), MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM)
    find(claim, 1)
    assert (claim.state, [item.amount_cents for item in claim.items]) == (ClaimState.HEARING, [11_370])


def test_of_several_devices_the_others_go_on_in_a_new_claim() -> None:
    claim = make_heard()
    other = beside(claim.items[0].case)
    items.join(clerk(), claim, other, MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM)
    claiming.approve(approver(), claim, MONDAY_9AM)
    claiming.demanded(clerk(), claim, date(2026, 12, 16), MONDAY_9AM)
    find(claim)
    new = db.session.scalars(sa.select(Claim).where(Claim.id != claim.id)).one()
    assert (claim.state, new.state) == (ClaimState.CANCELLED, ClaimState.EXAMINING)
    assert [item.case_id for item in new.items] == [other.id]
    assert [debtor.name for debtor in new.debtors] == [debtor.name for debtor in claim.debtors]
    assert new.reference != claim.reference
