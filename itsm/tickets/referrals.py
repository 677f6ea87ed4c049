"""Faults that are not ours: no ticket, but the office to call, and a count of how often."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.org.models import School
from itsm.tickets.models import FaultType, Referral, SupportGroup


def count(actor: Actor, key: str, fault: FaultType, school: School, office: SupportGroup, at: datetime) -> None:
    """Count that the page named the office; the same form sent again counts once."""
    db.session.execute(
        insert(Referral)
        .values(key=f"{actor.user_id}:{key}", fault_type_id=fault.id, school_id=school.id, group_id=office.id, at=at)
        .on_conflict_do_nothing()
    )
