"""To which claim a movement of the bank belongs, and what booking it would do.

Source: docs/rules/claims.md, CL-63.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import aliased

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
    SPLIT = "split"
    SEVERAL = "several"
    LEFT = "left"
    UNKNOWN = "unknown"


_counter = aliased(Booking)
# What of a movement is booked, or went back by the bank itself; a part a clerk took back is to be decided anew.
BOOKED_CENTS = (
    sa.select(sa.func.coalesce(sa.func.sum(Booking.cents), 0))
    .where(
        Booking.line_id == BankLine.id,
        sa.or_(
            sa.not_(Booking.is_reversed),
            sa.exists().where(_counter.reverses_id == Booking.id, _counter.line_id.is_not(None)),
        ),
    )
    .correlate(BankLine)
    .scalar_subquery()
)
BOOKED_BY_ITSELF = frozenset({Verdict.EXACT, Verdict.PART, Verdict.OVER, Verdict.RETURNED, Verdict.PAID_BACK})


@dataclass(frozen=True)
class Share:
    """What of a movement goes to a claim; in cents, whichever way the money went."""

    claim: Claim
    cents: int


@dataclass(frozen=True)
class Match:
    """A movement, the claim its Kassenzeichen names, and what it is; `booking` is what the bank took back.

    `cents` is what of it is not booked yet; `shares` is how it can be booked on the claims it names.
    """

    line: BankLine
    cents: int
    verdict: Verdict
    claim: Claim | None = None
    booking: Booking | None = None
    shares: tuple[Share, ...] = ()

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

    def fitting(self, claim: Claim, is_incoming: bool) -> int:
        """Return what of money for several claims is for this one: what is open, or the latest payment."""
        if is_incoming:
            return self.open_cents if claim.state in OWED else 0
        return self.payments[-1].cents if self.payments else 0


def match(lines: Sequence[BankLine]) -> list[Match]:
    """Return what each movement is, in their order: the second payment of a claim sees what the first left open."""
    numbers = {line.id: numbers_of(line) for line in lines}
    claims = claims_by_reference({number for found in numbers.values() for number in found})
    accounts, rests = _accounts(claims.values()), rests_of(lines)
    return [
        _match_one(line, rests[line.id], [claims[one] for one in numbers[line.id] if one in claims], accounts)
        for line in lines
    ]


def rests_of(lines: Sequence[BankLine]) -> dict[int, int]:
    """Return what of each movement is not booked, in cents: money that came is positive."""
    query = sa.select(BankLine.id, BOOKED_CENTS).where(
        BankLine.statement_id.in_({line.statement_id for line in lines}),
        sa.exists().where(Booking.line_id == BankLine.id),
    )
    booked = {line_id: int(cents) for line_id, cents in db.session.execute(query)}
    return {line.id: line.cents - (1 if line.cents > 0 else -1) * booked.get(line.id, 0) for line in lines}


def numbers_of(line: BankLine) -> list[str]:
    """Return every Kassenzeichen in what a payer wrote."""
    return found_in(line.purpose)


def claims_by_reference(references: Iterable[str]) -> dict[str, Claim]:
    """Return the claims with these Kassenzeichen."""
    found = db.session.scalars(sa.select(Claim).where(Claim.reference.in_(list(references))))
    return {claim.reference: claim for claim in found}


def _match_one(line: BankLine, cents: int, claims: list[Claim], accounts: dict[int, _Account]) -> Match:
    shares = _shares(cents, claims, accounts)
    if len(claims) != 1:
        return Match(line, cents, _verdict_of_several(cents, claims, shares), shares=shares)
    claim = claims[0]
    account = accounts[claim.id]
    if cents < 0:
        return _went_back(line, cents, claim, account, shares)
    return Match(line, cents, _verdict(line, cents, claim, account), claim, shares=shares)


def _verdict_of_several(cents: int, claims: list[Claim], shares: tuple[Share, ...]) -> Verdict:
    if not claims:
        return Verdict.UNKNOWN
    is_exact = len(shares) == len(claims) and sum(share.cents for share in shares) == abs(cents)
    return Verdict.SPLIT if is_exact else Verdict.SEVERAL


def _verdict(line: BankLine, cents: int, claim: Claim, account: _Account) -> Verdict:
    if (line.booked_on, cents) in account.known:
        return Verdict.TWIN
    if claim.state is ClaimState.PAID or (claim.state in OWED and not account.open_cents):
        return Verdict.PAID
    if claim.state not in OWED:
        return Verdict.ENDED
    return _came(cents, account)


def _shares(cents: int, claims: list[Claim], accounts: dict[int, _Account]) -> tuple[Share, ...]:
    """Return how a movement can be booked: on one claim as a whole; on several what each is owed, or gave back."""
    if len(claims) == 1:
        return (Share(claims[0], abs(cents)),)
    found = tuple(Share(claim, accounts[claim.id].fitting(claim, cents > 0)) for claim in claims)
    return tuple(share for share in found if share.cents)


def _came(cents: int, account: _Account) -> Verdict:
    rest = account.open_cents - cents
    account.open_cents, account.overpaid_cents = max(rest, 0), account.overpaid_cents + max(-rest, 0)
    if rest == 0:
        return Verdict.EXACT
    return Verdict.PART if rest > 0 else Verdict.OVER


def _went_back(line: BankLine, rest: int, claim: Claim, account: _Account, shares: tuple[Share, ...]) -> Match:
    """A bank took a payment back, or the city paid back what was too much."""
    cents = -rest
    if cents <= account.overpaid_cents:
        account.overpaid_cents -= cents
        return Match(line, rest, Verdict.PAID_BACK, claim, shares=shares)
    # The latest payment of this amount: an earlier one would have come back earlier.
    booking = next((one for one in reversed(account.payments) if one.cents == cents), None)
    if booking is None:
        return Match(line, rest, Verdict.LEFT, claim, shares=shares)
    account.payments.remove(booking)
    account.open_cents += cents
    return Match(line, rest, Verdict.RETURNED, claim, booking, shares)


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
