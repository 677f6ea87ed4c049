"""What comes on top of a claim that is not paid in time: one fee, and interest; and what is overdue.

Source: docs/rules/claims.md, CL-45, CL-46, CL-67 and CL-68.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from itsm.claims import deadlines, fees, figures, gates, interest, interest_rates, queries
from itsm.claims.interest import Stretch
from itsm.claims.models import Booking, BookingKind, Claim, ClaimEntry, Ground, LegalBasis
from itsm.claims.service import bookings, claims
from itsm.claims.states import OWED, ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError

# Whoever keeps an agreement is not in default.
_AGREED = frozenset({ClaimState.INSTALMENTS, ClaimState.DEFERRED})
_NEXT_DAY = timedelta(days=1)


def fee_cents(claim: Claim, on: date) -> int:
    """Return the fee a reminder would cost now: only under public law, and once per claim."""
    if not is_public(claim) or _fee_of(claim) is not None:
        return 0
    return fees.dunning_cents(
        bookings.balance(claim).open_cents,
        figures.cents(figures.FEE, on),
        figures.cents(figures.FEE_LIMIT, on),
        figures.exact(figures.FEE_SHARE, on),
    )


def interest_cents(claim: Claim, until: date) -> int:
    """Return the interest up to a day that is not booked yet; on the claim itself only, rounded once at the end."""
    found = stretches(claim, until)
    rates = interest_rates.rates(found[0].first_on, until) if found else {}
    return interest.cents(found, rates)


def stretches(claim: Claim, until: date) -> list[Stretch]:
    """Return from when to when how much of the claim itself bears interest that is not booked yet.

    Default interest is private law: a claim under public law bears none.
    """
    principal = bookings.principal(claim)
    if principal is None or claim.state not in OWED - _AGREED or is_public(claim):
        return []
    in_force = bookings.in_force(claim)
    first_on = _default_from(claim, principal, in_force)
    changes = sorted({booking.booked_on + _NEXT_DAY for booking in in_force if first_on <= booking.booked_on < until})
    starts = [first_on, *changes]
    ends = [*(change - _NEXT_DAY for change in changes), until]
    return [
        Stretch(start, end, cents)
        for start, end in zip(starts, ends, strict=True)
        if start <= end and (cents := claim_open(in_force, start))
    ]


def prepare(actor: Actor, claim: Claim, at: datetime, *, with_interest: bool) -> None:
    """Check that a claim may be reminded, and book the interest its letter is to ask for.

    Raises: NotAllowed for who does not work on claims; DomainError before the money is overdue.
    """
    claims.check_work(actor)
    claim, on = queries.held(claim), clock.local_day(at)
    check_overdue(claim, on)
    if with_interest:
        charge_interest(actor, claim, on, at)


def charge_fee(actor: Actor, claim: Claim, on: date, at: datetime) -> None:
    """Book the fee a reminder of this day has asked for, where it is allowed and not booked yet.

    Raises: NotAllowed for who does not work on claims.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    if fee := fee_cents(claim, on):
        bookings.add(actor, claim, BookingKind.FEE, fee, on, at, "Mahngebühr")


def charge_interest(actor: Actor, claim: Claim, until: date, at: datetime) -> Booking | None:
    """Book the interest up to a day; None where there is none.

    Raises: NotAllowed for who does not work on claims; DomainError for a day to come, or a half-year
        whose base rate nobody has entered.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    if until > clock.local_day(at):
        raise DomainError("Zinsen werden nicht im Voraus gebucht. Bitte wählen Sie einen Tag bis heute.")
    cents = interest_cents(claim, until)
    if not cents:
        return None
    interest_rates.check_entered(stretches(claim, until)[0].first_on, until)
    return bookings.add(actor, claim, BookingKind.INTEREST, cents, until, at, f"Verzugszinsen bis {until:%d.%m.%Y}")


def check_overdue(claim: Claim, on: date) -> None:
    """Let only claims be reminded that are overdue.

    Raises: DomainError for a claim that is not demanded, agreed otherwise, paid, or still in time.
    """
    if claim.state not in (ClaimState.DEMANDED, ClaimState.DUNNED):
        raise DomainError(
            "Gemahnt wird nur, was gefordert und nicht anders vereinbart ist. "
            "Bei einer Ratenzahlung stellen Sie zuerst das Ganze fällig."
        )
    gates.check(claim, on, "dun")
    if not bookings.balance(claim).open_cents:
        raise DomainError("Es ist nichts mehr offen. Zu mahnen gibt es nichts.")


def term(on: date) -> date:
    """Return until when a reminder of this day gives time; enforcement comes only after it."""
    return deadlines.payment_due(on, figures.whole(figures.DUNNING_DAYS, on))


def is_public(claim: Claim) -> bool:
    """Say whether anybody is asked under public law; the state never is (CL-56)."""
    return claim.legal_basis is LegalBasis.PUBLIC and any(one.ground is not Ground.STATE for one in claim.debtors)


def _fee_of(claim: Claim) -> Booking | None:
    return next((booking for booking in bookings.in_force(claim) if booking.kind is BookingKind.FEE), None)


def _default_from(claim: Claim, principal: Booking, in_force: Sequence[Booking]) -> date:
    """Return the first day whose interest is not booked: after the term, an agreement that ended, the last interest."""
    due_on = principal.due_on or claim.due_on or principal.booked_on
    booked = [booking.booked_on for booking in in_force if booking.kind is BookingKind.INTEREST]
    return max([due_on, *booked, *_agreement_ended(claim)]) + _NEXT_DAY


def _agreement_ended(claim: Claim) -> list[date]:
    """Return the day on which the last deferral or plan of instalments ended, if one did."""
    found = db.session.scalar(
        sa.select(sa.func.max(ClaimEntry.at)).where(
            ClaimEntry.claim_id == claim.id,
            ClaimEntry.from_state.in_(_AGREED),
            ClaimEntry.to_state.not_in(_AGREED),
        )
    )
    return [clock.local_day(found)] if found else []


def claim_open(in_force: Sequence[Booking], on: date) -> int:
    """Return what of the claim itself was open at the start of a day: money covers costs, then interest, then it.

    Source: § 367 (1) BGB.
    """
    sums = dict.fromkeys(BookingKind, 0)
    for booking in in_force:
        if booking.booked_on < on:
            sums[booking.kind] += booking.cents
    costs = sums[BookingKind.FEE] + sums[BookingKind.INTEREST]
    money = sums[BookingKind.PAYMENT] + sums[BookingKind.INSURER] - sums[BookingKind.REFUND]
    claimed = sums[BookingKind.PRINCIPAL] - sums[BookingKind.WAIVER]
    return max(0, claimed - max(0, money - costs))
