"""What was said about the work on tickets, as far as it differs from the usual."""

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.core.db import db
from itsm.dispatch.models import Skill, WorkNeed


def need_of(ticket_id: int) -> WorkNeed | None:
    """Return what was said about the work on a ticket, with its skills; one query."""
    return (
        db.session.scalars(
            sa.select(WorkNeed)
            .where(WorkNeed.ticket_id == ticket_id)
            .options(joinedload(WorkNeed.skills))
            .execution_options(populate_existing=True)
        )
        .unique()
        .one_or_none()
    )


def minutes_of(ticket_ids: Collection[int]) -> dict[int, int]:
    """Return how long the work on these tickets takes, where somebody has said so."""
    rows = sa.select(WorkNeed.ticket_id, WorkNeed.minutes).where(
        WorkNeed.ticket_id.in_(ticket_ids), WorkNeed.minutes.is_not(None)
    )
    return {ticket_id: minutes for ticket_id, minutes in db.session.execute(rows) if minutes is not None}


def not_before(ticket_ids: Collection[int]) -> dict[int, date]:
    """Return before which day there is no sense in coming for these tickets, where there is one."""
    rows = sa.select(WorkNeed.ticket_id, WorkNeed.not_before_on).where(
        WorkNeed.ticket_id.in_(ticket_ids), WorkNeed.not_before_on.is_not(None)
    )
    return {ticket_id: day for ticket_id, day in db.session.execute(rows) if day is not None}


def skills() -> Sequence[Skill]:
    """Return every skill by name."""
    return db.session.scalars(sa.select(Skill).order_by(sa.func.lower(Skill.name), Skill.id)).all()
