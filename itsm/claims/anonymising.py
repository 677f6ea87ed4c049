"""Which claims and cases are so old that the names in them go.

Source: docs/rules/claims.md, CL-84 to CL-88.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa

from itsm.claims.figures import DROPPED_MONTHS, RECEIPT_YEARS, whole
from itsm.claims.models import Claim, ClaimItem, DamageCase, Incident
from itsm.claims.states import ClaimState

# How long the story of a case without a claim stays.
STORY_MONTHS = 24
# A claim that was paid, or taken back, after its names were gone has new words.
HAS_NAMES = sa.or_(Claim.anonymised_at.is_(None), Claim.anonymised_at < Claim.over_at)


def claims_due(today: date) -> sa.Select[int]:
    """Select the claims whose names have had their time: dropped months ago, or with receipts kept long enough.

    Source: docs/rules/claims.md, CL-84 and CL-86.
    """
    over_on = _local_day(Claim.over_at)
    dropped = sa.and_(Claim.state == ClaimState.DROPPED, _months_after(over_on, whole(DROPPED_MONTHS, today)) <= today)
    # From 1 January after the adoption on; a day before the end of the claim's year is that of another year.
    kept_until = sa.func.extract("year", Claim.accounts_adopted_on) + 1 + whole(RECEIPT_YEARS, today)
    receipts = sa.and_(
        Claim.state.in_([ClaimState.PAID, ClaimState.WAIVED, ClaimState.CANCELLED]),
        Claim.accounts_adopted_on > over_on,
        kept_until <= today.year,
    )
    of_claim = sa.select(ClaimItem.id).join(DamageCase).where(ClaimItem.claim_id == Claim.id)
    held = of_claim.where(DamageCase.hold_reason != "")
    return (
        sa.select(Claim.id)
        .where(HAS_NAMES, sa.or_(dropped, receipts), ~held.exists())
        .order_by(Claim.id)
        .with_for_update(of=Claim, skip_locked=True)
    )


def cases_due(today: date) -> sa.Select[int]:
    """Select the cases whose story goes: over, not held, without a claim that still needs it, and old enough.

    Source: docs/rules/claims.md, CL-85.
    """
    needed = sa.select(Claim.id).where(Claim.incident_id == DamageCase.incident_id, Claim.anonymised_at.is_(None))
    claimed = sa.select(ClaimItem.id).where(ClaimItem.case_id == DamageCase.id)
    old = _months_after(_local_day(DamageCase.over_at), STORY_MONTHS) <= today
    return (
        sa.select(DamageCase.id)
        .where(
            DamageCase.over_at.is_not(None),
            # One that was taken up again and ended again has new words.
            sa.or_(DamageCase.anonymised_at.is_(None), DamageCase.anonymised_at < DamageCase.over_at),
            DamageCase.hold_reason == "",
            ~needed.exists(),
            sa.or_(sa.and_(claimed.exists(), DamageCase.anonymised_at.is_(None)), old),
        )
        .order_by(DamageCase.id)
        .with_for_update(of=DamageCase, skip_locked=True)
    )


def incidents_bare() -> sa.ColumnElement[bool]:
    """Return the filter of incidents all of whose cases have lost their story; over `Incident`."""
    left = sa.select(DamageCase.id).where(DamageCase.incident_id == Incident.id, DamageCase.anonymised_at.is_(None))
    return ~left.exists()


def _local_day(moment: Any) -> sa.ColumnElement[date]:
    return sa.cast(sa.func.timezone("Europe/Berlin", moment), sa.Date)


def _months_after(day: sa.ColumnElement[date], months: int) -> sa.ColumnElement[date]:
    """The same day some months later, or the last of a shorter month."""
    return sa.cast(day + sa.func.make_interval(0, months), sa.Date)
