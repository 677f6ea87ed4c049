"""What becomes of a claim when the device is found again.

Source: docs/rules/claims.md, CL-36.
"""

from datetime import datetime

from itsm.claims import queries
from itsm.claims.models import Claim, ClaimItem, DamageCase, Debtor
from itsm.claims.service import bookings, claims, items
from itsm.claims.states import BEFORE_DEMAND, CLAIM_OVER, ClaimState
from itsm.core.access import Actor
from itsm.core.db import db

_FOUND = "Gerät aus Fall {number} wiedergefunden"
# The new claim hears them anew.
_OWN = frozenset({"id", "claim_id", "heard_until"})
_DEBTOR = [column.key for column in Debtor.__mapper__.column_attrs if column.key not in _OWN]


def case_found(actor: Actor, case: DamageCase, at: datetime) -> None:
    """End what was claimed for a device that is there again; what was paid is to be given back.

    Whoever may say that a device was found may cause this: it is a consequence, no decision. The other devices of the
    claim go on: before the demand in the same claim, after it in a new one that is examined again.
    """
    known = queries.claim_of(case)
    if known is None or known.state in (ClaimState.DROPPED, ClaimState.CANCELLED):
        return
    claim = queries.held(known)
    text = _FOUND.format(number=case.number)
    if claim.state in BEFORE_DEMAND:
        _leave(actor, claim, case, text, at)
    else:
        _cancel(actor, claim, case, text, at)


def _leave(actor: Actor, claim: Claim, case: DamageCase, text: str, at: datetime) -> None:
    """Take the device out of a claim nobody has been asked to pay; with the last one the claim is dropped."""
    case.has_claim = False
    if len(claim.items) == 1:
        claim.reason = text
        claims.move(actor, claim, "drop", at, text)
    else:
        claims.note(actor, claim, "leave", at, text)
        items.take_out(actor, claim, case, at)


def _cancel(actor: Actor, claim: Claim, case: DamageCase, text: str, at: datetime) -> None:
    case.has_claim = False
    others = [item for item in claim.items if item.case_id != case.id]
    claim.reason = text
    if claim.state in CLAIM_OVER - {ClaimState.PAID, ClaimState.WAIVED}:
        return
    claims.move(actor, claim, "cancel", at, text)
    bookings.refund_all(actor, claim, at)
    if others:
        _go_on(actor, claim, others, at)


def _go_on(actor: Actor, claim: Claim, others: list[ClaimItem], at: datetime) -> None:
    """Begin a new claim for the other devices of a cancelled one, with the same debtors and evidence."""
    new = claims.open_claim(actor, others[0].case, at)
    new.fault, new.legal_basis = claim.fault, claim.legal_basis
    if claim.evidence is not None and claim.evidence.case_id in {item.case_id for item in others}:
        new.evidence_id = claim.evidence_id
    for debtor in claim.debtors:
        db.session.add(Debtor(claim_id=new.id, **{name: getattr(debtor, name) for name in _DEBTOR}))
    for item in others:
        item.claim_id = new.id
    db.session.flush()
    db.session.refresh(claim, ["items"])
    db.session.refresh(new, ["items", "debtors"])
    claims.note(actor, claim, "split", at, f"Die übrigen Geräte stehen jetzt in {new.number}.")
    claims.note(actor, new, "split", at, f"Aus {claim.number} übernommen.")
