"""Named selects over schools, buildings and districts; whoever may not see a thing is told it does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.org import policy
from itsm.org.models import District, MovableDay, Room, School, SchoolSite, SchoolUpload, Site

# PostgreSQL's largest integer: a longer number in an address bar is no key of ours.
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class DistrictRow:
    """A district with what it carries."""

    district: District
    schools: int
    pupils: int


def get_for(actor: Actor, school_id: int) -> School:
    """The school with this id.

    Raises: NotFound for a school the actor does not see.
    """
    return _seen(actor, School.id == school_id if 0 < school_id <= _LARGEST_ID else sa.false())


def by_number(actor: Actor, number: str) -> School:
    """The school with this official number, with everything its page shows.

    Raises: NotFound for a school the actor does not see.
    """
    return _seen(actor, School.number == number if is_number(number) else sa.false())


def is_number(text: str) -> bool:
    """Whether this can be the number of a school; anything else need not be looked for."""
    return len(text) == 6 and text.isascii() and text.isdecimal()


def _seen(actor: Actor, which: sa.ColumnElement[bool]) -> School:
    school = db.session.scalar(
        sa.select(School)
        .where(which, policy.visible_to(actor))
        .options(joinedload(School.district), selectinload(School.places).joinedload(SchoolSite.site))
    )
    if school is None:
        raise NotFound("Diese Schule gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return school


def site_of(actor: Actor, number: str, site_id: int) -> tuple[School, Site]:
    """A school and one of its buildings with its rooms.

    Raises: NotFound if the actor does not see the school or the building is not one of its own.
    """
    school = by_number(actor, number)
    site = next((place.site for place in school.places if place.site_id == site_id), None)
    if site is None:
        raise NotFound("Dieses Gebäude gehört nicht zu dieser Schule.")
    return school, site


def room_of(actor: Actor, number: str, room_id: int) -> tuple[School, Room]:
    """A school and a room in one of its buildings.

    Raises: NotFound if the actor does not see the school or the room is not in one of its buildings.
    """
    school = by_number(actor, number)
    room = db.session.get(Room, room_id) if 0 < room_id <= _LARGEST_ID else None
    if room is None or room.site_id not in {place.site_id for place in school.places}:
        raise NotFound("Diesen Raum gibt es an dieser Schule nicht.")
    return school, room


def rooms_of(school: School) -> Sequence[Room]:
    """All rooms in the buildings of a school, building by building."""
    return db.session.scalars(
        sa.select(Room)
        .join(SchoolSite, SchoolSite.site_id == Room.site_id)
        .where(SchoolSite.school_id == school.id)
        .order_by(SchoolSite.is_main.desc(), Room.site_id, Room.name)
        .options(joinedload(Room.site))
    ).all()


def room_counts(school: School) -> dict[int, int]:
    """Number of rooms of each building of a school."""
    counted = (
        sa.select(SchoolSite.site_id, sa.func.count(Room.id))
        .outerjoin(Room, Room.site_id == SchoolSite.site_id)
        .where(SchoolSite.school_id == school.id)
        .group_by(SchoolSite.site_id)
    )
    return dict(db.session.execute(counted).tuples().all())


def neighbours_of(school: School) -> Sequence[School]:
    """Other open schools in the same buildings."""
    here = sa.select(SchoolSite.site_id).where(SchoolSite.school_id == school.id)
    return db.session.scalars(
        sa.select(School)
        .join(SchoolSite)
        .where(SchoolSite.site_id.in_(here), School.id != school.id, School.closed_at.is_(None))
        .order_by(School.name)
        .distinct()
    ).all()


def movable_days_of(school_id: int) -> frozenset[date]:
    """The movable holidays of a school, for `calendar.is_school_day`."""
    return frozenset(db.session.scalars(sa.select(MovableDay.day).where(MovableDay.school_id == school_id)))


def open_schools(actor: Actor) -> Sequence[School]:
    """The open schools an actor sees, with their buildings, by name."""
    return db.session.scalars(
        sa.select(School)
        .where(policy.visible_to(actor), School.closed_at.is_(None))
        .order_by(School.name, School.id)
        .options(selectinload(School.places).joinedload(SchoolSite.site))
    ).all()


def district_by_number(actor: Actor, number: int) -> District:
    """The district with this number, with its schools.

    Raises: NotFound for a district the actor does not see.
    """
    district = db.session.scalar(
        sa.select(District).where(
            District.number == number if 0 < number <= _LARGEST_ID else sa.false(), policy.visible_districts(actor)
        )
    )
    if district is None:
        raise NotFound("Diesen Bezirk gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return district


def schools_of(district: District) -> Sequence[School]:
    """The open schools of a district, with their buildings, by name."""
    return db.session.scalars(
        sa.select(School)
        .where(School.district_id == district.id, School.closed_at.is_(None))
        .order_by(School.name, School.id)
        .options(selectinload(School.places).joinedload(SchoolSite.site))
    ).all()


def districts(actor: Actor) -> list[DistrictRow]:
    """The districts an actor sees, with their open schools and pupils counted."""
    counted = (
        sa.select(District, sa.func.count(School.id), sa.func.sum(School.pupils))
        .outerjoin(School, sa.and_(School.district_id == District.id, School.closed_at.is_(None)))
        .where(policy.visible_districts(actor))
        .group_by(District.id)
        .order_by(District.number)
    )
    return [DistrictRow(district, schools, pupils or 0) for district, schools, pupils in db.session.execute(counted)]


def receiving_districts(actor: Actor) -> list[District]:
    """The districts into which an actor may move a school."""
    found = db.session.scalars(sa.select(District).where(policy.visible_districts(actor)).order_by(District.number))
    return [district for district in found if policy.may_receive(actor, district)]


def schools_without_district(actor: Actor) -> int:
    """How many open schools an actor sees belong to no district."""
    return (
        db.session.scalar(
            sa.select(sa.func.count(School.id)).where(
                policy.visible_to(actor), School.closed_at.is_(None), School.district_id.is_(None)
            )
        )
        or 0
    )


def upload_for(actor: Actor, upload_id: int) -> SchoolUpload:
    """A school list that waits to be taken over.

    Raises: NotFound unless the actor administrates the city and the list is still there.
    """
    found = db.session.get(SchoolUpload, upload_id) if 0 < upload_id <= _LARGEST_ID else None
    if found is None or not policy.may_import(actor):
        raise NotFound("Diese Schulliste gibt es nicht mehr. Bitte laden Sie die Datei noch einmal hoch.")
    return found
