"""Damage cases and claims of the tests: plain factories with dull defaults. Each commits, as a request would."""

from datetime import date
from typing import Any

from itsm.assets.models import Device
from itsm.claims.kinds import Kind, Place
from itsm.claims.models import (
    Claim,
    ClaimItem,
    DamageCase,
    Debtor,
    Fault,
    Ground,
    Paper,
    PaperKind,
    Valuation,
    ValuationPolicy,
)
from itsm.claims.service import cases, claiming
from itsm.claims.service.cases import Told
from itsm.claims.states import ClaimState, State
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.saving import at_once

HAPPENED_ON = date(2026, 3, 17)


@at_once()
def make_case(school: School | None = None, *, device: Device | None = None, **more: Any) -> DamageCase:
    """Let a media coordinator report a broken iPad; what was told can be given by its name."""
    device = device or make_device(school)
    assert device.school is not None
    reporter = actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=device.school.id))
    told: dict[str, Any] = {
        "kind": Kind.DAMAGE,
        "happened_on": HAPPENED_ON,
        "discovered_on": more.get("happened_on", HAPPENED_ON),
        "place": Place.LESSON,
        "description": "Das Gerät ist vom Tisch gefallen, das Display ist gesprungen.",
    }
    incident = cases.report(reporter, device.school, Told(**(told | more)), [device], MONDAY_9AM)
    db.session.commit()
    return incident.cases[0]


@at_once()
def make_examined(school: School | None = None, *, by: Actor | None = None, **more: Any) -> DamageCase:
    """Make a case a clerk has examined."""
    case = make_case(school, **more)
    cases.move(by or actor_for(make_user(Role.CLAIMS_CLERK)), case, "examine", MONDAY_9AM)
    db.session.commit()
    return case


def make_paper(case: DamageCase, kind: PaperKind = PaperKind.EVIDENCE, **more: Any) -> Paper:
    """Make the row of an uploaded paper; there is no file."""
    values: dict[str, Any] = {
        "name": "protokoll.pdf",
        "media_type": "application/pdf",
        "token": f"{case.id:08x}{kind.value}",
        "digest": "0" * 64,
        "size_bytes": 1000,
        "added_at": MONDAY_9AM,
    }
    paper = Paper(case_id=case.id, kind=kind, **(values | more))
    db.session.add(paper)
    db.session.commit()
    return paper


def make_valuation(case: DamageCase, **more: Any) -> Valuation:
    """Make the valuation of example E1: an iPad of 379 euros, 42 months old, worth 113.70."""
    policy = db.session.query(ValuationPolicy).first()
    if policy is None:
        policy = ValuationPolicy(valid_from=date(2000, 1, 1), convention="calendar", floor_basis_points=0)
        db.session.add(policy)
    values: dict[str, Any] = {
        "at": MONDAY_9AM,
        "policy": policy,
        "convention": "calendar",
        "base_cents": 37_900,
        "in_service_on": date(2022, 9, 12),
        "damaged_on": HAPPENED_ON,
        "life_months": 60,
        "months": 42,
        "value_cents": 11_370,
    }
    valuation = Valuation(case_id=case.id, **(values | more))
    db.session.add(valuation)
    db.session.commit()
    return valuation


@at_once()
def make_claim(case: DamageCase | None = None, *, by: Actor | None = None, **more: Any) -> Claim:
    """Begin to examine a claim; of a case that is made for it, the same clerk has examined it."""
    clerk = by or actor_for(make_user(Role.CLAIMS_CLERK))
    claim = claiming.begin(clerk, case or make_examined(by=clerk), MONDAY_9AM)
    for name, value in more.items():
        setattr(claim, name, value)
    db.session.commit()
    return claim


def make_debtor(claim: Claim, **more: Any) -> Debtor:
    """Add an adult pupil who owes."""
    values: dict[str, Any] = {
        "ground": Ground.PUPIL,
        "name": "Kim Beispiel",
        "street": "Musterweg 1",
        "postcode": "44135",
        "city": "Dortmund",
        "born_on": date(2007, 5, 4),
    }
    debtor = Debtor(claim_id=claim.id, **(values | more))
    db.session.add(debtor)
    db.session.commit()
    return debtor


@at_once()
def make_approved(amount_cents: int = 11_370, **more: Any) -> Claim:
    """Make a claim that has gone through every gate: two people, evidence, a debtor, 113.70 euros."""
    claim = make_claim()
    item: ClaimItem = claim.items[0]
    case = item.case
    item.valuation_id, item.amount_cents = make_valuation(case).id, amount_cents
    make_debtor(claim, heard_until=date(2026, 10, 15))
    claim.evidence_id = make_paper(case).id
    claim.fault, claim.amount_cents = Fault.GROSS, amount_cents
    claim.heard_on, claim.hearing_until = date(2026, 10, 1), date(2026, 10, 15)
    claim.proposed_by_id, claim.proposed_at = claim.clerk_id, MONDAY_9AM
    claim.approved_by_id, claim.approved_at = make_user(Role.CLAIMS_APPROVER).id, MONDAY_9AM
    claim.state = ClaimState.APPROVED
    for name, value in more.items():
        setattr(claim, name, value)
    db.session.commit()
    return claim


@at_once()
def beside(case: DamageCase, cents: int = 5000) -> DamageCase:
    """Make a second case of the same incident."""
    device = make_device(case.school)
    other = DamageCase(
        incident=case.incident,
        school=case.school,
        device=device,
        device_label=device.tag,
        kind=case.kind,
        statistics_class=case.statistics_class,
        state=case.state,
        state_at=MONDAY_9AM,
    )
    db.session.add(other)
    db.session.commit()
    make_valuation(other, value_cents=cents)
    return other


def in_state(case: DamageCase, state: State) -> DamageCase:
    """Put a case into a state, as if everything before had happened."""
    case.state = state
    case.over_at = MONDAY_9AM if state in (State.CLOSED, State.FOUND, State.WITHDRAWN) else None
    case.found_on = date(2026, 11, 13) if state is State.FOUND else None
    db.session.commit()
    return case
