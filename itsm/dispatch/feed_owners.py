"""Whose visits a calendar address shows."""

from collections.abc import Sequence

import sqlalchemy as sa

from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound
from itsm.dispatch import policy
from itsm.dispatch.models import CalendarFeed
from itsm.org.models import School


def schools_of(actor: Actor) -> Sequence[School]:
    """Return the schools for which a person may make an address."""
    led = actor.scope(Verb.VISIT_ANSWER).school_ids
    return db.session.scalars(sa.select(School).where(School.id.in_(led)).order_by(School.short_name, School.id)).all()


def school_of(actor: Actor, school_id: int) -> School:
    """Return one of them.

    Raises: NotFound for any other school.
    """
    school = db.session.get(School, school_id) if 0 < school_id <= LARGEST_ID else None
    if school is None or not policy.may_answer_for(actor, school):
        raise NotFound("Für diese Schule können Sie keine Kalenderadresse anlegen.")
    return school


def name_of(feed: CalendarFeed) -> str:
    """What the calendar is called in the reader's program."""
    school = db.session.get(School, feed.school_id) if feed.school_id else None
    return f"Schul-IT-Besuche {school.short_name}" if school else "Meine Schulbesuche"
