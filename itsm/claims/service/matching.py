"""To which claim a movement of the bank belongs, and what booking it would do.

Source: docs/rules/claims.md, CL-63.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from itsm.claims.models import BankLine, Booking, BookingKind, Claim
from itsm.claims.reference import found_in
from itsm.claims.service import bookings
from itsm.claims.service.payments import INCOMING
from itsm.claims.states import OWED, ClaimState
from itsm.core.db import db


class Verdict(StrEnum):
    """What a movement is; the first five are booked without asking, the others wait for the clerk."""

    EXACT = "exact"
    PART = "part"
    OVER = "over"
    RETURNED = "returned"
    PAID_BACK = "paid_back"
    TWIN = "twin"
    PAID = "paid"
    ENDED = "ended"
    SEVERAL = "several"
    LEFT = "left"
    UNKNOWN = "unknown"


BOOKED_BY_ITSELF = frozenset({Verdict.EXACT, Verdict.PART, Verdict.OVER, Verdict.RETURNED, Verdict.PAID_BACK})


@dataclass(frozen=True)
class Match:
    """A movement, the claim its Kassenzeichen names, and what it is; `booking` is what the bank took back."""

    line: BankLine
    verdict: Verdict
    claim: Claim | None = None
    booking: Booking | None = None

    @property
    def is_clear(self) -> bool:
        """Whether it is booked without asking."""
        return self.verdict in BOOKED_BY_ITSELF


@dataclass
class _Account:
    """How a claim stands while the movements are looked at one after another."""

    open_cents: int
    overpaid_cents: int
    payments: list[Booking]
    # What was booked already: a movement like one of these may be the same.
    known: frozenset[tuple[date, int]]


def match(lines: Sequence[BankLine]) -> list[Match]:
    """Return what each movement is, in their order: the second payment of a claim sees what the first left open."""
    numbers = {line.id: numbers_of(line) for line in lines}
    claims = claims_by_reference({number for found in numbers.values() for number in found})
    accounts = _accounts(claims.values())
    return [_match_one(line, [claims[one] for one in numbers[line.id] if one in claims], accounts) for line in lines]


def numbers_of(line: BankLine) -> list[str]:
    """Return every Kassenzeichen in what a payer wrote."""
    return found_in(line.purpose)


def claims_by_reference(references: Iterable[str]) -> dict[str, Claim]:
    """Return the claims with these Kassenzeichen."""
    found = db.session.scalars(sa.select(Claim).where(Claim.reference.in_(list(references))))
    return {claim.reference: claim for claim in found}


def _match_one(line: BankLine, claims: list[Claim], accounts: dict[int, _Account]) -> Match:
    if len(claims) != 1:
        return Match(line, Verdict.SEVERAL if claims else Verdict.UNKNOWN)
    claim = claims[0]
    account = accounts[claim.id]
    if line.cents < 0:
        return _went_back(line, claim, account)
    if (line.booked_on, line.cents) in account.known:
        return Match(line, Verdict.TWIN, claim)
    if claim.state is ClaimState.PAID or (claim.state in OWED and not account.open_cents):
        return Match(line, Verdict.PAID, claim)
    if claim.state not in OWED:
        return Match(line, Verdict.ENDED, claim)
    return Match(line, _came(line.cents, account), claim)


def _came(cents: int, account: _Account) -> Verdict:
    rest = account.open_cents - cents
    account.open_cents, account.overpaid_cents = max(rest, 0), account.overpaid_cents + max(-rest, 0)
    if rest == 0:
        return Verdict.EXACT
    return Verdict.PART if rest > 0 else Verdict.OVER


def _went_back(line: BankLine, claim: Claim, account: _Account) -> Match:
    """A bank took a payment back, or the city paid back what was too much."""
    cents = -line.cents
    if cents <= account.overpaid_cents:
        account.overpaid_cents -= cents
        return Match(line, Verdict.PAID_BACK, claim)
    # The latest payment of this amount: an earlier one would have come back earlier.
    booking = next((one for one in reversed(account.payments) if one.cents == cents), None)
    if booking is None:
        return Match(line, Verdict.LEFT, claim)
    account.payments.remove(booking)
    account.open_cents += cents
    return Match(line, Verdict.RETURNED, claim, booking)


def _accounts(claims: Iterable[Claim]) -> dict[int, _Account]:
    ids = [claim.id for claim in claims]
    payments: dict[int, list[Booking]] = defaultdict(list)
    for booking in db.session.scalars(
        sa.select(Booking)
        .where(Booking.claim_id.in_(ids), Booking.kind.in_((*INCOMING, BookingKind.REFUND)), *bookings.IN_FORCE)
        .order_by(Booking.booked_on, Booking.id)
    ):
        payments[booking.claim_id].append(booking)
    balances = bookings.balances(ids)
    return {
        claim_id: _Account(
            balances[claim_id].open_cents,
            balances[claim_id].overpaid_cents,
            [one for one in payments[claim_id] if one.kind is BookingKind.PAYMENT],
            frozenset((one.booked_on, one.cents) for one in payments[claim_id] if one.kind in INCOMING),
        )
        for claim_id in ids
    }
