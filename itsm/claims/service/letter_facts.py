"""What a letter is written from, and whether it may be written at all.

Source: docs/rules/claims.md, CL-50 and CL-55.
"""

from datetime import date

import sqlalchemy as sa

from itsm.claims import deadlines, figures, gates
from itsm.claims.letters.facts import ACTS, TITLES, Account, Facts, Rate
from itsm.claims.models import BookingKind, Claim, Debtor, Ground, LegalBasis, Letter, LetterKind
from itsm.claims.service import bookings, dunning, items, plans
from itsm.claims.states import BEFORE_DEMAND, CLAIM_LABELS, ClaimState
from itsm.config import Sender
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound

# In which states of a claim which letter makes sense; the gates come on top.
STATES = {
    LetterKind.HEARING: frozenset({ClaimState.EXAMINING, ClaimState.HEARING}),
    LetterKind.DEMAND: frozenset({ClaimState.APPROVED, ClaimState.DEMANDED}),
    LetterKind.REMINDER: frozenset({ClaimState.DEMANDED, ClaimState.DUNNED}),
    LetterKind.INSTALMENTS: frozenset({ClaimState.INSTALMENTS}),
    LetterKind.DEFERRAL: frozenset({ClaimState.DEFERRED}),
    LetterKind.WAIVER: frozenset({ClaimState.WAIVED}),
    LetterKind.RECEIPT: frozenset({ClaimState.PAID}),
    LetterKind.WITHDRAWAL: frozenset({ClaimState.CANCELLED}),
}


def check(claim: Claim, kind: LetterKind, debtor: Debtor, on: date) -> None:
    """Let only a letter through that fits the claim as it stands; the gates are asked here too.

    Raises: DomainError for any other.
    """
    if claim.anonymised_at is not None:
        raise DomainError("Die Namen sind schon entfernt. Zu dieser Forderung gibt es keine Briefe mehr.")
    if claim.state not in STATES[kind]:
        stands = CLAIM_LABELS[claim.state]
        raise DomainError(f"{TITLES[kind]}: Dieser Brief passt nicht zum Stand „{stands}“. Bitte laden Sie neu.")
    if missing := gates.incomplete(debtor):
        raise DomainError(f"Zum Brief fehlt: {', '.join(missing)}. Bitte ergänzen Sie das.")
    if kind is LetterKind.HEARING:
        gates.check(claim, on, "hear")
    elif kind is LetterKind.DEMAND:
        gates.check(claim, on, "demand")
        if claim.state is ClaimState.APPROVED and not items.is_fresh(claim):
            raise DomainError("Wert oder Reparaturkosten haben sich geändert. Bitte geben Sie die Forderung zurück.")
    elif kind is LetterKind.REMINDER and not is_further_reminder(claim, debtor, on):
        dunning.check_overdue(claim, on)


def debtor_of(claim: Claim, debtor_id: int) -> Debtor:
    """Return a debtor of a claim.

    Raises: NotFound for one of another.
    """
    for debtor in claim.debtors:
        if debtor.id == debtor_id:
            return debtor
    raise NotFound


def is_act(claim: Claim, kind: LetterKind, debtor: Debtor) -> bool:
    """Say whether a letter is an administrative act, for which the days of delivery count."""
    return claim.legal_basis is LegalBasis.PUBLIC and kind in ACTS and debtor.ground is not Ground.STATE


def facts(claim: Claim, kind: LetterKind, debtor: Debtor, sender: Sender, on: date) -> Facts:
    """Return everything a letter of this day says.

    Raises: DomainError for instalments without a plan.
    """
    plan = plans.running(claim) if kind is LetterKind.INSTALMENTS else None
    rates = [Rate(rate.last_on, rate.open_cents) for rate in plan.rates if rate.open_cents] if plan else []
    if kind is LetterKind.INSTALMENTS and not rates:
        raise DomainError("Es gibt keinen Plan mit offenen Raten. Bitte vereinbaren Sie zuerst die Raten.")
    return Facts(
        kind=kind,
        claim=claim,
        debtor=debtor,
        on=on,
        until=until_of(claim, kind, debtor, on),
        account=account(claim, kind, on),
        sender=sender,
        rates=rates,
    )


def until_of(claim: Claim, kind: LetterKind, debtor: Debtor, on: date) -> date | None:
    """Return until when the letter asks for an answer or for money."""
    if kind is LetterKind.HEARING:
        return deadlines.payment_due(on, figures.whole(figures.HEARING_DAYS, on))
    if kind is LetterKind.DEMAND:
        # Towards an administrative act the time to pay begins when it counts as known.
        days = figures.whole(figures.DELIVERY_DAYS, on) if is_act(claim, kind, debtor) else 0
        return deadlines.payment_due(deadlines.delivered(on, days), figures.whole(figures.PAYMENT_DAYS, on))
    if kind is LetterKind.REMINDER:
        return dunning.term(on)
    return claim.due_on if kind in (LetterKind.INSTALMENTS, LetterKind.DEFERRAL) else None


def account(claim: Claim, kind: LetterKind, on: date | None = None) -> Account:
    """Return how the claim stands; before the demand nothing is booked. A reminder of `on` counts its fee in."""
    if claim.state in BEFORE_DEMAND:
        cents = gates.sum_cents(claim) if kind is LetterKind.HEARING else claim.amount_cents or 0
        return Account(claimed_cents=cents, open_cents=cents)
    balance = bookings.balance(claim)
    fee = dunning.fee_cents(claim, on) if on and kind is LetterKind.REMINDER else 0
    waived = [one.cents for one in bookings.in_force(claim) if one.kind is BookingKind.WAIVER]
    return Account(
        claimed_cents=balance.claimed,
        fees_cents=balance.fees + fee,
        interest_cents=balance.interest,
        paid_cents=balance.paid,
        open_cents=balance.open_cents + fee,
        overpaid_cents=balance.overpaid_cents,
        waived_cents=sum(waived),
    )


def is_further_reminder(claim: Claim, debtor: Debtor, on: date) -> bool:
    """Say whether others were reminded and their term runs, so that this joint debtor may be reminded too."""
    if len(claim.debtors) < 2 or claim.state is not ClaimState.DUNNED or claim.due_on is None or claim.due_on < on:
        return False
    sent = sa.exists().where(
        Letter.debtor_id == debtor.id, Letter.kind == LetterKind.REMINDER, Letter.sent_at >= claim.state_at
    )
    return not db.session.scalar(sa.select(sent))
