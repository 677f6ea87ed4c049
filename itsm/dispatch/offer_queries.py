"""What schools are being asked, as the people of both sides see it."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.dispatch import policy, queries
from itsm.dispatch.models import SlotOffer, Visit
from itsm.dispatch.states import OfferState, VisitState


def latest(visit_id: int) -> SlotOffer | None:
    """Return what the school was last asked about a visit."""
    return db.session.scalar(
        sa.select(SlotOffer)
        .where(SlotOffer.visit_id == visit_id)
        .order_by(SlotOffer.id.desc())
        .limit(1)
        .options(selectinload(SlotOffer.choices), joinedload(SlotOffer.answered_by))
    )


def to_answer(actor: Actor, visit_id: int) -> Visit:
    """Return the visit for somebody who answers for the school.

    Raises: NotFound for the unseen; NotAllowed for one they only see.
    """
    visit = queries.get_for(actor, visit_id)
    if not policy.may_answer(actor, visit):
        raise NotAllowed("Besuchstermine bestätigen die Schulleitung und die Medienkoordination der Schule.")
    return visit


def waiting_for(actor: Actor, at: datetime) -> Sequence[SlotOffer]:
    """Return the questions this person may answer for their school, the one that ends first in front."""
    school_ids = actor.scope(Verb.VISIT_ANSWER).school_ids
    if not school_ids:
        return ()
    return db.session.scalars(
        sa.select(SlotOffer)
        .join(SlotOffer.visit)
        .where(
            SlotOffer.state == OfferState.OPEN,
            SlotOffer.answer_by > at,
            Visit.school_id.in_(sorted(school_ids)),
            Visit.state == VisitState.PLANNED,
        )
        .order_by(SlotOffer.answer_by, SlotOffer.id)
        .options(*_with_visit())
    ).all()


def declined_for(actor: Actor, today: date) -> Sequence[SlotOffer]:
    """Return the visits to come whose school has said that no time suits, for whoever plans them."""
    scope = actor.scope(Verb.VISIT_PLAN)
    if not scope:
        return ()
    later = aliased(SlotOffer)
    is_last = ~sa.exists().where(later.visit_id == SlotOffer.visit_id, later.id > SlotOffer.id)
    return db.session.scalars(
        sa.select(SlotOffer)
        .join(SlotOffer.visit)
        .where(
            SlotOffer.state == OfferState.DECLINED,
            is_last,
            scope.among(Visit.school_id, Visit.district_id),
            Visit.state == VisitState.PLANNED,
            Visit.visit_on >= today,
        )
        .order_by(Visit.visit_on, SlotOffer.id)
        .options(*_with_visit())
    ).all()


def _with_visit() -> tuple[LoaderOption, ...]:
    visit = joinedload(SlotOffer.visit, innerjoin=True)
    return visit.joinedload(Visit.school, innerjoin=True), visit.joinedload(Visit.user, innerjoin=True)
