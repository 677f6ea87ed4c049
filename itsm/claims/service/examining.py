"""What is found out before a claim is proposed: grade of fault, what proves it, legal basis, who looks after it.

Source: docs/rules/claims.md, CL-22 and CL-25.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from itsm.claims import queries
from itsm.claims.models import Claim, Fault, LegalBasis, Paper, PaperKind
from itsm.claims.service import claims, items
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError

PROOFS = frozenset({PaperKind.EVIDENCE, PaperKind.POLICE})


@dataclass(frozen=True)
class Finding:
    """The grade of fault, the paper that proves it, and the law the claim stands on."""

    fault: Fault | None
    evidence_id: int | None
    legal_basis: LegalBasis = LegalBasis.PRIVATE


def record(actor: Actor, claim: Claim, finding: Finding, at: datetime) -> None:
    """Take down what was found out about the fault; after the proposal this sends the claim back.

    Raises: NotAllowed for who does not work on claims; DomainError for a paper that is no evidence of these cases,
        or once the claim was sent.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    items.check_open(claim)
    if finding.evidence_id is not None and finding.evidence_id not in {paper.id for paper in papers(claim)}:
        raise DomainError("Dieses Schriftstück ist kein Nachweis zum Fall. Bitte wählen Sie eines aus der Liste.")
    if (finding.fault, finding.evidence_id, finding.legal_basis) == (claim.fault, claim.evidence_id, claim.legal_basis):
        return
    claim.fault, claim.evidence_id, claim.legal_basis = finding.fault, finding.evidence_id, finding.legal_basis
    db.session.flush()
    db.session.refresh(claim, ["evidence"])
    claims.note(actor, claim, "examine", at)
    items.send_back(actor, claim, at, "Das Verschulden wurde neu bewertet.")


def papers(claim: Claim, kinds: frozenset[PaperKind] = PROOFS) -> list[Paper]:
    """Return the papers of the claim's cases that may prove something, the oldest first."""
    cases = [item.case_id for item in claim.items]
    of_claim = sa.select(Paper).where(Paper.case_id.in_(cases), Paper.kind.in_(kinds))
    return list(db.session.scalars(of_claim.order_by(Paper.id)))


def take_over(actor: Actor, claim: Claim, at: datetime) -> None:
    """Make this person the one who looks after a claim.

    Raises: NotAllowed for who does not work on claims.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    if claim.clerk_id != actor.user_id:
        claim.clerk_id = actor.user_id
        claims.note(actor, claim, "take-over", at)
        db.session.flush()
