"""What became of claims, year by year: how many, how much was demanded and paid, what is open.

Source: docs/rules/claims.md, CL-83.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from itsm.claims.models import Booking, BookingKind, Claim, ClaimEntry
from itsm.claims.service import bookings
from itsm.claims.states import ClaimState
from itsm.core.db import db

_IN = frozenset({BookingKind.PAYMENT, BookingKind.INSURER})
_IN_FORCE = (Booking.reverses_id.is_(None), sa.not_(Booking.is_reversed))


@dataclass(frozen=True)
class ClaimYear:
    """The claims of a calendar year; what is open is what is still owed today of the demands of that year."""

    year: int
    begun: int
    demanded: int
    demanded_cents: int
    paid: int
    paid_cents: int
    open_cents: int
    waived: int
    dropped: int
    cancelled: int


def per_year(today: date) -> list[ClaimYear]:
    """Return every year in which something happened to a claim, and the running one, the latest first."""
    begun = _begun()
    ended = _ended()
    demanded: dict[int, dict[int, int]] = defaultdict(dict)
    money: Counter[int] = Counter()
    for claim_id, kind, year, cents in _booked():
        if kind is BookingKind.PRINCIPAL:
            demanded[year][claim_id] = cents
        else:
            money[year] += cents if kind in _IN else -cents
    balances = bookings.balances({claim_id for of_year in demanded.values() for claim_id in of_year})
    found = {*begun, *demanded, *money, *(year for year, _ in ended), today.year}
    return [
        ClaimYear(
            year,
            begun[year],
            len(demanded[year]),
            sum(demanded[year].values()),
            ended[year, ClaimState.PAID],
            money[year],
            sum(balances[claim_id].open_cents for claim_id in demanded[year]),
            ended[year, ClaimState.WAIVED],
            ended[year, ClaimState.DROPPED],
            ended[year, ClaimState.CANCELLED],
        )
        for year in sorted(found, reverse=True)
    ]


def _begun() -> Counter[int]:
    year = _local_year(ClaimEntry.at)
    first = sa.select(year, sa.func.count()).where(
        ClaimEntry.from_state.is_(None), ClaimEntry.to_state == ClaimState.EXAMINING
    )
    return Counter(dict(db.session.execute(first.group_by(year)).all()))


def _ended() -> Counter[tuple[int, ClaimState]]:
    year = _local_year(Claim.over_at)
    over = sa.select(year, Claim.state, sa.func.count()).where(Claim.over_at.is_not(None)).group_by(year, Claim.state)
    return Counter({(year, state): count for year, state, count in db.session.execute(over)})


def _booked() -> list[tuple[int, BookingKind, int, int]]:
    """Return claim, kind, year and sum of what was booked and not taken back."""
    year = sa.cast(sa.func.extract("year", Booking.booked_on), sa.Integer)
    kinds = [BookingKind.PRINCIPAL, BookingKind.REFUND, *sorted(_IN)]
    select = (
        sa.select(Booking.claim_id, Booking.kind, year, sa.cast(sa.func.sum(Booking.cents), sa.Integer))
        .where(Booking.kind.in_(kinds), *_IN_FORCE)
        .group_by(Booking.claim_id, Booking.kind, year)
    )
    return list(db.session.execute(select))


def _local_year(moment: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.extract("year", sa.func.timezone("Europe/Berlin", moment)), sa.Integer)
