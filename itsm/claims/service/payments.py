"""Money that comes and goes: payments, what an insurer pays, paying back, and taking a booking back.

A claim is settled by the cent that pays it, and owed again by the one that is missing.

Source: docs/rules/claims.md, CL-61 and CL-62.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from itsm.claims import queries
from itsm.claims.models import BankLine, Booking, BookingKind, Claim, Letter, LetterKind
from itsm.claims.service import bookings, claiming, claims, plans
from itsm.claims.states import BEFORE_DEMAND, OWED, ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotFound
from itsm.core.german import euros

INCOMING = frozenset({BookingKind.PAYMENT, BookingKind.INSURER})
# What a person may take back; the amount itself goes with the claim, a waiver was the decision of two people.
REVERSIBLE = frozenset({*INCOMING, BookingKind.REFUND, BookingKind.FEE, BookingKind.INTEREST})
_FIRST_DAY = date(2000, 1, 1)
_SINCE_SEEN = (
    "Auf diese Forderung wurde gerade etwas anderes gebucht. Bitte laden Sie die Seite neu und prüfen Sie den Stand."
)
_NOT_DEMANDED = "Diese Forderung ist noch nicht verschickt. Bitte klären Sie zuerst, wofür das Geld ist."


@dataclass(frozen=True)
class Money:
    """An amount of a day. `seen_id` is the last booking the clerk saw: whoever sends a form twice books once."""

    kind: BookingKind
    cents: int
    on: date
    text: str = ""
    seen_id: int | None = None


def book(actor: Actor, claim: Claim, money: Money, at: datetime, line: BankLine | None = None) -> Booking:
    """Book money that came from the debtor or an insurer, or that was paid back; more than is owed is shown as such.

    Raises: NotAllowed for who does not work on claims; Conflict if something else was booked since;
        DomainError for a day that cannot be, a claim nobody was asked to pay, or more paid back than there is too much.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    check_demanded(claim)
    if money.seen_id is not None and money.seen_id != bookings.last_id(claim):
        raise Conflict(_SINCE_SEEN)
    if money.on < _FIRST_DAY:
        raise DomainError(f"Am {money.on:%d.%m.%Y} gab es diese Forderung noch nicht. Bitte prüfen Sie das Jahr.")
    if money.on > clock.local_day(at):
        raise DomainError("Dieser Tag liegt in der Zukunft. Bitte buchen Sie erst, wenn das Geld da ist.")
    if line is None and money.on < claim.items[0].case.incident.day:
        raise DomainError("Dieser Tag liegt vor dem Schaden. Bitte prüfen Sie ihn.")
    if money.kind is BookingKind.REFUND:
        _check_refund(claim, money.cents)
    elif money.kind not in INCOMING:
        raise DomainError("So lässt sich nur Geld buchen, das eingegangen oder zurückgezahlt ist.")
    booking = bookings.add(actor, claim, money.kind, money.cents, money.on, at, money.text)
    if line is not None:
        booking.line_id = line.id
        db.session.flush()
    level(actor, claim, at)
    return booking


def take_back(actor: Actor, booking: Booking, reason: str, at: datetime, line: BankLine | None = None) -> Booking:
    """Take a booking back by another one with a reason; both stay readable.

    `line` is what the bank sent if the bank itself took the money back.

    Raises: NotAllowed for who does not work on claims; Conflict if it was taken back before;
        DomainError without a reason, or for what nobody takes back by hand.
    """
    claims.check_work(actor)
    claim = queries.held(booking.claim)
    db.session.refresh(booking)
    if booking.is_reversed or booking.reverses_id is not None:
        raise Conflict("Diese Buchung ist schon zurückgenommen.")
    if booking.kind not in REVERSIBLE:
        raise DomainError("Den Betrag der Forderung ändert nur ihre Rücknahme. Bitte nehmen Sie die Forderung zurück.")
    if not reason.strip():
        raise DomainError("Bitte schreiben Sie dazu, warum die Buchung zurückgenommen wird.")
    counter = bookings.reverse(actor, booking, reason.strip(), at)
    if line is not None:
        counter.line_id = line.id
        db.session.flush()
    elif booking.line_id is not None:
        _ask_again(booking.line_id)
    level(actor, claim, at)
    return counter


def booking_of(claim: Claim, booking_id: int) -> Booking:
    """Return a booking of a claim this person sees.

    Raises: NotFound for one of another claim.
    """
    found = db.session.scalar(sa.select(Booking).where(Booking.claim_id == claim.id, Booking.id == booking_id))
    if found is None:
        raise NotFound
    return found


def check_demanded(claim: Claim) -> None:
    """Let only money for a claim go on that somebody was asked to pay.

    Raises: DomainError for a claim that is not demanded yet, or never was.
    """
    if claim.state in BEFORE_DEMAND or claim.state is ClaimState.DROPPED:
        raise DomainError(_NOT_DEMANDED)


def level(actor: Actor, claim: Claim, at: datetime) -> None:
    """Settle a claim of which nothing is open, take up one of which something is open again, go on to the next rate."""
    rest = bookings.balance(claim).open_cents
    if rest == 0 and claim.state in OWED:
        claiming.settle(actor, claim, at)
    elif rest and claim.state in (ClaimState.PAID, ClaimState.WAIVED):
        sent_on = receipt_on(claim)
        claiming.unsettle(actor, claim, at, f"Die Quittung vom {sent_on:%d.%m.%Y} gilt nicht mehr" if sent_on else "")
        # The same term may be told once more: it was met in between.
        claim.overdue_told_on = None
        db.session.flush()
    elif claim.state is ClaimState.INSTALMENTS:
        plans.move_on(claim)


def receipt_on(claim: Claim) -> date | None:
    """Return the date of the last receipt that was sent for a claim, if there is one."""
    return db.session.scalar(
        sa.select(sa.func.max(Letter.dated_on)).where(
            Letter.claim_id == claim.id, Letter.kind == LetterKind.RECEIPT, Letter.sent_at.is_not(None)
        )
    )


def _ask_again(line_id: int) -> None:
    """Put a movement up for decision again, also one of which the rest was set aside."""
    query = sa.update(BankLine).where(BankLine.id == line_id)
    db.session.execute(query.values(ignored_at=None, ignored_by_id=None))


def _check_refund(claim: Claim, cents: int) -> None:
    overpaid = bookings.balance(claim).overpaid_cents
    if cents > overpaid:
        raise DomainError(
            f"Zurückzuzahlen sind höchstens {euros(overpaid)}. Bitte prüfen Sie den Betrag."
            if overpaid
            else "Zu viel gezahlt ist nichts. Es gibt nichts zurückzuzahlen."
        )
