"""Named selects over everything a week plan is made of, and over the plans themselves."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from itsm.accounts.models import Absence, GrantRow, User
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch import queries
from itsm.dispatch.models import (
    Outage,
    Skill,
    UserSkill,
    Visit,
    VisitTicket,
    Workday,
    WorkNeed,
)
from itsm.dispatch.states import OPEN
from itsm.org.models import District, School
from itsm.tickets.models import Ticket


def districts(ids: Collection[int]) -> Sequence[District]:
    """Return these districts."""
    return db.session.scalars(sa.select(District).where(District.id.in_(ids)).order_by(District.number)).all()


def manager_grants(first_on: date, last_on: date) -> Sequence[GrantRow]:
    """Return the grants of all campus managers of the city that hold on some of these days, deputies last."""
    return db.session.scalars(
        sa.select(GrantRow)
        .join(GrantRow.user)
        .where(
            GrantRow.role == Role.CAMPUS_MANAGER,
            GrantRow.district_id.is_not(None),
            sa.or_(GrantRow.from_on.is_(None), GrantRow.from_on <= last_on),
            sa.or_(GrantRow.until_on.is_(None), GrantRow.until_on >= first_on),
            User.disabled_at.is_(None),
        )
        .options(joinedload(GrantRow.user, innerjoin=True), joinedload(GrantRow.district))
        .order_by(GrantRow.is_deputy, GrantRow.id)
    ).all()


def absences(first_on: date, last_on: date) -> Sequence[Absence]:
    """Return who is away on some of these days."""
    return db.session.scalars(
        sa.select(Absence)
        .where(Absence.first_on <= last_on, Absence.last_on >= first_on)
        .options(joinedload(Absence.deputy))
        .order_by(Absence.id)
    ).all()


def outages(first_on: date, last_on: date) -> Sequence[Outage]:
    """Return who or what is out on some of these days."""
    return db.session.scalars(
        sa.select(Outage).where(Outage.first_on <= last_on, Outage.last_on >= first_on).order_by(Outage.id)
    ).all()


def workdays(user_ids: Collection[int]) -> dict[int, dict[int, Workday]]:
    """Return when these people work, by weekday."""
    found: dict[int, dict[int, Workday]] = {}
    for row in db.session.scalars(sa.select(Workday).where(Workday.user_id.in_(user_ids))):
        found.setdefault(row.user_id, {})[row.weekday] = row
    return found


def skills(user_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return what these people can do."""
    found: dict[int, set[str]] = {}
    rows = sa.select(UserSkill.user_id, Skill.name).join(Skill, Skill.id == UserSkill.skill_id)
    for user_id, name in db.session.execute(rows.where(UserSkill.user_id.in_(user_ids))):
        found.setdefault(user_id, set()).add(name)
    return {user_id: frozenset(names) for user_id, names in found.items()}


def visits_between(
    first_on: date, last_on: date, district_ids: Collection[int], user_ids: Collection[int]
) -> Sequence[Visit]:
    """Return the visits of these days in the districts, or of these people anywhere, in driving order."""
    return db.session.scalars(
        sa.select(Visit)
        .where(
            Visit.visit_on.between(first_on, last_on),
            sa.or_(Visit.district_id.in_(district_ids), Visit.user_id.in_(user_ids)),
        )
        .order_by(Visit.visit_on, Visit.starts_at, Visit.position, Visit.id)
        .options(
            *_place(Visit.school),
            joinedload(Visit.site, innerjoin=True),
            joinedload(Visit.user, innerjoin=True),
            joinedload(Visit.visiting_time),
            selectinload(Visit.tasks),
            selectinload(Visit.jobs).joinedload(VisitTicket.ticket, innerjoin=True),
        )
        .execution_options(populate_existing=True)
    ).all()


def tickets_to_visit(district_ids: Collection[int]) -> Sequence[Ticket]:
    """Return the open tickets of the districts somebody has to come for, booked or not."""
    return db.session.scalars(
        sa.select(Ticket)
        .join(Ticket.school)
        .where(Ticket.district_id.in_(district_ids), queries.to_be_visited(), School.closed_at.is_(None))
        .order_by(Ticket.priority, Ticket.id)
        .options(*_place(Ticket.school), joinedload(Ticket.site, innerjoin=True))
        .execution_options(populate_existing=True)
    ).all()


def booked_on(district_ids: Collection[int]) -> dict[int, date]:
    """Return the day of the visit under way or planned for each ticket of the districts that has one."""
    rows = (
        sa.select(VisitTicket.ticket_id, sa.func.min(Visit.visit_on))
        .join(Visit, Visit.id == VisitTicket.visit_id)
        .join(Ticket, Ticket.id == VisitTicket.ticket_id)
        .where(Ticket.district_id.in_(district_ids), Visit.state.in_(OPEN))
        .group_by(VisitTicket.ticket_id)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def needs(tickets: Iterable[Ticket]) -> dict[int, WorkNeed]:
    """Return what the work on these tickets takes, where it differs from the usual."""
    rows = db.session.scalars(
        sa.select(WorkNeed)
        .where(WorkNeed.ticket_id.in_([ticket.id for ticket in tickets]))
        .options(selectinload(WorkNeed.skills))
        .execution_options(populate_existing=True)
    )
    return {need.ticket_id: need for need in rows}


def _place(school: InstrumentedAttribute[School]) -> tuple[LoaderOption, ...]:
    """The school, with what says when it may be visited."""
    loaded = joinedload(school, innerjoin=True)
    return (
        loaded.selectinload(School.visiting_hours),
        loaded.selectinload(School.bell_times),
        loaded.selectinload(School.movable_days),
    )
