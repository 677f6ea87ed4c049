"""What can be done to a school, its buildings and its district; every verb checks the right first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.events import publish
from itsm.org import policy
from itsm.org.addresses import address_key
from itsm.org.coordinates import Position
from itsm.org.events import SchoolMoved
from itsm.org.models import (
    BellTime,
    Contact,
    District,
    IServInstance,
    MovableDay,
    Room,
    School,
    SchoolMove,
    SchoolSite,
    Sharing,
    Site,
    VisitingHours,
)

MOST_ROOMS = 300
LONGEST_ROOM_NAME = 60


@dataclass(frozen=True)
class Lesson:
    """One line of a school's timetable of bells."""

    label: str
    starts: time
    ends: time


@dataclass(frozen=True)
class Window:
    """When support may come on a weekday (0 = Monday)."""

    weekday: int
    opens: time
    closes: time


def move_school(actor: Actor, school: School, district: District, reason: str, at: datetime) -> SchoolMove:
    """Give a school to another district; who listens moves the open work, history stays.

    Raises: NotAllowed unless the actor leads both districts; DomainError if it is there already.
    Source: docs/rules/schools.md, SC-13.
    """
    if not policy.may_move(actor, school) or not policy.may_receive(actor, district):
        raise NotAllowed("Schulen gibt nur die Teamleitung in einen anderen Bezirk.")
    if school.district_id == district.id:
        raise DomainError(f"{school.name} gehört schon zu {district.name}.")
    move = SchoolMove(
        school_id=school.id,
        from_district_id=school.district_id,
        to_district_id=district.id,
        moved_at=at,
        moved_by=actor.name,
        reason=reason,
    )
    school.district = district
    db.session.add(move)
    db.session.flush()
    publish(SchoolMoved(school.id, move.from_district_id, district.id, at))
    return move


def edit_district(actor: Actor, district: District, name: str, base_name: str, base: Position) -> None:
    """Name a district and set where its day begins and ends."""
    if not policy.may_edit_districts(actor):
        raise NotAllowed("Bezirke benennt nur die Teamleitung.")
    district.name = name
    district.base_name = base_name or None
    district.base_latitude, district.base_longitude = base


def share_tickets(actor: Actor, school: School, sharing: Sharing) -> None:
    """Let colleagues see all tickets of their school, or only their own."""
    if not policy.may_share(actor, school):
        raise NotAllowed("Das legt die Schulleitung fest.")
    school.sharing = sharing


def note_for_visits(actor: Actor, school: School, note: str) -> None:
    """Keep what somebody driving to the school has to know."""
    _check_edit(actor, school)
    school.visit_note = note


def add_rooms(actor: Actor, school: School, site: Site, names: Sequence[tuple[str, str]]) -> int:
    """Add rooms (name, note) to a building; those it has already only get the note. Returns how many are new.

    Raises: NotAllowed; DomainError for too many lines, an empty or an overlong name.
    """
    _check_edit(actor, school)
    if len(names) > MOST_ROOMS:
        raise DomainError(f"Bitte höchstens {MOST_ROOMS} Räume auf einmal eintragen.")
    known = {room.name.casefold(): room for room in site.rooms}
    before = len(known)
    for name, note in names:
        _check_room_name(name)
        room = known.get(name.casefold())
        if room is None:
            known[name.casefold()] = room = Room(name=name, note=note)
            site.rooms.append(room)
        room.note = note or room.note
    db.session.flush()
    return len(known) - before


def rename_room(actor: Actor, school: School, room: Room, name: str, note: str) -> None:
    """Change what a room is called; its tickets stay with it."""
    _check_edit(actor, school)
    _check_room_name(name)
    if any(other is not room and other.name.casefold() == name.casefold() for other in room.site.rooms):
        raise DomainError(f"In diesem Gebäude gibt es schon einen Raum {name}.")
    room.name, room.note = name, note


def remove_room(actor: Actor, school: School, room: Room) -> None:
    """Delete a room nothing refers to.

    Raises: DomainError if tickets or devices stand in its name: then it has to be renamed instead.
    """
    _check_edit(actor, school)
    try:
        with db.session.begin_nested():
            db.session.delete(room)
            db.session.flush()
    except IntegrityError:
        raise DomainError(
            f"Zu Raum {room.name} gibt es Störungen oder Geräte. Er bleibt deshalb bestehen; Sie können ihn umbenennen."
        ) from None


def _check_room_name(name: str) -> None:
    if not name:
        raise DomainError("Ein Raum braucht einen Namen, so wie er an der Tür steht.")
    if len(name) > LONGEST_ROOM_NAME:
        raise DomainError(f"Der Raumname „{name[:20]}…“ ist zu lang (höchstens {LONGEST_ROOM_NAME} Zeichen).")


def add_site(actor: Actor, school: School, name: str, street: str, postcode: str, town: str, place: Position) -> Site:
    """Let a school use one more building; a known address is the same building.

    Raises: NotAllowed; DomainError if the school is there already.
    """
    _check_edit(actor, school)
    site = _site_at(street, postcode)
    if site is None:
        site = Site(name=name, street=street, postcode=postcode, town=town, latitude=place[0], longitude=place[1])
        db.session.add(site)
    elif any(used.site_id == site.id for used in school.places):
        raise DomainError(f"{site.label} ist schon als Gebäude dieser Schule eingetragen.")
    school.places.append(SchoolSite(site=site, is_main=not school.places))
    db.session.flush()
    return site


def _site_at(street: str, postcode: str) -> Site | None:
    here = db.session.scalars(sa.select(Site).where(Site.postcode == postcode).order_by(Site.id))
    key = address_key(street, postcode)
    return next((site for site in here if address_key(site.street, site.postcode) == key), None)


def describe_site(actor: Actor, school: School, site: Site, name: str, access_note: str) -> None:
    """Name a building and keep how one gets in."""
    _check_edit(actor, school)
    site.name, site.access_note = name, access_note


def leave_site(actor: Actor, school: School, site: Site) -> None:
    """Let a school no longer use a building; the building and what happened there stay.

    Raises: DomainError for the main building, whose address comes from the official list.
    """
    _check_edit(actor, school)
    place = next(place for place in school.places if place.site_id == site.id)
    if place.is_main:
        raise DomainError("Das Hauptgebäude kommt aus der amtlichen Liste und lässt sich nicht entfernen.")
    school.places.remove(place)


def add_contact(actor: Actor, school: School, name: str, function: str, phone: str, email: str) -> Contact:
    """Name somebody at the school to ask for."""
    _check_edit(actor, school)
    contact = Contact(name=name, function=function, phone=phone, email=email)
    school.contacts.append(contact)
    return contact


def remove_contact(actor: Actor, school: School, contact_id: int) -> None:
    """Take a contact off; one that is gone already is no error."""
    _check_edit(actor, school)
    school.contacts = [contact for contact in school.contacts if contact.id != contact_id]


def add_iserv(actor: Actor, school: School, host: str) -> IServInstance:
    """Note an IServ server of the school.

    Raises: DomainError if the address belongs to another school.
    """
    _check_edit(actor, school)
    host = host.lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    if db.session.scalar(sa.select(IServInstance).where(IServInstance.host == host)):
        raise DomainError(f"{host} ist schon eingetragen.")
    instance = IServInstance(host=host)
    school.iserv_instances.append(instance)
    return instance


def remove_iserv(actor: Actor, school: School, instance_id: int) -> None:
    """Take an IServ server off; one that is gone already is no error."""
    _check_edit(actor, school)
    school.iserv_instances = [one for one in school.iserv_instances if one.id != instance_id]


def set_bell_times(actor: Actor, school: School, lessons: Sequence[Lesson]) -> None:
    """Replace the lessons of the day.

    Raises: DomainError if a lesson ends before it starts or two overlap.
    """
    _check_edit(actor, school)
    inside_order = sorted(lessons, key=lambda lesson: lesson.starts)
    for lesson in inside_order:
        if lesson.ends <= lesson.starts:
            raise DomainError(f"„{lesson.label}“ endet, bevor die Stunde beginnt.")
    for earlier, later in pairwise(inside_order):
        if later.starts < earlier.ends:
            raise DomainError(f"„{earlier.label}“ und „{later.label}“ überschneiden sich.")
    school.bell_times = [BellTime(label=one.label, starts=one.starts, ends=one.ends) for one in inside_order]


def set_visiting_hours(actor: Actor, school: School, windows: Sequence[Window]) -> None:
    """Replace the windows in which support may come.

    Raises: DomainError if a window closes before it opens or two on a day overlap.
    """
    _check_edit(actor, school)
    inside_order = sorted(windows, key=lambda window: (window.weekday, window.opens))
    for window in inside_order:
        if window.closes <= window.opens:
            raise DomainError("Ein Besuchsfenster endet, bevor es beginnt.")
    for earlier, later in pairwise(inside_order):
        if earlier.weekday == later.weekday and later.opens < earlier.closes:
            raise DomainError("Zwei Besuchsfenster eines Tages überschneiden sich.")
    school.visiting_hours = [
        VisitingHours(weekday=one.weekday, opens=one.opens, closes=one.closes) for one in inside_order
    ]


def add_movable_day(actor: Actor, school: School, day: date, name: str) -> None:
    """Note a movable holiday of the school.

    Raises: DomainError if it is noted already.
    """
    _check_edit(actor, school)
    if any(known.day == day for known in school.movable_days):
        raise DomainError("Dieser bewegliche Ferientag ist schon eingetragen.")
    school.movable_days.append(MovableDay(day=day, name=name))


def remove_movable_day(actor: Actor, school: School, day_id: int) -> None:
    """Take a movable holiday off; one that is gone already is no error."""
    _check_edit(actor, school)
    school.movable_days = [one for one in school.movable_days if one.id != day_id]


def _check_edit(actor: Actor, school: School) -> None:
    if not policy.may_edit(actor, school):
        raise NotAllowed("Diese Angaben ändern die Medienkoordination, die Schulleitung und das Campusmanagement.")
