"""The account of a claim: what is owed, what was paid, what is open or too much.

No booking is ever deleted; another booking takes it back.

Source: docs/rules/claims.md, CL-60 and CL-61.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from itsm.claims import queries
from itsm.claims.models import Booking, BookingKind, Claim
from itsm.claims.service.claims import check_work
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError

# What a claim that is withdrawn takes back; payments stay, since the money did come.
_CHARGES = frozenset({BookingKind.PRINCIPAL, BookingKind.FEE, BookingKind.INTEREST, BookingKind.WAIVER})
IN_FORCE = (Booking.reverses_id.is_(None), sa.not_(Booking.is_reversed))
WITHDRAWN = "Die Forderung wurde zurückgenommen."


@dataclass(frozen=True)
class Balance:
    """How a claim stands, in cents; of `open_cents` and `overpaid_cents` one is always 0."""

    claimed: int = 0
    fees: int = 0
    interest: int = 0
    paid: int = 0

    @property
    def open_cents(self) -> int:
        """What is still to be paid."""
        return max(self._rest, 0)

    @property
    def overpaid_cents(self) -> int:
        """What is to be paid back."""
        return max(-self._rest, 0)

    @property
    def _rest(self) -> int:
        return self.claimed + self.fees + self.interest - self.paid


def balance(claim: Claim) -> Balance:
    """Return how a claim stands; what was waived is not claimed, what was paid back is not paid."""
    return balances([claim.id])[claim.id]


def balances(claim_ids: Iterable[int]) -> defaultdict[int, Balance]:
    """Return how each of several claims stands, in one question to the database."""
    sums: dict[int, dict[BookingKind, int]] = defaultdict(dict)
    for claim_id, kind, cents in db.session.execute(
        sa.select(Booking.claim_id, Booking.kind, sa.func.sum(Booking.cents))
        .where(Booking.claim_id.in_(list(claim_ids)), *IN_FORCE)
        .group_by(Booking.claim_id, Booking.kind)
    ):
        sums[claim_id][kind] = int(cents)
    return defaultdict(Balance, {claim_id: _balance(by_kind) for claim_id, by_kind in sums.items()})


def open_account(actor: Actor, claim: Claim, on: date, at: datetime) -> Booking:
    """Book the amount of a claim that is demanded; a second time changes nothing.

    `claim.due_on` is set before: interest runs from the day after it.

    Raises: NotAllowed for who does not work on claims; DomainError for a claim without an amount.
    """
    check_work(actor)
    if (there := principal(claim)) is not None:
        return there
    if claim.amount_cents is None:
        raise DomainError("Für diese Forderung ist noch kein Betrag festgelegt.")
    booking = add(actor, claim, BookingKind.PRINCIPAL, claim.amount_cents, on, at)
    booking.due_on = claim.due_on
    return booking


def lengthen_term(claim: Claim, due_on: date) -> None:
    """Let interest wait for a later last day to pay; an earlier one changes nothing."""
    if (booking := principal(claim)) is not None:
        booking.due_on = max(due_on, booking.due_on or due_on)


def waive_rest(actor: Actor, claim: Claim, text: str, at: datetime) -> None:
    """Book that what is still open is waived; nothing if nothing is open.

    Raises: NotAllowed for who does not work on claims.
    """
    check_work(actor)
    if rest := balance(queries.held(claim)).open_cents:
        add(actor, claim, BookingKind.WAIVER, rest, clock.local_day(at), at, text)


def refund_all(actor: Actor, claim: Claim, at: datetime) -> None:
    """Take back every charge of a claim that is withdrawn, so that all that was paid is shown as to be paid back.

    Whoever may say that a device was found may cause this: it is a consequence, no decision.
    """
    queries.held(claim)
    for booking in in_force(claim):
        if booking.kind in _CHARGES:
            reverse(actor, booking, WITHDRAWN, at)


def _balance(sums: dict[BookingKind, int]) -> Balance:
    return Balance(
        claimed=sums.get(BookingKind.PRINCIPAL, 0) - sums.get(BookingKind.WAIVER, 0),
        fees=sums.get(BookingKind.FEE, 0),
        interest=sums.get(BookingKind.INTEREST, 0),
        paid=sums.get(BookingKind.PAYMENT, 0) + sums.get(BookingKind.INSURER, 0) - sums.get(BookingKind.REFUND, 0),
    )


def principal(claim: Claim) -> Booking | None:
    """Return the booking of the claimed amount, if it was demanded and not taken back."""
    return db.session.scalar(
        sa.select(Booking).where(Booking.claim_id == claim.id, Booking.kind == BookingKind.PRINCIPAL, *IN_FORCE)
    )


def in_force(claim: Claim) -> list[Booking]:
    """Return the bookings that count, the earliest day first: neither taken back nor taking back."""
    return list(
        db.session.scalars(
            sa.select(Booking).where(Booking.claim_id == claim.id, *IN_FORCE).order_by(Booking.booked_on, Booking.id)
        )
    )


def last_id(claim: Claim) -> int:
    """Return the number of the last booking of a claim; 0 if there is none."""
    return db.session.scalar(sa.select(sa.func.max(Booking.id)).where(Booking.claim_id == claim.id)) or 0


def add(actor: Actor, claim: Claim, kind: BookingKind, cents: int, on: date, at: datetime, text: str = "") -> Booking:
    """Write a booking; for verbs that have checked who may, and hold the claim."""
    booking = Booking(
        claim_id=claim.id, kind=kind, cents=cents, booked_on=on, at=at, author_id=actor.user_id, text=text
    )
    db.session.add(booking)
    db.session.flush()
    return booking


def reverse(actor: Actor, booking: Booking, text: str, at: datetime) -> Booking:
    """Take a booking back by another one; for verbs that have checked who may, and hold the claim."""
    # First the mark, then the counter-booking: a fee in force is unique.
    booking.is_reversed = True
    db.session.flush()
    counter = Booking(
        claim_id=booking.claim_id,
        kind=booking.kind,
        cents=booking.cents,
        booked_on=clock.local_day(at),
        at=at,
        author_id=actor.user_id,
        reverses_id=booking.id,
        text=text,
    )
    db.session.add(counter)
    db.session.flush()
    return counter
