"""The fixed visiting times of a school."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.dispatch import policy
from itsm.dispatch.models import Visit, VisitingTime
from itsm.dispatch.service import bundles, visits
from itsm.dispatch.states import VisitState
from itsm.dispatch.timetable import Rhythm
from itsm.org.models import School, Site


def add(actor: Actor, school: School, site: Site, rhythm: Rhythm, at: datetime) -> VisitingTime:
    """Give a school a fixed visiting time; its visits are made at once.

    Raises: NotAllowed unless the actor plans for this school; DomainError if it ends before it begins.
    """
    _require(actor, school)
    if rhythm.until_on is not None and rhythm.until_on < rhythm.from_on:
        raise DomainError("Das Ende liegt vor dem Beginn. Bitte prüfen Sie die beiden Tage.")
    fixed = VisitingTime(
        school=school,
        site=site,
        weekday=rhythm.weekday,
        starts=rhythm.starts,
        minutes=rhythm.minutes,
        every_weeks=rhythm.every_weeks,
        from_on=rhythm.from_on,
        until_on=rhythm.until_on,
    )
    db.session.add(fixed)
    db.session.flush()
    visits.make_visits(at, school.id)
    return fixed


def change(actor: Actor, fixed: VisitingTime, site: Site, rhythm: Rhythm, at: datetime) -> VisitingTime:
    """Replace a fixed visiting time from today on; what was driven under the old one stays."""
    end(actor, fixed, at)
    return add(actor, fixed.school, site, rhythm, at)


def end(actor: Actor, fixed: VisitingTime, at: datetime) -> None:
    """End a fixed visiting time today; tickets of visits that fall away go to the next one left."""
    school = fixed.school
    _require(actor, school)
    today = clock.local_day(at)
    coming = db.session.scalars(
        sa.select(Visit).where(
            Visit.visiting_time_id == fixed.id, Visit.visit_on >= today, Visit.state == VisitState.PLANNED
        )
    ).all()
    fixed.until_on = today - timedelta(days=1)
    _drop(coming, at)
    bundles.bundle(school.id, at)
    visits.plan_days(coming, at)


def _drop(coming: Sequence[Visit], at: datetime) -> None:
    """Delete visits nobody has begun; nothing was done on them, and the school is told of the new ones."""
    for visit in coming:
        bundles.release(visit, "Die Besuchszeit Ihrer Schule hat sich geändert.", at)
    for visit in coming:
        db.session.delete(visit)
    db.session.flush()


def _require(actor: Actor, school: School) -> None:
    if not policy.may_plan_for(actor, school):
        raise NotAllowed("Besuchszeiten legt das Campusmanagement des Bezirks oder die Teamleitung fest.")
