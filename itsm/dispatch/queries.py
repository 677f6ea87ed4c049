"""Named selects over visits; each that a person reads begins with what they may see."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from itsm.accounts.models import GrantRow, User
from itsm.accounts.sessions import holds
from itsm.assets.models import Device
from itsm.core import clock
from itsm.core.access import Actor, Role
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.dispatch import policy
from itsm.dispatch.models import Visit, VisitingTime, VisitTask, VisitTicket, Workday
from itsm.dispatch.states import OPEN, VisitState
from itsm.org.models import School
from itsm.tickets.models import Target, Ticket, TicketDevice
from itsm.tickets.states import State

PAGE = 50
JOBS_SHOWN = 10
# A ticket in one of these waits for somebody to come.
TO_VISIT = (State.NEW, State.ACCEPTED, State.PLANNED)


def get_for(actor: Actor, visit_id: int) -> Visit:
    """Return the visit with everything its pages show.

    Raises: NotFound unless it exists and the person may see it.
    """
    visit = None
    if 0 < visit_id <= LARGEST_ID:
        visit = db.session.scalar(
            sa.select(Visit).where(Visit.id == visit_id, policy.visible_to(actor)).options(*_whole(), _devices())
        )
    if visit is None:
        raise NotFound("Diesen Besuch gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return visit


def to_plan(actor: Actor, visit_id: int) -> Visit:
    """Return the visit for somebody who may move or cancel it.

    Raises: NotFound for the unseen; NotAllowed for one they only see.
    """
    visit = get_for(actor, visit_id)
    if not policy.may_plan(actor, visit):
        raise NotAllowed("Besuche verschiebt nur das Campusmanagement des Bezirks oder die Teamleitung.")
    return visit


def to_drive(actor: Actor, visit_id: int) -> Visit:
    """Return the visit for the person who drives it.

    Raises: NotFound for the unseen; NotAllowed for anybody else.
    """
    visit = get_for(actor, visit_id)
    if not policy.may_drive(actor, visit):
        raise NotAllowed("Diesen Besuch führt nur durch, wer dafür eingeteilt ist.")
    return visit


def day_of(user_id: int, day: date) -> Sequence[Visit]:
    """Return all visits of a manager on a day in driving order, with everything the day page shows."""
    return db.session.scalars(
        sa.select(Visit)
        .where(Visit.user_id == user_id, Visit.visit_on == day)
        .order_by(Visit.position, Visit.starts_at, Visit.id)
        .options(
            *_whole(),
            joinedload(Visit.school, innerjoin=True).selectinload(School.visiting_hours),
            joinedload(Visit.school, innerjoin=True).selectinload(School.bell_times),
        )
        .execution_options(populate_existing=True)
    ).all()


def districts_of(user_id: int, day: date) -> Sequence[int | None]:
    """Return the districts a manager drives in on a day, in the order in which their visits are locked."""
    return db.session.scalars(
        sa.select(Visit.district_id)
        .where(Visit.user_id == user_id, Visit.visit_on == day)
        .distinct()
        .order_by(Visit.district_id)
    ).all()


def workday(user_id: int, day: date) -> Workday | None:
    """Return when a manager works on a day, if that was entered."""
    return db.session.get(Workday, (user_id, day.weekday()))


def manager_for(actor: Actor, user_id: int | None, on: date) -> User:
    """Return the manager whose day is looked at: the chosen one, else the person themselves, else the first.

    Raises: NotFound if there is none the person may look at.
    """
    wanted = user_id if user_id is not None else actor.user_id
    user = db.session.get(User, wanted) if wanted and 0 < wanted <= LARGEST_ID else None
    if user is not None and policy.may_see_day_of(actor, user) and (user_id is not None or policy.drives(actor)):
        return user
    if user_id is None and (managers := managers_for(actor, on)):
        return managers[0]
    raise NotFound("Diesen Tag gibt es nicht, oder Sie haben darauf keinen Zugriff.")


def managers_for(actor: Actor, on: date) -> Sequence[User]:
    """Return the managers whose days the person may choose from; nobody for a manager."""
    if not policy.may_see_day_of(actor, User(id=0)):
        return ()
    rows = sa.select(GrantRow.user_id).where(GrantRow.role == Role.CAMPUS_MANAGER, holds(on))
    return db.session.scalars(
        sa.select(User).where(User.id.in_(rows), User.disabled_at.is_(None)).order_by(User.name, User.id)
    ).all()


def visits_for(
    actor: Actor, *, today: date, past: bool = False, school_id: int | None = None, after: str = ""
) -> tuple[Sequence[Visit], str]:
    """Return a page of visits, the coming ones first to last or the past ones last to first, and where it goes on."""
    select = (
        sa.select(Visit)
        .where(policy.visible_to(actor))
        .options(
            joinedload(Visit.school, innerjoin=True), joinedload(Visit.user, innerjoin=True), selectinload(Visit.jobs)
        )
    )
    if school_id is not None:
        select = select.where(Visit.school_id == school_id)
    place = sa.tuple_(Visit.visit_on, Visit.starts_at, Visit.id)
    reached = _place_of(after)
    if past:
        order = Visit.visit_on.desc(), Visit.starts_at.desc(), Visit.id.desc()
        select = select.where(Visit.visit_on < today, place < reached if reached is not None else sa.true())
    else:
        order = Visit.visit_on.asc(), Visit.starts_at.asc(), Visit.id.asc()
        select = select.where(Visit.visit_on >= today, place > reached if reached is not None else sa.true())
    visits = db.session.scalars(select.order_by(*order).limit(PAGE + 1)).all()
    last = visits[PAGE - 1] if len(visits) > PAGE else None
    return visits[:PAGE], f"{last.visit_on}.{int(last.starts_at.timestamp())}.{last.id}" if last else ""


def jobs_about(actor: Actor, device_id: int) -> Sequence[VisitTicket]:
    """Return what was or is to be done on visits about a device, on those the person sees, the latest first."""
    named = sa.select(TicketDevice.ticket_id).where(TicketDevice.device_id == device_id)
    return db.session.scalars(
        sa.select(VisitTicket)
        .join(VisitTicket.visit)
        .where(VisitTicket.ticket_id.in_(named), policy.visible_to(actor))
        .order_by(Visit.visit_on.desc(), Visit.id.desc())
        .limit(JOBS_SHOWN)
        .options(
            contains_eager(VisitTicket.visit).joinedload(Visit.user, innerjoin=True),
            joinedload(VisitTicket.ticket, innerjoin=True),
        )
    ).all()


def next_visit_of(ticket_id: int) -> Visit | None:
    """Return the visit on which a ticket waits to be dealt with."""
    return db.session.scalar(
        sa.select(Visit)
        .join(VisitTicket)
        .where(VisitTicket.ticket_id == ticket_id, Visit.state.in_(OPEN))
        .options(joinedload(Visit.user, innerjoin=True), joinedload(Visit.site, innerjoin=True))
        .limit(1)
    )


def next_visit_at(school_ids: Sequence[int], at: datetime) -> Visit | None:
    """Return the next visit to any of these schools."""
    return db.session.scalar(
        sa.select(Visit)
        .where(Visit.school_id.in_(school_ids), Visit.state.in_(OPEN), Visit.visit_on >= clock.local_day(at))
        .order_by(Visit.visit_on, Visit.starts_at)
        .options(joinedload(Visit.user, innerjoin=True), joinedload(Visit.school, innerjoin=True))
        .limit(1)
    )


def coming_visits_of(school_id: int, today: date) -> Sequence[Visit]:
    """Return the visits of a school that have not begun, the next first."""
    return db.session.scalars(
        sa.select(Visit)
        .where(Visit.school_id == school_id, Visit.state == VisitState.PLANNED, Visit.visit_on >= today)
        .order_by(Visit.visit_on, Visit.starts_at, Visit.id)
        .options(selectinload(Visit.jobs))
        .execution_options(populate_existing=True)
    ).all()


def tickets_to_visit(school_id: int, only: Collection[int] | None = None) -> Sequence[Ticket]:
    """Return the open on-site tickets of a school (all, or only these) that no visit deals with at this moment."""
    wanted = sa.true() if only is None else Ticket.id.in_(only)
    return db.session.scalars(
        sa.select(Ticket)
        .where(Ticket.school_id == school_id, wanted, to_be_visited(), ~_in_hand())
        .order_by(Ticket.priority, Ticket.id)
        .options(joinedload(Ticket.school, innerjoin=True))
    ).all()


def to_be_visited() -> sa.ColumnElement[bool]:
    """Return the filter of the tickets somebody has to come for."""
    return sa.and_(Ticket.target == Target.ON_SITE, Ticket.state.in_(TO_VISIT))


def without_visit() -> sa.ColumnElement[bool]:
    """Return the filter of the tickets somebody has to come for and nobody is booked for."""
    planned = sa.exists().where(
        VisitTicket.ticket_id == Ticket.id, VisitTicket.visit_id == Visit.id, Visit.state.in_(OPEN)
    )
    return sa.and_(to_be_visited(), ~planned)


def visiting_times_of(school_id: int) -> Sequence[VisitingTime]:
    """Return the fixed visiting times of a school."""
    return db.session.scalars(
        sa.select(VisitingTime)
        .where(VisitingTime.school_id == school_id)
        .order_by(VisitingTime.weekday, VisitingTime.starts)
        .options(joinedload(VisitingTime.site, innerjoin=True))
    ).all()


def visiting_time_of(school: School, visiting_time_id: int) -> VisitingTime:
    """Return one fixed visiting time of a school.

    Raises: NotFound if it is not one of this school's.
    """
    found = db.session.get(VisitingTime, visiting_time_id) if 0 < visiting_time_id <= LARGEST_ID else None
    if found is None or found.school_id != school.id:
        raise NotFound("Diese Besuchszeit gibt es nicht mehr.")
    return found


def job_of(visit: Visit, ticket_id: int) -> VisitTicket:
    """Return the job of a visit about this ticket.

    Raises: NotFound if the visit has none.
    """
    for job in visit.jobs:
        if job.ticket_id == ticket_id:
            return job
    raise NotFound("Diese Störung gehört nicht zu diesem Besuch.")


def task_of(visit: Visit, task_id: int) -> VisitTask:
    """Return a task of a visit.

    Raises: NotFound if the visit has none of this number.
    """
    for task in visit.tasks:
        if task.id == task_id:
            return task
    raise NotFound("Diese Aufgabe gehört nicht zu diesem Besuch.")


def _in_hand() -> sa.ColumnElement[bool]:
    """A visit under way holds the ticket, or has just recorded a result for it."""
    return sa.exists().where(
        VisitTicket.ticket_id == Ticket.id,
        VisitTicket.visit_id == Visit.id,
        Visit.state.in_([VisitState.DRIVING, VisitState.ON_SITE]),
    )


def _whole() -> tuple[LoaderOption, ...]:
    # The school of a ticket is the school of its visit, found in the session: read anew with the
    # ticket, it would lose the contacts that were read with the visit.
    ticket = selectinload(Visit.jobs).joinedload(VisitTicket.ticket, innerjoin=True)
    return (
        joinedload(Visit.school, innerjoin=True).selectinload(School.contacts),
        joinedload(Visit.site, innerjoin=True),
        joinedload(Visit.user, innerjoin=True),
        joinedload(Visit.district),
        joinedload(Visit.visiting_time),
        ticket.joinedload(Ticket.fault_type, innerjoin=True),
        ticket.joinedload(Ticket.reporter, innerjoin=True),
        selectinload(Visit.tasks),
    )


def _devices() -> LoaderOption:
    tickets = selectinload(Visit.jobs).joinedload(VisitTicket.ticket, innerjoin=True)
    return tickets.selectinload(Ticket.devices).joinedload(TicketDevice.device).joinedload(Device.model)


def _place_of(after: str) -> sa.Tuple | None:
    """The place in the list at which a page ended, as its address says; nothing for any other text."""
    try:
        day, second, number = after.split(".")
        place = date.fromisoformat(day), datetime.fromtimestamp(int(second), UTC), int(number)
    except (ValueError, OverflowError, OSError):
        return None
    return sa.tuple_(*(sa.literal(part) for part in place)) if 0 < place[2] <= LARGEST_ID else None
