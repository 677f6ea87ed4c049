"""A claim: how it begins and ends before anybody is asked to pay, and the one way its state changes.

Source: docs/rules/claims.md, CL-20, CL-21 and CL-30.
"""

import secrets
from datetime import datetime

import sqlalchemy as sa

from itsm.claims import policy
from itsm.claims.events import ClaimMoved
from itsm.claims.models import Claim, ClaimEntry, DamageCase
from itsm.claims.reference import with_check_digit
from itsm.claims.states import CLAIM_LABELS, CLAIM_MOVES, CLAIM_OVER, ClaimState
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, NotAllowed
from itsm.core.events import publish
from itsm.core.states import find

WORK_ONLY = "Forderungen bearbeitet die Schadensbearbeitung des Medienzentrums."
_TRIES = 20


def check_work(actor: Actor) -> None:
    """Let only those go on who work on claims.

    Raises: NotAllowed for everybody else.
    """
    if not policy.may_work_claims(actor):
        raise NotAllowed(WORK_ONLY)


def open_claim(actor: Actor, case: DamageCase, at: datetime) -> Claim:
    """Write a new claim without a device; for verbs that have checked who may."""
    claim = Claim(
        reference=_reference(),
        incident_id=case.incident_id,
        school_id=case.school_id,
        state=ClaimState.EXAMINING,
        state_at=at,
        clerk_id=actor.user_id,
    )
    db.session.add(claim)
    db.session.flush()
    note(actor, claim, "begin", at).to_state = ClaimState.EXAMINING
    return claim


def move(actor: Actor, claim: Claim, name: str, at: datetime, text: str = "") -> None:
    """Take a claim from one state to another and announce it; for verbs that have checked who may and the gates.

    Nobody else sets the state.

    Raises: DomainError for a move the state of the claim does not have.
    """
    before, target = claim.state, find(CLAIM_MOVES, name, claim.state, CLAIM_LABELS).target
    claim.state, claim.state_at = target, at
    claim.over_at = at if target in CLAIM_OVER else None
    entry = note(actor, claim, name, at, text)
    entry.from_state, entry.to_state = before, target
    db.session.flush()
    publish(ClaimMoved(claim.id, name, before, target, at))


def note(actor: Actor, claim: Claim, what: str, at: datetime, text: str = "") -> ClaimEntry:
    """Write a line of the history. Names never go here."""
    entry = ClaimEntry(claim_id=claim.id, at=at, author_id=actor.user_id, what=what, text=text)
    db.session.add(entry)
    return entry


def _reference() -> str:
    """Draw a Kassenzeichen nobody has; it does not say how many claims there are."""
    for _ in range(_TRIES):
        reference = with_check_digit(f"{secrets.randbelow(9 * 10**10) + 10**10:011d}")
        if not db.session.scalar(sa.select(sa.exists().where(Claim.reference == reference))):
            return reference
    raise Conflict("Gerade war kein freies Kassenzeichen zu finden. Bitte versuchen Sie es noch einmal.")
