"""Claims that are owed, and money that comes; each commits, as a request would."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from itsm.claims.models import BankStatement, Booking, BookingKind, Claim
from itsm.claims.service import bookings, claims, payments, statements
from itsm.claims.service.payments import Money
from itsm.core.access import Actor
from itsm.core.db import db
from tests.claims.factories import make_approved
from tests.claims.steps import DUE_ON, clerk, clerk_of
from tests.people import MONDAY, MONDAY_9AM
from tests.saving import at_once

DAY = timedelta(days=1)


@at_once()
def make_owed(cents: int = 11_370, **more: Any) -> Claim:
    """Make a claim that was demanded on Monday, or before it was due."""
    claim = make_approved(cents, **({"due_on": DUE_ON} | more))
    by = clerk_of(claim)
    claims.move(by, claim, "demand", MONDAY_9AM)
    bookings.open_account(by, claim, min(MONDAY, (claim.due_on or MONDAY) - DAY), MONDAY_9AM)
    db.session.commit()
    return claim


@at_once()
def pay(claim: Claim, cents: int, kind: BookingKind = BookingKind.PAYMENT, by: Actor | None = None) -> Booking:
    """Book money of Monday."""
    booking = payments.book(by or clerk(), claim, Money(kind, cents, MONDAY), MONDAY_9AM)
    db.session.commit()
    return booking


@at_once()
def keep(content: bytes, name: str = "auszug.xml") -> BankStatement:
    """Read a statement of the bank in."""
    statement = statements.keep(clerk(), name, BytesIO(content), MONDAY_9AM)
    db.session.commit()
    return statement
