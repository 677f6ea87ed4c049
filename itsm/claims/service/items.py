"""The devices of a claim and what is asked for each; a change after the proposal sends the claim back.

Source: docs/rules/claims.md, CL-21 and CL-28.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from itsm.claims import queries, valuation_queries
from itsm.claims.kinds import MISSING
from itsm.claims.models import Claim, ClaimItem, DamageCase, Repair, Valuation
from itsm.claims.service import claims
from itsm.claims.states import BEFORE_DEMAND, ClaimState, State
from itsm.claims.valuation import WHOLE, Share, share
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound
from itsm.core.german import euros

_TOO_LATE = "Das geht nicht mehr: Die Forderung ist schon verschickt oder zu Ende."


@dataclass(frozen=True)
class Deduction:
    """What a clerk sets for a device: what is left of it is worth, the debtor's part, what an insurer pays."""

    wreck_cents: int = 0
    quota_basis_points: int = WHOLE
    insurer_cents: int = 0


def join(actor: Actor, claim: Claim, case: DamageCase, at: datetime) -> None:
    """Take another device of the same incident into a claim.

    Raises: NotAllowed for who does not work on claims; DomainError for a case of another incident, of another claim
        or found again, or once the claim was sent.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    check_open(claim)
    if case.incident_id != claim.incident_id:
        raise DomainError(f"Fall {case.number} gehört zu einem anderen Ereignis. Er bekommt eine eigene Forderung.")
    check_claimable(case)
    claims.note(actor, claim, "join", at, case.number)
    add(actor, claim, case)
    changed(actor, claim, at)


def leave(actor: Actor, claim: Claim, item_id: int, at: datetime) -> None:
    """Take a device out of a claim.

    Raises: NotAllowed for who does not work on claims; NotFound for a device of another claim; DomainError for the
        only one, or once the claim was sent.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    item = _item(claim, item_id)
    check_open(claim)
    if len(claim.items) == 1:
        raise DomainError("Das ist das einzige Gerät. Wenn nichts gefordert wird, lassen Sie die Forderung fallen.")
    claims.note(actor, claim, "leave", at, item.case.number)
    item.case.has_claim = None
    take_out(actor, claim, item.case, at)


def set_deduction(actor: Actor, claim: Claim, item_id: int, wanted: Deduction, at: datetime) -> None:
    """Set what goes off the value of a device.

    Raises: NotAllowed for who does not work on claims; NotFound for a device of another claim; DomainError for a
        quota that is none, an amount below nothing, or once the claim was sent.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    item = _item(claim, item_id)
    check_open(claim)
    if not 1 <= wanted.quota_basis_points <= WHOLE:
        raise DomainError("Die Quote liegt zwischen 0,01 und 100 %. Bitte prüfen Sie die Eingabe.")
    if min(wanted.wreck_cents, wanted.insurer_cents) < 0:
        raise DomainError("Ein Betrag kann nicht unter 0 € liegen. Bitte prüfen Sie die Eingabe.")
    was = (item.wreck_cents, item.quota_basis_points, item.insurer_cents)
    if was == (wanted.wreck_cents, wanted.quota_basis_points, wanted.insurer_cents):
        return
    item.wreck_cents, item.insurer_cents = wanted.wreck_cents, wanted.insurer_cents
    item.quota_basis_points = wanted.quota_basis_points
    fill(actor, claim)
    claims.note(actor, claim, "deduct", at, f"{item.case.number}: jetzt {euros(item.amount_cents)}")
    changed(actor, claim, at)


def add(actor: Actor, claim: Claim, case: DamageCase) -> None:
    """Put a case into a claim; for verbs that have checked."""
    old = db.session.scalar(sa.select(ClaimItem).where(ClaimItem.case_id == case.id))
    if old is None:
        db.session.add(ClaimItem(claim_id=claim.id, case_id=case.id))
    else:
        old.claim_id = claim.id
    case.has_claim = True
    db.session.flush()
    db.session.refresh(claim, ["items"])
    fill(actor, claim)


def take_out(actor: Actor, claim: Claim, case: DamageCase, at: datetime) -> None:
    """Take a case out of a claim and reckon anew; for verbs that have checked."""
    claim.items.remove(next(item for item in claim.items if item.case_id == case.id))
    db.session.flush()
    changed(actor, claim, at)


def fill(actor: Actor, claim: Claim) -> bool:
    """Reckon every device from its latest value and repair; say whether an amount is another one now."""
    before = [item.amount_cents for item in claim.items]
    for item in claim.items:
        latest, repair = valuation_queries.latest_of(item.case), latest_repair(item.case)
        valuation = latest.get("")
        accessories = accessory_cents(item.case, latest)
        is_new = (valuation.id if valuation else None, accessories) != (item.valuation_id, item.accessory_cents)
        item.accessory_cents = accessories
        item.valuation, item.valuation_id = valuation, valuation.id if valuation else None
        item.repair, item.repair_id = repair, repair.id if repair else None
        item.repair_cents = repair.cost_cents if repair else None
        cents = reckoned(item, valuation).cents if valuation else 0
        if cents != item.amount_cents:
            item.amount_cents = cents
            claim.amount_by_id = (_last_author(item.case, latest) if is_new else None) or actor.user_id
    db.session.flush()
    return before != [item.amount_cents for item in claim.items]


def is_fresh(claim: Claim) -> bool:
    """Say whether value and repair of every device are still those the amounts were reckoned from."""
    for item in claim.items:
        latest, repair = valuation_queries.latest_of(item.case), latest_repair(item.case)
        valuation = latest.get("")
        now = (valuation.id if valuation else None, repair.cost_cents if repair else None)
        if (item.valuation_id, item.repair_cents) != now or item.accessory_cents != accessory_cents(item.case, latest):
            return False
    return True


def reckoned(item: ClaimItem, valuation: Valuation) -> Share:
    """Return what is asked for one device and its accessories (CL-14 to CL-16, CL-21).

    The repair and the wreck are those of the device; quota and insurer concern all of it.
    """
    device = share(valuation.value_cents, repair_cents=item.repair_cents, wreck_cents=item.wreck_cents)
    whole = share(
        device.cents + item.accessory_cents,
        quota_basis_points=item.quota_basis_points,
        insurer_cents=item.insurer_cents,
    )
    return Share(whole.cents, device.is_total_loss)


def accessory_cents(case: DamageCase, latest: Mapping[str, Valuation]) -> int:
    """Return what the affected accessories of a case were worth, by their latest valuations."""
    return sum(row.value_cents for name, row in latest.items() if name in case.accessories)


def _last_author(case: DamageCase, latest: Mapping[str, Valuation]) -> int | None:
    """Return who valued the device or one of its accessories last."""
    counted = [row for name, row in latest.items() if not name or name in case.accessories]
    return max(counted, key=lambda row: row.id).author_id if counted else None


def latest_repair(case: DamageCase) -> Repair | None:
    """Return the repair whose cost caps the claim: the last one that was not declined and has a price."""
    if case.kind in MISSING:
        return None
    priced = [repair for repair in case.repairs if not repair.is_declined and repair.cost_cents is not None]
    return priced[-1] if priced else None


def changed(actor: Actor, claim: Claim, at: datetime) -> None:
    """Note who changed what the amount is made of, and send a claim back that somebody has proposed."""
    claim.amount_by_id = actor.user_id
    send_back(actor, claim, at, "Angaben wurden nach dem Vorschlag geändert.")


def send_back(actor: Actor, claim: Claim, at: datetime, text: str) -> None:
    """Send a proposed or approved claim back to the hearing; nothing for any other."""
    if claim.state not in (ClaimState.PROPOSED, ClaimState.APPROVED):
        db.session.flush()
        return
    claim.amount_cents = None
    claim.proposed_at = claim.proposed_by_id = claim.approved_at = claim.approved_by_id = None
    claims.move(actor, claim, "send-back", at, text)


def check_open(claim: Claim) -> None:
    """Let only a claim change that has not been sent.

    Raises: DomainError for any other.
    """
    if claim.state not in BEFORE_DEMAND:
        raise DomainError(_TOO_LATE)


def check_claimable(case: DamageCase) -> None:
    """Let only a case into a claim that has none and was neither found again nor withdrawn.

    Raises: DomainError for any other.
    """
    known = queries.claim_of(case)
    if known is not None and known.state is not ClaimState.CANCELLED:
        raise DomainError(f"Zum Fall {case.number} gibt es schon eine Forderung: {known.number}.")
    if case.state is State.FOUND:
        raise DomainError(f"Das Gerät aus Fall {case.number} ist wieder da. Dafür wird nichts gefordert.")
    if case.state is State.WITHDRAWN:
        raise DomainError(f"Der Fall {case.number} wurde zurückgezogen. Dafür wird nichts gefordert.")


def _item(claim: Claim, item_id: int) -> ClaimItem:
    for item in claim.items:
        if item.id == item_id:
            return item
    raise NotFound
