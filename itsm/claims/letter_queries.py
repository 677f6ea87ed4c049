"""Letters, found for a person."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.claims import policy
from itsm.claims.models import Claim, ClaimItem, DamageCase, Letter, LetterRound
from itsm.claims.states import ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound

MOST = 500
# The last letter of a claim that is over is due for so long.
_RECENT = timedelta(days=60)
# Older letters are not sent any more.
_ROUND_OPEN = timedelta(days=8)
_MOST_ROUNDS = 20
# What the gates of a claim look at.
_GATED = (
    joinedload(Claim.evidence),
    selectinload(Claim.debtors),
    selectinload(Claim.items).joinedload(ClaimItem.valuation),
    selectinload(Claim.items).joinedload(ClaimItem.case).joinedload(DamageCase.incident),
)
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


def round_for(actor: Actor, key: str) -> LetterRound:
    """Return a round this person sees.

    Raises: NotFound for one that does not exist or for whoever has nothing to do with claims.
    """
    found = db.session.get(LetterRound, key) if policy.may_see_claims(actor) else None
    if found is None:
        raise NotFound
    return found


def held_round(key: str) -> LetterRound:
    """Return a round as it stands now, held until the transaction ends; for verbs, whoever asks.

    Raises: NotFound for one that does not exist.
    """
    found = db.session.get(LetterRound, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def letters_of(actor: Actor, key: str) -> Sequence[Letter]:
    """Return the letters of a round this person sees, in the order in which they lie in its paper."""
    return db.session.scalars(
        sa.select(Letter)
        .join(Letter.claim)
        .where(Letter.run == key, policy.claims_visible_to(actor))
        .order_by(Letter.id)
        .options(joinedload(Letter.claim).joinedload(Claim.school), joinedload(Letter.debtor))
    ).all()


def unsent(key: str, after_id: int, most: int) -> Sequence[Letter]:
    """Return the next letters of a round that were not sent; for verbs, whoever asks."""
    waiting = sa.select(Letter).where(Letter.run == key, Letter.sent_at.is_(None), Letter.id > after_id)
    return db.session.scalars(waiting.order_by(Letter.id).limit(most).options(joinedload(Letter.claim))).all()


def counts(found: LetterRound) -> tuple[int, int, int]:
    """Return how many letters a round has, how many were sent, and how many of them posting has come to."""
    seen = sa.func.count().filter(Letter.id <= found.posted_up_to_id)
    asked = sa.select(sa.func.count(), sa.func.count(Letter.sent_at), seen).where(Letter.run == found.key)
    total, sent, passed = db.session.execute(asked).one()
    return total, sent, passed


def rounds_unfinished(actor: Actor, at: datetime) -> Sequence[LetterRound]:
    """Return the newest rounds in which letters wait to be written, or to be sent while that is still possible."""
    waits = sa.exists().where(Letter.run == LetterRound.key, Letter.sent_at.is_(None))
    is_fresh = LetterRound.asked_at >= at - _ROUND_OPEN
    if not policy.may_see_claims(actor):
        return []
    return db.session.scalars(
        sa.select(LetterRound)
        .where(is_fresh, sa.or_(LetterRound.is_running, waits))
        .order_by(LetterRound.asked_at.desc())
        .limit(_MOST_ROUNDS)
    ).all()


def held(claim_ids: Collection[int]) -> dict[int, Claim]:
    """Return claims as they stand now with all a letter says, held until the transaction ends; for verbs."""
    found = db.session.scalars(
        sa.select(Claim)
        .where(Claim.id.in_(claim_ids))
        .order_by(Claim.id)
        .with_for_update(of=Claim)
        .execution_options(populate_existing=True)
        .options(*_GATED, joinedload(Claim.clerk), selectinload(Claim.items).joinedload(ClaimItem.repair))
    )
    return {claim.id: claim for claim in found}


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
        .options(*_GATED, joinedload(Claim.school), selectinload(Claim.letters).joinedload(Letter.debtor))
    ).all()
