"""Who is out on which day, and the reported outages as people see them."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.dispatch.models import Outage, OutageKind, Visit
from itsm.dispatch.states import VisitState
from itsm.org.models import School

PERSONAL = frozenset({OutageKind.ILL, OutageKind.CAR})


def out_on(user_id: int, day: date) -> bool:
    """Say whether a manager drives nowhere on this day, because of illness or without a car."""
    return (user_id, day) in out_between([user_id], day, day)


def out_between(user_ids: Collection[int], first_on: date, last_on: date) -> frozenset[tuple[int, date]]:
    """Return which of these people are out on which of these days; one query.

    Source: docs/rules/visits.md, VI-29.
    """
    rows = db.session.execute(
        sa.select(Outage.user_id, Outage.first_on, Outage.last_on).where(
            Outage.user_id.in_(user_ids), Outage.first_on <= last_on, Outage.last_on >= first_on
        )
    )
    return frozenset(
        (user_id, day)
        for user_id, first, last in rows
        if user_id is not None
        for day in _days(max(first, first_on), min(last, last_on))
    )


def without_driver() -> sa.ColumnElement[bool]:
    """Return the filter of the planned visits whose manager is out on their day: nobody comes as they stand."""
    return sa.and_(
        Visit.state == VisitState.PLANNED,
        sa.exists().where(
            Outage.user_id == Visit.user_id, Visit.visit_on >= Outage.first_on, Visit.visit_on <= Outage.last_on
        ),
    )


def stands_without_driver(visit: Visit) -> bool:
    """Say whether nobody comes for this visit as it stands; `without_driver` draws the same line."""
    return visit.state is VisitState.PLANNED and out_on(visit.user_id, visit.visit_on)


def covering(user_id: int, first_on: date, last_on: date) -> Outage | None:
    """Return an outage of a person that covers all of these days."""
    return db.session.scalar(
        sa.select(Outage)
        .where(Outage.user_id == user_id, Outage.first_on <= first_on, Outage.last_on >= last_on)
        .order_by(Outage.id.desc())
        .limit(1)
    )


def outages_for(actor: Actor, on: date) -> Sequence[Outage]:
    """Return the outages this person may see that last until this day or longer, the newest first."""
    return db.session.scalars(
        sa.select(Outage)
        .where(_visible(actor), Outage.last_on >= on)
        .order_by(Outage.id.desc())
        .options(joinedload(Outage.user), joinedload(Outage.school), joinedload(Outage.plan))
    ).all()


def get_for(actor: Actor, outage_id: int) -> Outage:
    """Return an outage.

    Raises: NotAllowed for whoever plans nothing; NotFound for one this person does not see.
    """
    if not actor.may_somewhere(Verb.VISIT_PLAN):
        raise NotAllowed("Ausfälle sehen das Campusmanagement und die Teamleitung.")
    found = None
    if 0 < outage_id <= LARGEST_ID:
        found = db.session.scalar(
            sa.select(Outage)
            .where(Outage.id == outage_id, _visible(actor))
            .options(joinedload(Outage.user), joinedload(Outage.school), joinedload(Outage.plan))
        )
    if found is None:
        raise NotFound("Diesen Ausfall gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return found


def affected_by(outage: Outage) -> Sequence[Visit]:
    """Return the planned visits that cannot take place as they stand because of an outage, in the order of time."""
    whose = Visit.user_id == outage.user_id if outage.user_id is not None else Visit.school_id == outage.school_id
    return db.session.scalars(
        sa.select(Visit)
        .where(whose, Visit.visit_on.between(outage.first_on, outage.last_on), Visit.state == VisitState.PLANNED)
        .order_by(Visit.visit_on, Visit.starts_at, Visit.id)
        .options(joinedload(Visit.school, innerjoin=True), joinedload(Visit.user, innerjoin=True))
    ).all()


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The team lead sees every outage, a manager the own ones and those of the district's schools."""
    scope = actor.scope(Verb.VISIT_PLAN)
    if scope.everywhere:
        return sa.true()
    schools = sa.select(School.id).where(scope.among(School.id, School.district_id))
    return sa.or_(Outage.user_id == actor.user_id, Outage.school_id.in_(schools))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
