"""Letters, found for a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.claims import policy
from itsm.claims.models import Claim, ClaimItem, DamageCase, Letter
from itsm.claims.states import ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound

MOST = 500
# The last letter of a claim that is over is due for so long.
_RECENT = timedelta(days=60)
_AT_ONCE = (ClaimState.EXAMINING, ClaimState.APPROVED, ClaimState.INSTALMENTS, ClaimState.DEFERRED)
_WHEN_LATE = (ClaimState.DEMANDED, ClaimState.DUNNED)
_OVER = (ClaimState.PAID, ClaimState.WAIVED, ClaimState.CANCELLED)


def letter_for(actor: Actor, letter_id: int) -> Letter:
    """Return a letter this person sees, with its claim.

    Raises: NotFound for one that does not exist or for whoever has nothing to do with claims.
    """
    letter = db.session.scalar(
        sa.select(Letter)
        .join(Letter.claim)
        .where(Letter.id == min(letter_id, LARGEST_ID), policy.claims_visible_to(actor))
        .options(joinedload(Letter.claim), joinedload(Letter.debtor))
    )
    if letter is None:
        raise NotFound
    return letter


def round_of(actor: Actor, run: str) -> Sequence[Letter]:
    """Return the letters of a round, in the order in which they lie in its paper.

    Raises: NotFound for a round that does not exist or for whoever has nothing to do with claims.
    """
    found = db.session.scalars(
        sa.select(Letter)
        .join(Letter.claim)
        .where(Letter.run == run, policy.claims_visible_to(actor))
        .order_by(Letter.id)
        .options(joinedload(Letter.claim).joinedload(Claim.school), joinedload(Letter.debtor))
    ).all()
    if not found:
        raise NotFound
    return found


def with_letters_due(actor: Actor, at: datetime) -> Sequence[Claim]:
    """Return the claims in which a letter may be due, those that wait longest first."""
    today = clock.local_day(at)
    due = sa.or_(
        Claim.state.in_(_AT_ONCE),
        sa.and_(Claim.state.in_(_WHEN_LATE), Claim.due_on < today),
        sa.and_(Claim.state.in_(_OVER), Claim.over_at >= at - _RECENT),
        Claim.letters.any(Letter.sent_at.is_(None)),
    )
    return db.session.scalars(
        sa.select(Claim)
        .where(policy.claims_visible_to(actor), Claim.anonymised_at.is_(None), due)
        .order_by(Claim.state_at, Claim.id)
        .limit(MOST)
        .options(
            joinedload(Claim.school),
            joinedload(Claim.evidence),
            selectinload(Claim.debtors),
            selectinload(Claim.letters).joinedload(Letter.debtor),
            selectinload(Claim.items).joinedload(ClaimItem.valuation),
            selectinload(Claim.items).joinedload(ClaimItem.case).joinedload(DamageCase.incident),
        )
    ).all()
