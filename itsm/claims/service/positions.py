"""Where a locked device was: kept briefly, looked at with a reason, deleted on recovery or after 30 days.

Source: docs/rules/claims.md, CL-77, CL-78.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.claims import figures, lock_queries
from itsm.claims.mdm.answers import Fix
from itsm.claims.models import DamageCase, MdmOrder, Position, PositionLook
from itsm.claims.service import locks
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError


def keep(order: MdmOrder, fix: Fix, at: datetime) -> None:
    """Store what a device said about where it is; for the worker, which has checked that it is still wanted."""
    db.session.add(Position(order_id=order.id, case_id=order.case_id, received_at=at, **fix._asdict()))


def look(actor: Actor, case: DamageCase, reason: str, at: datetime) -> list[Position]:
    """Log that this person looks, and why; return where the device was, the latest first.

    Raises: NotAllowed unless the actor is of the claims staff; DomainError without a reason or a position.
    """
    locks.check_staff(actor)
    if not reason.strip():
        raise DomainError("Bitte schreiben Sie, warum Sie den Standort ansehen.")
    found = lock_queries.positions_of(case)
    if not found:
        raise DomainError("Es ist kein Standort gespeichert.")
    db.session.add(PositionLook(case_id=case.id, at=at, user_id=actor.user_id, reason=reason.strip()))
    db.session.flush()
    return found


def forget(at: datetime) -> int:
    """Delete positions that are too old, and those of devices that are back; return how many."""
    limit = at - timedelta(days=figures.whole(figures.POSITION_DAYS, clock.local_day(at)))
    here = sa.select(DamageCase.id).where(DamageCase.state.in_(locks.HERE))
    old = sa.or_(Position.received_at <= limit, Position.seen_at <= limit, Position.case_id.in_(here))
    return len(db.session.scalars(sa.delete(Position).where(old).returning(Position.id)).all())
