"""Valuations of a case, and the versions of the rules they were made by."""

from datetime import date

import sqlalchemy as sa

from itsm.claims.models import DamageCase, Valuation, ValuationPolicy
from itsm.core.db import db


def valuations_of(case: DamageCase) -> list[Valuation]:
    """Return every valuation of a case and its accessories, the latest first."""
    return list(
        db.session.scalars(sa.select(Valuation).where(Valuation.case_id == case.id).order_by(Valuation.id.desc()))
    )


def latest_of(case: DamageCase) -> dict[str, Valuation]:
    """Return the latest valuation of the device (under "") and of each accessory."""
    return {row.accessory: row for row in reversed(valuations_of(case))}


def version_on(day: date) -> ValuationPolicy | None:
    """Return the version of the rules that holds on a day, if there is one."""
    return db.session.scalar(
        sa.select(ValuationPolicy)
        .where(ValuationPolicy.valid_from <= day)
        .order_by(ValuationPolicy.valid_from.desc())
        .limit(1)
    )


def is_anything_valued() -> bool:
    """Say whether there is a valuation at all."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Valuation.id > 0))))
