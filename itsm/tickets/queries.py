"""Named selects over tickets; each begins with what the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import defer, joinedload
from sqlalchemy.orm.interfaces import LoaderOption

from itsm.accounts.models import GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core.access import Actor, Role
from itsm.core.db import LARGEST_ID, Model, db
from itsm.core.errors import NotFound
from itsm.org.models import Room, School, SchoolSite, Site
from itsm.tickets import devices, policy
from itsm.tickets.devices import Named
from itsm.tickets.models import Entry, FaultType, Outcome, Photo, Ticket, TicketStep
from itsm.tickets.states import State

RELATED = 5
SCHOOLS_SHOWN = 20


def get_for(actor: Actor, ticket_id: int) -> Ticket:
    """Return the ticket with what every rule about it asks for.

    Raises: NotFound unless it exists and the person may see it.
    """
    return _one(actor, ticket_id, joinedload(Ticket.school, innerjoin=True).defer(School.source))


@dataclass(frozen=True)
class Parts:
    """What was named, tried and photographed in a report: devices, (step, outcome), tokens of photos."""

    devices: list[Named]
    steps: list[tuple[str, Outcome]]
    photos: list[str]


@dataclass(frozen=True)
class Line:
    """A line of the timeline as the page shows it."""

    at: datetime
    author: str | None
    is_public: bool
    move: str | None
    text: str


# Built once: only the columns the page shows, since a page of many tables is slow by its columns.
_PERSON = (User.name, User.phone, User.email)
_RECORD: tuple[LoaderOption, ...] = (
    joinedload(Ticket.school, innerjoin=True).load_only(
        School.number, School.short_name, School.phone, School.sharing, School.district_id
    ),
    joinedload(Ticket.site, innerjoin=True).load_only(Site.street, Site.postcode, Site.town),
    joinedload(Ticket.fault_type, innerjoin=True).load_only(FaultType.name),
    joinedload(Ticket.reporter, innerjoin=True).load_only(*_PERSON),
    joinedload(Ticket.assignee).load_only(*_PERSON),
    joinedload(Ticket.group),
)


def record(actor: Actor, ticket_id: int) -> tuple[Ticket, Parts]:
    """Return the ticket with everything its page shows but the timeline; one select.

    Raises: NotFound unless it exists and the person may see it.
    """
    found = None
    if 0 < ticket_id <= LARGEST_ID:
        found = db.session.execute(_record_select(actor), {"number": ticket_id}).one_or_none()
    if found is None:
        raise NotFound
    ticket, named, steps, photos = found
    tried = [(text, Outcome(outcome)) for text, outcome in steps or []]
    return ticket, Parts([Named(*one) for one in named or []], tried, photos or [])


@lru_cache(maxsize=4096)
def _record_select(actor: Actor) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Ticket,
        devices.gathered(actor),
        _gathered(TicketStep, TicketStep.position, TicketStep.text, TicketStep.outcome),
        _gathered(Photo, Photo.id, Photo.token),
    )
    return sa.select(*columns).where(Ticket.id == sa.bindparam("number"), policy.visible_to(actor)).options(*_RECORD)


def _gathered(table: type[Model], order: Any, *columns: Any) -> Any:
    value = columns[0] if len(columns) == 1 else sa.func.json_build_array(*columns)
    return (
        sa.select(sa.func.json_agg(aggregate_order_by(value, order)))
        .where(table.__table__.c.ticket_id == Ticket.id)
        .correlate(Ticket)
        .scalar_subquery()
    )


_LINES = (
    sa.select(Entry.at, User.name, Entry.is_public, Entry.move, Entry.text)
    .outerjoin(User, User.id == Entry.author_id)
    .where(Entry.ticket_id == sa.bindparam("number"))
    .order_by(Entry.id)
)
_PUBLIC_LINES = _LINES.where(Entry.is_public)


def timeline(actor: Actor, ticket: Ticket) -> list[Line]:
    """Return the timeline as far as this person may read it, oldest first."""
    select = _LINES if policy.may_see_internal(actor, ticket) else _PUBLIC_LINES
    return [Line(*row) for row in db.session.execute(select, {"number": ticket.id})]


def related(actor: Actor, ticket: Ticket) -> Sequence[sa.Row[Any]]:
    """Return number, title and state of the latest other tickets of the same room."""
    if ticket.room_id is None:
        return []
    return db.session.execute(_related_select(actor), {"number": ticket.id, "room": ticket.room_id}).all()


@lru_cache(maxsize=4096)
def _related_select(actor: Actor) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (Ticket.id, Ticket.title, Ticket.state)
    return (
        sa.select(*columns)
        .where(policy.visible_to(actor), Ticket.room_id == sa.bindparam("room"), Ticket.id != sa.bindparam("number"))
        .order_by(Ticket.id.desc())
        .limit(RELATED)
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
    if school_id is None:
        only = db.session.scalars(sa.select(School.id).where(policy.reportable_by(actor)).limit(2)).all()
        return _school(School.id == only[0]) if len(only) == 1 else None
    found = _school(School.id == school_id, policy.reportable_by(actor)) if 0 < school_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def schools_to_report_for(actor: Actor, q: str) -> list[School]:
    """Return schools a person may report for whose name or number has these words."""
    select = sa.select(School).where(policy.reportable_by(actor)).order_by(School.name).limit(SCHOOLS_SHOWN)
    for word in q.replace("\x00", "").split():
        select = select.where(
            sa.or_(School.name.icontains(word, autoescape=True), School.number.startswith(word, autoescape=True))
        )
    return list(db.session.scalars(select))


def fault_types() -> list[FaultType]:
    """Return the kinds of faults on offer; the steps are read for the chosen one alone."""
    return list(db.session.scalars(sa.select(FaultType).where(FaultType.is_active).order_by(FaultType.position)))


def fault_type(fault_type_id: int | None) -> FaultType | None:
    """Return a kind of fault that is on offer, with its steps."""
    if fault_type_id is None or not 0 < fault_type_id <= LARGEST_ID:
        return None
    select = sa.select(FaultType).where(FaultType.id == fault_type_id, FaultType.is_active)
    return db.session.scalars(select.options(joinedload(FaultType.steps))).unique().one_or_none()


def fault_type_called(key: str) -> FaultType | None:
    """Return a kind of fault that is on offer by its key, with its steps."""
    select = sa.select(FaultType).where(FaultType.key == key, FaultType.is_active)
    return db.session.scalars(select.options(joinedload(FaultType.steps))).unique().one_or_none()


def rooms_of(school: School) -> Sequence[str]:
    """Return the names of the rooms of all buildings of a school."""
    sites = [place.site_id for place in school.places]
    return db.session.scalars(sa.select(Room.name).where(Room.site_id.in_(sites)).order_by(Room.name)).all()


def room_named(site_id: int, name: str) -> sa.Row[int, str] | None:
    """Return number and name of the room of a building that is called so, in whatever capitals."""
    same = sa.func.lower(Room.name) == name.lower()
    return db.session.execute(sa.select(Room.id, Room.name).where(Room.site_id == site_id, same).limit(1)).one_or_none()


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


def people_to_assign(ticket: Ticket, on: date) -> Sequence[sa.Row[int, str]]:
    """Return number and name of the people a ticket may be handed to where it lies now."""
    second_level = ticket.state is State.SECOND_LEVEL
    place = {"role": Role.SECOND_LEVEL if second_level else Role.CAMPUS_MANAGER, "on": on}
    return db.session.execute(_PEOPLE, place | {"district": None if second_level else ticket.district_id}).all()


_PEOPLE = (
    sa.select(User.id, User.name)
    .join(GrantRow, GrantRow.user_id == User.id)
    .where(
        User.disabled_at.is_(None),
        GrantRow.role == sa.bindparam("role"),
        GrantRow.district_id.is_not_distinct_from(sa.bindparam("district", type_=sa.Integer)),
        holds(sa.bindparam("on", type_=sa.Date)),
    )
    .order_by(User.name)
    .distinct()
)


def school_of_number(number: str) -> School | None:
    """Return the school of an official number with its buildings."""
    return _school(School.number == number)


def _school(*conditions: sa.ColumnElement[bool]) -> School | None:
    places = joinedload(School.places).joinedload(SchoolSite.site, innerjoin=True)
    select = sa.select(School).where(*conditions).options(defer(School.source), places)
    return db.session.scalars(select).unique().one_or_none()
