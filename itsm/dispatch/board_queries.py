"""Named selects for the board; their number does not depend on how much stands on it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad as Load

from itsm.accounts.models import Absence, GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core.access import Actor, Role, Verb
from itsm.core.db import db
from itsm.core.errors import NotAllowed, NotFound
from itsm.dispatch import policy, queries
from itsm.dispatch.models import BoardStep, Visit, WeekPlan, WeekPlanStep, Workday
from itsm.dispatch.states import OPEN, PlanState, VisitState
from itsm.org.models import District, School
from itsm.tickets.models import Ticket

SHOWN = (*sorted(OPEN), VisitState.DONE)
# More than one person can read; the list of all is one tap away.
MOST_OPEN = 80


def districts_for(actor: Actor) -> Sequence[District]:
    """Return the districts this person plans for.

    Raises: NotAllowed if there is none.
    """
    scope = actor.scope(Verb.VISIT_PLAN)
    if not policy.may_use_board(actor):
        raise NotAllowed("Die Einsatzplanung ist für das Campusmanagement und die Teamleitung.")
    mine = sa.true() if scope.everywhere else District.id.in_(sorted(scope.district_ids))
    return db.session.scalars(sa.select(District).where(mine).order_by(District.number)).all()


def chosen(districts: Sequence[District], number: int | None) -> Sequence[District]:
    """Return the one district of this number, or all of them without a number.

    Raises: NotFound if the person does not plan for it.
    """
    if number is None:
        return districts
    found = [district for district in districts if district.number == number]
    if not found:
        raise NotFound("Diesen Bezirk gibt es nicht, oder Sie planen ihn nicht.")
    return found


def managers_of(district_ids: Collection[int], on: date, *, deputies: bool = True) -> dict[User, list[District]]:
    """Return who drives in these districts on a day and in which ones, deputies last or not at all."""
    rows = db.session.scalars(
        sa.select(GrantRow)
        .join(GrantRow.user)
        .join(GrantRow.district)
        .where(
            GrantRow.role == Role.CAMPUS_MANAGER,
            GrantRow.district_id.in_(district_ids),
            holds(on),
            User.disabled_at.is_(None),
            sa.true() if deputies else GrantRow.is_deputy.is_(False),
        )
        .options(joinedload(GrantRow.user, innerjoin=True), joinedload(GrantRow.district))
        .order_by(GrantRow.is_deputy, District.number, User.name, User.id)
    )
    found: dict[User, list[District]] = {}
    for row in rows:
        if row.district is not None:
            found.setdefault(row.user, []).append(row.district)
    return found


def visits_on(
    actor: Actor, days: Sequence[date], district_ids: Collection[int], user_ids: Collection[int]
) -> Sequence[Visit]:
    """Return the visits of some days in these districts or by these people, in driving order."""
    return db.session.scalars(
        sa.select(Visit)
        .where(
            policy.visible_to(actor),
            Visit.visit_on.between(days[0], days[-1]),
            sa.or_(Visit.district_id.in_(district_ids), Visit.user_id.in_(user_ids)),
            Visit.state.in_(SHOWN),
        )
        .order_by(Visit.visit_on, Visit.user_id, Visit.starts_at, Visit.position, Visit.id)
        .options(
            *_with_hours(selectinload(Visit.school)),
            selectinload(Visit.site),
            selectinload(Visit.user),
            selectinload(Visit.district),
            selectinload(Visit.jobs),
        )
        .execution_options(populate_existing=True)
    ).all()


def _with_hours(school: Load) -> tuple[Load, ...]:
    return (
        school.selectinload(School.visiting_hours),
        school.selectinload(School.bell_times),
        school.selectinload(School.movable_days),
    )


def workdays_of(user_ids: Collection[int]) -> dict[tuple[int, int], Workday]:
    """Return when these people work, by person and weekday."""
    rows = db.session.scalars(sa.select(Workday).where(Workday.user_id.in_(user_ids)))
    return {(row.user_id, row.weekday): row for row in rows}


def absences_of(user_ids: Collection[int], days: Sequence[date]) -> Sequence[Absence]:
    """Return who of these people is away on one of the days."""
    return db.session.scalars(
        sa.select(Absence)
        .where(Absence.user_id.in_(user_ids), Absence.first_on <= days[-1], Absence.last_on >= days[0])
        .order_by(Absence.id)
    ).all()


def open_tickets(actor: Actor, district_ids: Collection[int]) -> tuple[Sequence[Ticket], int]:
    """Return the most urgent tickets nobody is booked for in these districts, and how many there are."""
    mine = actor.scope(Verb.VISIT_PLAN).among(Ticket.school_id, Ticket.district_id)
    wanted = sa.and_(mine, Ticket.district_id.in_(district_ids), queries.without_visit())
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Ticket).where(wanted)) or 0
    found = db.session.scalars(
        sa.select(Ticket)
        .where(wanted)
        .order_by(Ticket.priority, Ticket.id)
        .limit(MOST_OPEN)
        .options(*_with_hours(selectinload(Ticket.school)), selectinload(Ticket.site))
    ).all()
    return found, count


def reasons_of(district_ids: Collection[int]) -> dict[int, dict[str, object]]:
    """Return why the latest plan of these districts left tickets out, by ticket."""
    latest = (
        sa.select(sa.func.max(WeekPlan.id))
        .where(
            WeekPlan.district_ids.overlap(sorted(district_ids)),
            WeekPlan.state.in_((PlanState.READY, PlanState.ACCEPTED)),
        )
        .scalar_subquery()
    )
    steps = db.session.execute(
        sa.select(WeekPlanStep.ticket_ids, WeekPlanStep.reason).where(
            WeekPlanStep.plan_id == latest, WeekPlanStep.reason != {}
        )
    )
    return {ticket_id: reason for ticket_ids, reason in steps for ticket_id in ticket_ids}


def last_step_of(actor: Actor, since: datetime) -> BoardStep | None:
    """Return the last thing this person has done on the board that is not undone."""
    return db.session.scalar(
        sa.select(BoardStep)
        .where(BoardStep.user_id == actor.user_id, BoardStep.undone_at.is_(None), BoardStep.done_at >= since)
        .order_by(BoardStep.id.desc())
        .limit(1)
    )


def ticket_for(actor: Actor, ticket_id: int) -> Ticket:
    """Return a ticket somebody may put on a visit.

    Raises: NotFound for one outside the districts this person plans for.
    """
    mine = actor.scope(Verb.VISIT_PLAN).among(Ticket.school_id, Ticket.district_id)
    ticket = db.session.scalar(sa.select(Ticket).where(Ticket.id == ticket_id, mine, queries.to_be_visited()))
    if ticket is None:
        raise NotFound("Diese Störung gibt es nicht, oder für sie muss niemand kommen.")
    return ticket


def beside(visit: Visit) -> Sequence[Visit]:
    """Return the other planned visits of the same person at the same school and building on the same day."""
    return db.session.scalars(
        sa.select(Visit)
        .where(
            Visit.id != visit.id,
            Visit.user_id == visit.user_id,
            Visit.visit_on == visit.visit_on,
            Visit.site_id == visit.site_id,
            Visit.school_id == visit.school_id,
            Visit.state == VisitState.PLANNED,
        )
        .order_by(Visit.starts_at, Visit.id)
        .options(selectinload(Visit.jobs), selectinload(Visit.school))
    ).all()


def district_ids_of(user_id: int, on: date) -> Sequence[int]:
    """Return the districts somebody drives in on a day, their own before those of a deputy."""
    found = db.session.scalars(
        sa.select(GrantRow.district_id)
        .where(
            GrantRow.user_id == user_id,
            GrantRow.role == Role.CAMPUS_MANAGER,
            GrantRow.district_id.is_not(None),
            holds(on),
        )
        .order_by(GrantRow.is_deputy, GrantRow.id)
    )
    return [district_id for district_id in found if district_id is not None]
