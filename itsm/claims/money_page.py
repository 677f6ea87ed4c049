"""The account of a claim as its page shows it, and the bookings as a file for the treasury.

Source: docs/rules/claims.md, CL-60 to CL-62.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.claims import policy
from itsm.claims.models import RAISES, Booking, BookingKind, Claim
from itsm.claims.service import bookings, dunning, payments, plans
from itsm.claims.service.bookings import Balance
from itsm.claims.service.payments import INCOMING, REVERSIBLE
from itsm.claims.service.plans import Plan, Rate
from itsm.claims.states import OWED, ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db

LABELS = {
    BookingKind.PRINCIPAL: "Forderung",
    BookingKind.FEE: "Mahngebühr",
    BookingKind.INTEREST: "Verzugszinsen",
    BookingKind.PAYMENT: "Zahlung",
    BookingKind.INSURER: "Zahlung der Versicherung",
    BookingKind.WAIVER: "Erlass",
    BookingKind.REFUND: "Rückzahlung",
}
COLUMNS = ("Tag", "Kassenzeichen", "Forderung", "Art", "Soll", "Haben", "Notiz", "Kontoauszug", "Gebucht am")
# Which of the columns are days, and which amounts.
DAYS = frozenset({0, 8})
AMOUNTS = frozenset({4, 5})


@dataclass(frozen=True)
class Row:
    """One booking with what it does to the account and what is open after it; below nothing is too much."""

    booking: Booking
    label: str
    cents: int
    rest_cents: int

    @property
    def may_take_back(self) -> bool:
        """Whether a person may take it back."""
        one = self.booking
        return one.kind in REVERSIBLE and not one.is_reversed and one.reverses_id is None


@dataclass(frozen=True)
class Account:
    """All the page shows of the money of a claim."""

    balance: Balance
    rows: list[Row]
    seen_id: int
    plan: Plan | None
    earlier_plans: list[Plan]
    missed: Rate | None
    # What is open beyond the rates: money from before the plan that went back.
    beyond_plan_cents: int
    is_overdue: bool
    bears_interest: bool
    # What a reminder would bring with it today.
    fee_cents: int
    may_agree: bool
    # The date of a receipt that was sent before money went back.
    void_receipt_on: date | None
    # Until when interest is booked that does not know of money of an earlier day.
    stale_interest_on: date | None


def account(claim: Claim, on: date) -> Account | None:
    """Return the account of a claim; None before anything was demanded."""
    rows = list(_rows(claim))
    if not rows:
        return None
    running, balance = plans.running(claim), bookings.balance(claim)
    is_late = claim.state in (ClaimState.DEMANDED, ClaimState.DUNNED) and claim.due_on is not None and claim.due_on < on
    return Account(
        balance=balance,
        rows=rows,
        seen_id=bookings.last_id(claim),
        plan=running,
        earlier_plans=[one for one in plans.plans(claim) if running is None or one.number != running.number],
        missed=running.missed(on) if running else None,
        beyond_plan_cents=balance.open_cents - sum(rate.open_cents for rate in running.rates) if running else 0,
        is_overdue=is_late and balance.open_cents > 0,
        bears_interest=not dunning.is_public(claim),
        fee_cents=dunning.fee_cents(claim, on) if is_late else 0,
        may_agree=claim.state in OWED - {ClaimState.SUSPENDED, ClaimState.ENFORCED} and balance.open_cents > 0,
        void_receipt_on=payments.receipt_on(claim) if claim.state in OWED else None,
        stale_interest_on=_stale_interest_on(rows),
    )


def for_treasury(actor: Actor, first_on: date | None, last_on: date | None) -> Iterator[tuple[str | date | int, ...]]:
    """Return the bookings of a period by day, amounts in cents: what raises the debt, and what lowers it. No names."""
    query = (
        sa.select(
            Booking.booked_on,
            Claim.reference,
            Claim.id,
            Booking.kind,
            Booking.cents,
            Booking.reverses_id,
            Booking.text,
            Booking.line_id,
            Booking.at,
        )
        .join(Booking.claim)
        .where(policy.claims_visible_to(actor))
        .order_by(Booking.booked_on, Booking.id)
    )
    if first_on:
        query = query.where(Booking.booked_on >= first_on)
    if last_on:
        query = query.where(Booking.booked_on <= last_on)
    for on, reference, claim_id, kind, cents, reverses_id, text, line_id, at in db.session.execute(query):
        change = _change(kind, cents, reverses_id)
        yield (
            on,
            reference,
            f"F-{claim_id}",
            _label(kind, reverses_id),
            max(change, 0),
            max(-change, 0),
            text,
            "ja" if line_id else "nein",
            clock.local_day(at),
        )


def _rows(claim: Claim) -> Iterator[Row]:
    rest = 0
    for booking in db.session.scalars(
        sa.select(Booking).where(Booking.claim_id == claim.id).order_by(Booking.id).options(joinedload(Booking.author))
    ):
        change = _change(booking.kind, booking.cents, booking.reverses_id)
        rest += change
        yield Row(booking, _label(booking.kind, booking.reverses_id), change, rest)


def _stale_interest_on(rows: list[Row]) -> date | None:
    """Return until when interest was booked before money of an earlier day was, if that is so."""
    counted = [row.booking for row in rows if not row.booking.is_reversed and row.booking.reverses_id is None]
    money = [one for one in counted if one.kind in INCOMING]
    return next(
        (
            one.booked_on
            for one in counted
            if one.kind is BookingKind.INTEREST and any(p.id > one.id and p.booked_on < one.booked_on for p in money)
        ),
        None,
    )


def _change(kind: BookingKind, cents: int, reverses_id: int | None) -> int:
    """Return what a booking adds to what is open."""
    raises = (kind in RAISES) is (reverses_id is None)
    return cents if raises else -cents


def _label(kind: BookingKind, reverses_id: int | None) -> str:
    return f"{LABELS[kind]} zurückgenommen" if reverses_id else LABELS[kind]
