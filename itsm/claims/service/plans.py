"""Instalments: a plan over what is open, which rates are paid, and what happens when one is missed.

Source: docs/rules/claims.md, CL-47, CL-65 and CL-66.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from itsm.claims import deadlines, instalments, queries
from itsm.claims.claim_limits import check_term
from itsm.claims.models import Claim, Instalment
from itsm.claims.service import bookings, claiming, claims, relief
from itsm.claims.states import ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError
from itsm.core.german import euros

_CHANGED = "Offen sind inzwischen {open}. Bitte rechnen Sie den Plan noch einmal."


@dataclass(frozen=True)
class Rate:
    """One rate of a plan; `paid_cents` is what of it has come."""

    number: int
    due_on: date
    cents: int
    paid_cents: int = 0

    @property
    def last_on(self) -> date:
        """The last day to pay it: the next working day where it is due on a day off."""
        return deadlines.working_day(self.due_on)

    @property
    def open_cents(self) -> int:
        """What of it is still to come."""
        return self.cents - self.paid_cents


@dataclass(frozen=True)
class Plan:
    """The rates that were agreed at one time."""

    number: int
    rates: tuple[Rate, ...]

    def missed(self, on: date) -> Rate | None:
        """Return the first rate whose last day is over without all of its money."""
        return next((rate for rate in self.rates if rate.open_cents and rate.last_on < on), None)

    def following(self) -> Rate | None:
        """Return the rate that is to be paid next."""
        return next((rate for rate in self.rates if rate.open_cents), None)


def in_rates(open_cents: int, count: int, first_on: date) -> tuple[Rate, ...]:
    """Return so many rates of a sum, one a month; the cents left over go to the first ones.

    Raises: DomainError for a number of rates that does not work.
    """
    return _rates(instalments.split(open_cents, count), first_on)


def by_month(open_cents: int, monthly_cents: int, first_on: date) -> tuple[Rate, ...]:
    """Return rates of a fixed amount, one a month; the last is what is left.

    Raises: DomainError if that takes more than ten years.
    """
    whole, rest = divmod(open_cents, monthly_cents)
    count = whole + bool(rest)
    if count > instalments.MOST:
        raise DomainError(f"So würden es mehr als {instalments.MOST} Raten. Bitte wählen Sie einen höheren Betrag.")
    return _rates([monthly_cents] * whole + [rest] * bool(rest), first_on)


def agree(actor: Actor, claim: Claim, rates: Sequence[Rate], at: datetime) -> Plan:
    """Take down a plan over all that is open; an earlier one stays readable and no longer counts.

    Raises: NotAllowed for who does not work on claims; Conflict if something else is open by now;
        DomainError for a first rate in the past or years ahead, or in a state without anything to pay in instalments.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    rest = bookings.balance(claim).open_cents
    if not rates or sum(rate.cents for rate in rates) != rest:
        raise Conflict(_CHANGED.format(open=euros(rest)))
    if rates[0].due_on < clock.local_day(at):
        raise DomainError("Die erste Rate liegt in der Vergangenheit. Bitte wählen Sie einen Tag ab heute.")
    check_term(rates[0].due_on, clock.local_day(at))
    words = f"{len(rates)} Raten ab {rates[0].due_on:%d.%m.%Y}"
    # Due is the next rate, so that the desk sees it when it is missed.
    claiming.agree_instalments(actor, claim, rates[0].last_on, at, words)
    number = (
        db.session.scalar(sa.select(sa.func.max(Instalment.plan)).where(Instalment.claim_id == claim.id)) or 0
    ) + 1
    db.session.add_all(
        Instalment(claim_id=claim.id, plan=number, number=rate.number, due_on=rate.due_on, cents=rate.cents)
        for rate in rates
    )
    db.session.flush()
    return Plan(number, tuple(rates))


def call_in(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Make the whole due again after a missed rate.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, or if no rate was missed.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    plan = running(claim)
    missed = plan.missed(clock.local_day(at)) if plan else None
    if missed is None:
        raise DomainError("Alle fälligen Raten sind bezahlt. Die Vereinbarung gilt weiter.")
    relief.resume(actor, claim, reason, at)
    claim.due_on = missed.last_on
    db.session.flush()


def move_on(claim: Claim) -> None:
    """Let a claim that is paid in rates be due on the day of the rate that is to be paid next."""
    plan = running(claim)
    following = plan.following() if plan else None
    if following is not None:
        claim.due_on = following.last_on
        db.session.flush()


def running(claim: Claim) -> Plan | None:
    """Return the plan that is being paid, if there is one."""
    found = plans(claim)
    return found[-1] if found and claim.state is ClaimState.INSTALMENTS else None


def plans(claim: Claim) -> list[Plan]:
    """Return every plan of a claim, the latest last; money fills the rates of the latest in their order."""
    return _plans_of([claim.id])[claim.id]


def _plans_of(claim_ids: Sequence[int]) -> dict[int, list[Plan]]:
    rows: dict[int, dict[int, list[Rate]]] = {claim_id: {} for claim_id in claim_ids}
    for row in db.session.scalars(
        sa.select(Instalment).where(Instalment.claim_id.in_(claim_ids)).order_by(Instalment.plan, Instalment.number)
    ):
        rows[row.claim_id].setdefault(row.plan, []).append(Rate(row.number, row.due_on, row.cents))
    balances = bookings.balances(claim_ids)
    return {
        claim_id: [
            Plan(number, _filled(rates, balances[claim_id].open_cents) if number == max(of_claim) else tuple(rates))
            for number, rates in of_claim.items()
        ]
        for claim_id, of_claim in rows.items()
    }


def _filled(rates: Sequence[Rate], open_cents: int) -> tuple[Rate, ...]:
    """Fill the rates in their order with what is no longer open of their sum."""
    left = max(0, sum(rate.cents for rate in rates) - open_cents)
    filled = []
    for rate in rates:
        share = min(left, rate.cents)
        left -= share
        filled.append(Rate(rate.number, rate.due_on, rate.cents, share))
    return tuple(filled)


def _rates(amounts: Sequence[int], first_on: date) -> tuple[Rate, ...]:
    days = instalments.dates(first_on, len(amounts))
    return tuple(Rate(number, day, cents) for number, (day, cents) in enumerate(zip(days, amounts, strict=True), 1))
