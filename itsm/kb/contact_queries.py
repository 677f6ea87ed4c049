"""Offices and editions of the overview, and the schools a person may choose there."""

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotAllowed, NotFound
from itsm.kb import policy
from itsm.kb.models import Edition, Office
from itsm.org import policy as org_policy
from itsm.org.models import School


def offices() -> list[Office]:
    """Return the offices in their order."""
    return list(db.session.scalars(sa.select(Office).order_by(Office.position, Office.id)))


def office_to_edit(actor: Actor, office_id: int) -> Office:
    """Return an office for somebody who keeps the overview.

    Raises: NotAllowed for everybody else; NotFound if it does not exist.
    """
    require_keeper(actor)
    office = db.session.get(Office, office_id)
    if office is None:
        raise NotFound("Diese Stelle gibt es nicht mehr.")
    return office


def require_keeper(actor: Actor) -> None:
    """Let through who keeps the overview.

    Raises: NotAllowed for everybody else.
    """
    if not policy.may_edit_contacts(actor):
        raise NotAllowed("Die Übersicht pflegen die Redaktion, die Teamleitung und die Administration.")


def editions() -> list[Edition]:
    """Return all editions, the newest first, without what stands in them."""
    newest_first = sa.select(Edition).order_by(Edition.number.desc())
    return list(db.session.scalars(newest_first.options(defer(Edition.content), joinedload(Edition.by))))


def newest_edition() -> Edition | None:
    """Return the newest edition; None before the first."""
    return db.session.scalar(sa.select(Edition).order_by(Edition.number.desc()).limit(1))


def edition(number: int) -> Edition:
    """Return an edition.

    Raises: NotFound if there is none of this number.
    """
    found = db.session.scalar(sa.select(Edition).where(Edition.number == number))
    if found is None:
        raise NotFound(f"Eine Ausgabe {number} gibt es nicht.")
    return found


def edition_before(number: int) -> Edition | None:
    """Return the edition before this one, if there was one."""
    return db.session.scalar(sa.select(Edition).where(Edition.number < number).order_by(Edition.number.desc()).limit(1))


def schools(actor: Actor) -> dict[str, str]:
    """Return the open schools this person may choose: number and name, by name."""
    rows = db.session.execute(
        sa.select(School.number, School.short_name)
        .where(org_policy.visible_to(actor), School.closed_at.is_(None))
        .order_by(School.short_name, School.id)
    )
    return {row.number: row.short_name for row in rows}


def school_of(actor: Actor, number: str) -> School:
    """Return a school this person may choose.

    Raises: NotFound for any other.
    """
    school = db.session.scalar(sa.select(School).where(School.number == number, org_policy.visible_to(actor)))
    if school is None:
        raise NotFound
    return school
