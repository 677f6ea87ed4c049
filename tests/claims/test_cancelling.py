"""A device is found again: what was claimed for it ends, and what was paid is to be given back."""

from datetime import date

import pytest
import sqlalchemy as sa

from itsm.claims.models import BookingKind, Claim
from itsm.claims.service import bookings, cancelling, claiming, items, relief
from itsm.claims.service.payments import Money, book
from itsm.claims.states import ClaimState, State
from itsm.core.db import db
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
