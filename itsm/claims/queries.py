"""Damage cases and claims, found for a person."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.assets.models import Device
from itsm.claims import policy
from itsm.claims.kinds import MISSING
from itsm.claims.limitation import MARKS, RETURN_MONTHS
from itsm.claims.models import Claim, ClaimItem, DamageCase, Incident, Valuation, ValuationPolicy
from itsm.claims.states import State
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound

# The last of the six months in which to decide whether something is claimed for a damaged device that came back.
UNDECIDED_UNTIL: sa.ColumnElement[date] = sa.cast(
    DamageCase.returned_on + sa.func.make_interval(0, RETURN_MONTHS), sa.Date
)


def case_for(actor: Actor, case_id: int) -> DamageCase:
    """Return a case this person sees, with its incident, school, device and repairs.

    Raises: NotFound for one that does not exist or is for others.
    """
    case = db.session.scalar(
        sa.select(DamageCase)
        .where(DamageCase.id == min(case_id, LARGEST_ID), policy.visible_to(actor))
        .options(
            joinedload(DamageCase.incident).joinedload(Incident.reporter),
            joinedload(DamageCase.school),
            joinedload(DamageCase.device).joinedload(Device.model),
            joinedload(DamageCase.replacement),
            joinedload(DamageCase.clerk),
            selectinload(DamageCase.repairs),
        )
    )
    if case is None:
        raise NotFound
    return case


def latest_missing(which: sa.ColumnElement[bool]) -> DamageCase | None:
    """Return the latest of such cases in which a device is gone and has not turned up."""
    return db.session.scalar(
        sa.select(DamageCase)
        .where(
            which,
            DamageCase.kind.in_(sorted(MISSING)),
            DamageCase.state.not_in([State.FOUND, State.WITHDRAWN]),
        )
        .order_by(DamageCase.id.desc())
        .limit(1)
        .options(joinedload(DamageCase.incident), joinedload(DamageCase.school))
    )


def claim_for(actor: Actor, claim_id: int) -> Claim:
    """Return a claim this person sees, with its devices and debtors.

    Raises: NotFound for one that does not exist or for whoever has nothing to do with claims.
    """
    claim = db.session.scalar(
        sa.select(Claim)
        .where(Claim.id == min(claim_id, LARGEST_ID), policy.claims_visible_to(actor))
        .options(
            joinedload(Claim.school),
            joinedload(Claim.evidence),
            selectinload(Claim.items).joinedload(ClaimItem.case),
            selectinload(Claim.items).joinedload(ClaimItem.valuation),
            selectinload(Claim.debtors),
        )
    )
    if claim is None:
        raise NotFound
    return claim


def locked_claim(actor: Actor, claim_id: int) -> Claim:
    """Return a claim as it stands now, held until the transaction ends: of two people at once, one waits.

    Raises: NotFound for one that does not exist or for whoever has nothing to do with claims.
    """
    claim = db.session.scalar(
        sa.select(Claim)
        .where(Claim.id == min(claim_id, LARGEST_ID), policy.claims_visible_to(actor))
        .with_for_update(of=Claim)
        .execution_options(populate_existing=True)
    )
    if claim is None:
        raise NotFound
    return claim


def held(claim: Claim) -> Claim:
    """Return a claim as it stands now, held until the transaction ends; for verbs, whoever asks."""
    return db.session.scalars(
        sa.select(Claim).where(Claim.id == claim.id).with_for_update(of=Claim).execution_options(populate_existing=True)
    ).one()


def latest_valuation(case: DamageCase, accessory: str = "") -> Valuation | None:
    """Return the valuation of a case, or of an accessory, that was made last."""
    return db.session.scalar(
        sa.select(Valuation)
        .where(Valuation.case_id == case.id, Valuation.accessory == accessory)
        .order_by(Valuation.id.desc())
        .limit(1)
    )


def open_case_of(device: Device) -> DamageCase | None:
    """Return the case of a device that is not over, if there is one."""
    return db.session.scalar(
        sa.select(DamageCase).where(DamageCase.device_id == device.id, DamageCase.over_at.is_(None))
    )


def claim_of(case: DamageCase) -> Claim | None:
    """Return the claim that counts for a case, if there is one; for verbs, whoever asks."""
    current = sa.and_(ClaimItem.case_id == case.id, ClaimItem.is_current)
    return db.session.scalar(sa.select(Claim).join(ClaimItem).where(current))


def undecided(on: date) -> sa.ColumnElement[bool]:
    """Return the filter of cases nobody has decided on, while their six months run out; over `DamageCase`."""
    return sa.and_(
        DamageCase.has_claim.is_(None),
        DamageCase.anonymised_at.is_(None),
        DamageCase.state.not_in([State.FOUND, State.WITHDRAWN]),
        UNDECIDED_UNTIL.between(on, on + timedelta(days=max(MARKS))),
    )


def policies() -> list[ValuationPolicy]:
    """Return every version of the valuation, the latest first."""
    return list(db.session.scalars(sa.select(ValuationPolicy).order_by(ValuationPolicy.valid_from.desc())))
