"""What should have been paid by now, and telling the claims staff so, once for each term.

Source: docs/rules/claims.md, CL-66 and CL-69.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.accounts.queries import holders
from itsm.claims.models import Claim
from itsm.claims.service import bookings
from itsm.claims.states import ClaimState
from itsm.core import clock, outbox
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.german import euros

NEXT_STEPS = {
    ClaimState.DEMANDED: "Mahnen",
    ClaimState.DUNNED: "Noch einmal mahnen oder vollstrecken",
    ClaimState.INSTALMENTS: "Rate fehlt: nachfragen oder das Ganze fällig stellen",
    ClaimState.DEFERRED: "Stundung vorbei: wieder einfordern",
}


@dataclass(frozen=True)
class Overdue:
    """A claim, the last day to pay that has passed, and what is open."""

    claim: Claim
    since: date
    open_cents: int

    @property
    def next_step(self) -> str:
        """What the clerk does about it."""
        return NEXT_STEPS[self.claim.state]


def overdue(on: date, *, hold: bool = False) -> list[Overdue]:
    """Return the claims that should have been paid before a day, the oldest first; `hold` leaves out what others hold.

    Niederschlagung and enforcement are no reminders' business.
    """
    query = (
        sa.select(Claim)
        .where(Claim.state.in_(NEXT_STEPS), Claim.due_on < on)
        .order_by(Claim.due_on, Claim.id)
        .options(joinedload(Claim.school, innerjoin=True))
    )
    claims = db.session.scalars(query.with_for_update(of=Claim, skip_locked=True) if hold else query).all()
    balances = bookings.balances([claim.id for claim in claims])
    return [
        Overdue(claim, claim.due_on, rest)
        for claim in claims
        if claim.due_on is not None and (rest := balances[claim.id].open_cents)
    ]


def tell(at: datetime) -> int:
    """Mail the claims staff what is overdue since the last time; each term once, however late. Return how many."""
    today = clock.local_day(at)
    new = [one for one in overdue(today, hold=True) if one.claim.overdue_told_on != one.since]
    for one in new:
        one.claim.overdue_told_on = one.since
    if new:
        _mail(new, today, at)
    db.session.flush()
    return len(new)


def _mail(new: list[Overdue], today: date, at: datetime) -> None:
    """Numbers and amounts; no names."""
    lines = [
        {
            "claim_id": one.claim.id,
            "number": one.claim.number,
            "school": one.claim.school.short_name,
            "since": f"{one.since:%d.%m.%Y}",
            "open": euros(one.open_cents),
            "next_step": one.next_step,
        }
        for one in new
    ]
    for person in holders(Role.CLAIMS_CLERK, today):
        outbox.put(
            "claims-overdue",
            to=person.email,
            to_name=person.name,
            subject=f"{len(lines)} {'Forderung ist' if len(lines) == 1 else 'Forderungen sind'} überfällig",
            item={"lines": lines},
            burst_key=f"claims-overdue-{today.isoformat()}",
            at=at,
        )
