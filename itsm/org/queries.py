"""Named selects over schools, buildings and districts; whoever may not see a thing is told it does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.org import policy
from itsm.org.models import District, MovableDay, Room, School, SchoolMove, SchoolSite, SchoolUpload, Site

# PostgreSQL's largest integer: a longer number in an address bar is no key of ours.


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
    return _seen(actor, School.id == school_id if 0 < school_id <= LARGEST_ID else sa.false())


def by_number(actor: Actor, number: str) -> School:
    """The school with this official number, with everything its page shows.

    Raises: NotFound for a school the actor does not see.
    """
    return _seen(actor, School.number == number if is_number(number) else sa.false())


def to_edit(actor: Actor, number: str) -> School:
    """The school with this number, for somebody who may change its rooms, contacts and times.

    Raises: NotFound for a school the actor does not see; NotAllowed for one they only see.
    """
    school = by_number(actor, number)
    if not policy.may_edit(actor, school):
        raise NotAllowed("Diese Angaben ändern die Medienkoordination, die Schulleitung und das Campusmanagement.")
    return school


def to_share(actor: Actor, number: str) -> School:
    """The school with this number, for its head.

    Raises: NotFound for a school the actor does not see; NotAllowed for anybody else.
    """
    school = by_number(actor, number)
    if not policy.may_share(actor, school):
        raise NotAllowed("Das legt die Schulleitung fest.")
    return school


def to_move(actor: Actor, number: str) -> School:
    """The school with this number, for its team lead.

    Raises: NotFound for a school the actor does not see; NotAllowed for anybody else.
    """
    school = by_number(actor, number)
    if not policy.may_move(actor, school):
        raise NotAllowed("Schulen gibt nur die Teamleitung in einen anderen Bezirk.")
    return school


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


def site_to_edit(actor: Actor, number: str, site_id: int) -> tuple[School, Site]:
    """A school one may change, and one of its buildings.

    Raises: NotFound for what the actor does not see; NotAllowed for what they only see.
    """
    to_edit(actor, number)
    return site_of(actor, number, site_id)


def room_to_edit(actor: Actor, number: str, room_id: int) -> tuple[School, Room]:
    """A school one may change, and a room in one of its buildings.

    Raises: NotFound for what the actor does not see; NotAllowed for what they only see.
    """
    to_edit(actor, number)
    return room_of(actor, number, room_id)


def room_of(actor: Actor, number: str, room_id: int) -> tuple[School, Room]:
    """A school and a room in one of its buildings.

    Raises: NotFound if the actor does not see the school or the room is not in one of its buildings.
    """
    school = by_number(actor, number)
    room = db.session.get(Room, room_id) if 0 < room_id <= LARGEST_ID else None
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
    return {site_id: count for site_id, count in db.session.execute(counted)}  # noqa: C416


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


@dataclass(frozen=True)
class MoveRow:
    """A change of district, with the names of both."""

    move: SchoolMove
    from_name: str | None
    to_name: str


def moves_of(school: School) -> list[MoveRow]:
    """The changes of district of a school, the latest first."""
    before, after = aliased(District), aliased(District)
    moves = (
        sa.select(SchoolMove, before.name, after.name)
        .outerjoin(before, before.id == SchoolMove.from_district_id)
        .join(after, after.id == SchoolMove.to_district_id)
        .where(SchoolMove.school_id == school.id)
        .order_by(SchoolMove.id.desc())
        .limit(20)
    )
    return [MoveRow(move, from_name, to_name) for move, from_name, to_name in db.session.execute(moves)]


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
            District.number == number if 0 < number <= LARGEST_ID else sa.false(), policy.visible_districts(actor)
        )
    )
    if district is None:
        raise NotFound("Diesen Bezirk gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return district


def district_to_edit(actor: Actor, number: int) -> District:
    """The district with this number, for a team lead of the city.

    Raises: NotFound for a district the actor does not see; NotAllowed for one they only see.
    """
    district = district_by_number(actor, number)
    if not policy.may_edit_districts(actor):
        raise NotAllowed("Bezirke benennt nur die Teamleitung.")
    return district


def receiving_district(actor: Actor, district_id: int) -> District:
    """A district into which the actor may move a school.

    Raises: NotFound for any other.
    """
    for district in receiving_districts(actor):
        if district.id == district_id:
            return district
    raise NotFound("Diesen Bezirk gibt es nicht, oder Sie haben darauf keinen Zugriff.")


def usual_carrier() -> str:
    """The carrier most schools have, to offer it for the next list; nothing while there are none."""
    most = sa.select(School.carrier).group_by(School.carrier).order_by(sa.func.count().desc(), School.carrier).limit(1)
    return db.session.scalar(most) or ""


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
    found = db.session.get(SchoolUpload, upload_id) if 0 < upload_id <= LARGEST_ID else None
    if found is None or not policy.may_import(actor):
        raise NotFound("Diese Schulliste gibt es nicht mehr. Bitte laden Sie die Datei noch einmal hoch.")
    return found
