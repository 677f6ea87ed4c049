"""Named selects over tickets; each begins with what the person may see."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from itsm.accounts.models import GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.org.models import Room, School, SchoolSite
from itsm.tickets import policy
from itsm.tickets.models import Entry, FaultType, Photo, Ticket, TicketDevice
from itsm.tickets.states import State

LARGEST_ID = 2**31 - 1
RELATED = 5
SCHOOLS_SHOWN = 20


def get_for(actor: Actor, ticket_id: int) -> Ticket:
    """Return the ticket with what every rule about it asks for.

    Raises: NotFound unless it exists and the person may see it.
    """
    return _one(actor, ticket_id, joinedload(Ticket.school, innerjoin=True))


def record(actor: Actor, ticket_id: int) -> Ticket:
    """Return the ticket with everything its page shows but the timeline.

    Raises: NotFound unless it exists and the person may see it.
    """
    person = (User.name, User.phone, User.email)
    return _one(
        actor,
        ticket_id,
        joinedload(Ticket.school, innerjoin=True),
        joinedload(Ticket.site, innerjoin=True),
        joinedload(Ticket.fault_type, innerjoin=True),
        joinedload(Ticket.reporter, innerjoin=True).load_only(*person),
        joinedload(Ticket.assignee).load_only(*person),
        joinedload(Ticket.group),
        selectinload(Ticket.devices),
        selectinload(Ticket.steps),
        selectinload(Ticket.photos),
    )


def entries_for(actor: Actor, ticket: Ticket) -> list[Entry]:
    """Return the timeline as far as this person may read it, oldest first."""
    select = (
        sa.select(Entry)
        .where(Entry.ticket_id == ticket.id)
        .order_by(Entry.id)
        .options(joinedload(Entry.author).load_only(User.name))
    )
    if not policy.may_see_internal(actor, ticket):
        select = select.where(Entry.is_public)
    return list(db.session.scalars(select))


def related(actor: Actor, ticket: Ticket) -> list[Ticket]:
    """Return the latest other tickets of the same room or the same devices."""
    same: list[sa.ColumnElement[bool]] = [sa.false()]
    if ticket.room_id is not None:
        same.append(Ticket.room_id == ticket.room_id)
    if tags := [device.tag for device in ticket.devices]:
        with_device = sa.select(TicketDevice.ticket_id).where(TicketDevice.tag.in_(tags)).scalar_subquery()
        # An array is computed once, so that both parts of the OR stay index conditions.
        same.append(Ticket.id == sa.any_(sa.func.array(with_device)))
    if len(same) == 1:
        return []
    return list(
        db.session.scalars(
            sa.select(Ticket)
            .where(policy.visible_to(actor), sa.or_(*same), Ticket.id != ticket.id)
            .order_by(Ticket.id.desc())
            .limit(RELATED)
            .options(joinedload(Ticket.school, innerjoin=True).load_only(School.sharing))
        )
    )


def photo_for(actor: Actor, ticket_id: int, token: str) -> Photo:
    """Return a photo of a ticket the person may see.

    Raises: NotFound otherwise.
    """
    found = None
    if 0 < ticket_id <= LARGEST_ID and token.isalnum():
        found = db.session.scalar(
            sa.select(Photo)
            .join(Ticket, Ticket.id == Photo.ticket_id)
            .where(Photo.token == token, Ticket.id == ticket_id, policy.visible_to(actor))
        )
    if found is None:
        raise NotFound
    return found


def school_to_report_for(actor: Actor, school_id: int | None) -> School | None:
    """Return the school a person reports for: the chosen one, else their only one; with its buildings.

    Raises: NotFound if the person may not report for the chosen one.
    """
    select = (
        sa.select(School)
        .where(policy.reportable_by(actor))
        .options(selectinload(School.places).joinedload(SchoolSite.site, innerjoin=True))
        .order_by(School.id)
        .limit(2)
    )
    if school_id is not None:
        found = db.session.scalar(select.where(School.id == school_id)) if 0 < school_id <= LARGEST_ID else None
        if found is None:
            raise NotFound
        return found
    schools = db.session.scalars(select).all()
    return schools[0] if len(schools) == 1 else None


def schools_to_report_for(actor: Actor, q: str) -> list[School]:
    """Return schools a person may report for whose name or number has these words."""
    select = sa.select(School).where(policy.reportable_by(actor)).order_by(School.name).limit(SCHOOLS_SHOWN)
    for word in q.replace("\x00", "").split():
        select = select.where(
            sa.or_(School.name.icontains(word, autoescape=True), School.number.startswith(word, autoescape=True))
        )
    return list(db.session.scalars(select))


def fault_types() -> list[FaultType]:
    """Return the kinds of faults on offer, with their steps."""
    return list(
        db.session.scalars(
            sa.select(FaultType)
            .where(FaultType.is_active)
            .order_by(FaultType.position)
            .options(selectinload(FaultType.steps))
        )
    )


def rooms_of(school: School) -> list[Room]:
    """Return the rooms of all buildings of a school."""
    sites = [place.site_id for place in school.places]
    return list(db.session.scalars(sa.select(Room).where(Room.site_id.in_(sites)).order_by(Room.name)))


def _one(actor: Actor, ticket_id: int, *options: LoaderOption) -> Ticket:
    ticket = None
    if 0 < ticket_id <= LARGEST_ID:
        ticket = db.session.scalar(
            sa.select(Ticket).where(Ticket.id == ticket_id, policy.visible_to(actor)).options(*options)
        )
    if ticket is None:
        raise NotFound
    return ticket


def user_to_assign(user_id: int | None) -> User:
    """Return the person a ticket is handed to; whether they may take it is a rule of the verb.

    Raises: NotFound if there is nobody of this number.
    """
    found = db.session.get(User, user_id) if user_id and 0 < user_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def people_to_assign(ticket: Ticket, on: date) -> list[User]:
    """Return the people a ticket may be handed to where it lies now."""
    if ticket.state is State.SECOND_LEVEL:
        place = sa.and_(GrantRow.role == Role.SECOND_LEVEL, GrantRow.district_id.is_(None))
    else:
        place = sa.and_(GrantRow.role == Role.CAMPUS_MANAGER, GrantRow.district_id == ticket.district_id)
    return list(
        db.session.scalars(
            sa.select(User)
            .where(User.disabled_at.is_(None), User.id.in_(sa.select(GrantRow.user_id).where(place, holds(on))))
            .order_by(User.name)
            .options(load_only(User.name))
        )
    )


def school_of_number(number: str) -> School | None:
    """Return the school of an official number with its buildings."""
    return db.session.scalar(
        sa.select(School)
        .where(School.number == number)
        .options(selectinload(School.places).joinedload(SchoolSite.site, innerjoin=True))
    )
