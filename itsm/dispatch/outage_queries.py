"""Who is out on which day, and the reported outages as people see them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from itsm.accounts.models import User
from itsm.accounts.queries import manager_on
from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.dispatch.models import Outage, Visit
from itsm.dispatch.states import VisitState
from itsm.org.models import School


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


def unserved(today: date, at: datetime) -> Sequence[Visit]:
    """Return the planned visits of today that should have begun and cannot: no driver, or a school that is closed."""
    closed = sa.exists().where(
        Outage.school_id == Visit.school_id, Visit.visit_on >= Outage.first_on, Visit.visit_on <= Outage.last_on
    )
    return db.session.scalars(
        sa.select(Visit)
        .where(
            Visit.visit_on == today,
            Visit.state == VisitState.PLANNED,
            Visit.starts_at <= at,
            sa.or_(without_driver(), closed),
        )
        .order_by(Visit.starts_at, Visit.id)
    ).all()


def is_closed(visit: Visit) -> bool:
    """Say whether the school of a visit was reported closed on its day."""
    return (
        db.session.scalar(
            sa.select(Outage.id)
            .where(
                Outage.school_id == visit.school_id,
                Outage.first_on <= visit.visit_on,
                Outage.last_on >= visit.visit_on,
            )
            .limit(1)
        )
        is not None
    )


def driver_on(district_id: int, day: date) -> User | None:
    """Return who drives in a district on a day; nobody if that person has no car.

    Source: docs/rules/visits.md, VI-5 and VI-29.
    """
    driver, _ = manager_on(district_id, day)
    return None if driver is None or out_on(driver.id, day) else driver


def stranded_for(actor: Actor, today: date) -> Sequence[Visit]:
    """Return the visits to come that nobody drives to, for whoever plans them; the first ones first."""
    scope = actor.scope(Verb.VISIT_PLAN)
    if not scope:
        return ()
    return db.session.scalars(
        sa.select(Visit)
        .where(scope.among(Visit.school_id, Visit.district_id), Visit.visit_on >= today, without_driver())
        .order_by(Visit.visit_on, Visit.starts_at, Visit.id)
        .options(joinedload(Visit.school, innerjoin=True), joinedload(Visit.user, innerjoin=True))
    ).all()


def days_of(outage: Outage) -> list[date]:
    """Return every day of an outage."""
    return _days(outage.first_on, outage.last_on)


def affected_by(outage: Outage) -> Sequence[Visit]:
    """Return the planned visits that cannot take place as they stand because of an outage, in the order of time."""
    whose = Visit.user_id == outage.user_id if outage.user_id is not None else Visit.school_id == outage.school_id
    return db.session.scalars(
        sa.select(Visit)
        .where(whose, Visit.visit_on.between(outage.first_on, outage.last_on), Visit.state == VisitState.PLANNED)
        .order_by(Visit.visit_on, Visit.starts_at, Visit.id)
        .options(joinedload(Visit.school, innerjoin=True), joinedload(Visit.user, innerjoin=True))
    ).all()


def begun_by(outage: Outage) -> Sequence[Visit]:
    """Return the visits somebody who is out had begun already; they end them themselves."""
    if outage.user_id is None:
        return ()
    return db.session.scalars(
        sa.select(Visit)
        .where(
            Visit.user_id == outage.user_id,
            Visit.visit_on.between(outage.first_on, outage.last_on),
            Visit.state.in_([VisitState.DRIVING, VisitState.ON_SITE]),
        )
        .order_by(Visit.starts_at)
        .options(joinedload(Visit.school, innerjoin=True))
    ).all()


def schools_for(actor: Actor) -> Sequence[School]:
    """Return the schools this person plans visits for, by name."""
    return db.session.scalars(
        sa.select(School)
        .where(
            actor.scope(Verb.VISIT_PLAN).among(School.id, School.district_id),
            School.closed_at.is_(None),
            School.district_id.is_not(None),
        )
        .order_by(School.short_name, School.id)
        .options(defer(School.source))
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
