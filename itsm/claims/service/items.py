"""The devices of a claim and what is asked for each; a change after the proposal sends the claim back.

Source: docs/rules/claims.md, CL-21 and CL-28.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from itsm.claims import queries, valuation_queries
from itsm.claims.kinds import MISSING
from itsm.claims.models import CaseEntry, Claim, ClaimEntry, ClaimItem, DamageCase, Repair, Valuation
from itsm.claims.service import claims
from itsm.claims.states import BEFORE_DEMAND, ClaimState, State
from itsm.claims.valuation import WHOLE, Share, share
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound
from itsm.core.german import euros

# Lines of a case's history that tell of the price of a repair.
_PRICED = ("repair-begun", "repair-changed")
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
    add(claim, case)
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
    fill(claim)
    claims.note(actor, claim, "deduct", at, f"{item.case.number}: jetzt {euros(item.amount_cents)}")
    changed(actor, claim, at)


def add(claim: Claim, case: DamageCase) -> None:
    """Put a case into a claim; for verbs that have checked. A claim that was taken back keeps what it was about."""
    old = db.session.scalar(sa.select(ClaimItem).where(ClaimItem.case_id == case.id, ClaimItem.is_current))
    if old is not None:
        old.is_current = False
        db.session.flush()
    db.session.add(ClaimItem(claim_id=claim.id, case_id=case.id))
    case.has_claim = True
    db.session.flush()
    db.session.expire(claim, ["items"])
    fill(claim)


def take_out(actor: Actor, claim: Claim, case: DamageCase, at: datetime) -> None:
    """Take a case out of a claim and reckon anew; for verbs that have checked."""
    claim.items.remove(next(item for item in claim.items if item.case_id == case.id))
    db.session.flush()
    changed(actor, claim, at)


def fill(claim: Claim) -> None:
    """Reckon every device from its latest value and repair."""
    for item in claim.items:
        latest, repair = valuation_queries.latest_of(item.case), latest_repair(item.case)
        valuation = latest.get("")
        item.accessory_cents = accessory_cents(item.case, latest)
        item.valuation, item.valuation_id = valuation, valuation.id if valuation else None
        item.repair, item.repair_id = repair, repair.id if repair else None
        item.repair_cents = repair.cost_cents if repair else None
        item.amount_cents = reckoned(item, valuation).cents if valuation else 0
    db.session.flush()


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


def latest_repair(case: DamageCase) -> Repair | None:
    """Return the repair whose cost caps the claim: the last one that was not declined and has a price."""
    if case.kind in MISSING:
        return None
    priced = [repair for repair in case.repairs if not repair.is_declined and repair.cost_cents is not None]
    return priced[-1] if priced else None


def changed(actor: Actor, claim: Claim, at: datetime) -> None:
    """Send a claim back that somebody has proposed, and note who changed what the amount is made of."""
    send_back(actor, claim, at, "Angaben wurden nach dem Vorschlag geändert.")
    _count_in(claim, [actor.user_id])


def count_in_hands(claim: Claim) -> None:
    """Note who valued a device of a claim or wrote down its repair since it was approved last, whatever counts now.

    Source: docs/rules/claims.md, CL-27.
    """
    approved_at = (
        sa.select(sa.func.max(ClaimEntry.at))
        .where(ClaimEntry.claim_id == claim.id, ClaimEntry.what == "approve")
        .scalar_subquery()
    )
    since = sa.func.coalesce(approved_at, sa.text("'-infinity'::timestamptz"))
    ids = [item.case_id for item in claim.items]
    valued = sa.select(Valuation.author_id).where(Valuation.case_id.in_(ids), Valuation.at >= since)
    priced = sa.select(CaseEntry.author_id).where(
        CaseEntry.case_id.in_(ids), CaseEntry.what.in_(_PRICED), CaseEntry.at >= since
    )
    _count_in(claim, db.session.scalars(sa.union(valued, priced)))


def _count_in(claim: Claim, people: Iterable[int | None]) -> None:
    claim.amount_by_ids = sorted({*claim.amount_by_ids, *(one for one in people if one is not None)})
    db.session.flush()


def send_back(actor: Actor, claim: Claim, at: datetime, text: str) -> None:
    """Send a proposed or approved claim back to the hearing; nothing for any other."""
    if claim.state not in (ClaimState.PROPOSED, ClaimState.APPROVED):
        db.session.flush()
        return
    if claim.state is ClaimState.APPROVED:
        # What was there until now has been looked at by a second person.
        claim.amount_by_ids = []
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
