"""Named selects over everything a week plan is made of, and over the plans themselves."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from itsm.accounts.models import Absence, GrantRow, User
from itsm.core.access import Actor, Role
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.dispatch import policy, queries
from itsm.dispatch.models import (
    Cause,
    Outage,
    Skill,
    StepKind,
    UserSkill,
    Visit,
    VisitTicket,
    WeekPlan,
    WeekPlanStep,
    Workday,
    WorkNeed,
)
from itsm.dispatch.states import OPEN, UNDER_WAY, PlanState, VisitState
from itsm.org.models import District, School
from itsm.tickets.models import Ticket

PAGE = 30


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


def ready_for(district_ids: Collection[int]) -> Sequence[WeekPlan]:
    """Return the proposals for any of these districts that wait for a decision."""
    return _plans_for(district_ids, [PlanState.READY])


def asked_since(district_id: int, moment: datetime) -> bool:
    """Say whether a proposal a person has asked for since a moment waits for a decision."""
    waits = sa.exists().where(
        WeekPlan.state == PlanState.READY,
        WeekPlan.cause.in_([Cause.ASKED, Cause.OUTAGE]),
        WeekPlan.asked_at > moment,
        WeekPlan.district_ids.contains([district_id]),
    )
    return bool(db.session.scalar(sa.select(waits)))


def under_way_for(district_ids: Collection[int]) -> Sequence[WeekPlan]:
    """Return the plans of any of these districts that are being worked out."""
    return _plans_for(district_ids, UNDER_WAY)


def get_for(actor: Actor, plan_id: int) -> WeekPlan:
    """Return a plan.

    Raises: NotAllowed for whoever plans nothing; NotFound unless it exists and the person plans all its districts.
    """
    if not policy.may_use_board(actor):
        raise NotAllowed("Die Einsatzplanung ist für das Campusmanagement und die Teamleitung.")
    plan = None
    if 0 < plan_id <= LARGEST_ID:
        plan = db.session.scalar(
            sa.select(WeekPlan)
            .where(WeekPlan.id == plan_id, policy.visible_plans(actor))
            .options(joinedload(WeekPlan.asked_by))
        )
    if plan is None:
        raise NotFound("Diesen Plan gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return plan


def plans_for(actor: Actor, before: int | None = None) -> tuple[Sequence[WeekPlan], int | None]:
    """Return a page of plans, the newest first, and where it goes on."""
    select = sa.select(WeekPlan).where(policy.visible_plans(actor)).options(joinedload(WeekPlan.asked_by))
    if before is not None:
        select = select.where(WeekPlan.id < before)
    found = db.session.scalars(select.order_by(WeekPlan.id.desc()).limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def counts(plans: Iterable[WeekPlan]) -> dict[int, int]:
    """Return how many changes each of these plans proposes."""
    kinds = [StepKind.NEW, StepKind.MOVED, StepKind.CANCELLED]
    rows = (
        sa.select(WeekPlanStep.plan_id, sa.func.count())
        .where(WeekPlanStep.plan_id.in_([plan.id for plan in plans]), WeekPlanStep.kind.in_(kinds))
        .group_by(WeekPlanStep.plan_id)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def steps_of(plan: WeekPlan) -> Sequence[WeekPlanStep]:
    """Return the steps of a plan with everything the comparison shows."""
    return db.session.scalars(
        sa.select(WeekPlanStep)
        .where(WeekPlanStep.plan_id == plan.id)
        .order_by(WeekPlanStep.id)
        .options(
            joinedload(WeekPlanStep.school, innerjoin=True),
            joinedload(WeekPlanStep.site, innerjoin=True),
            joinedload(WeekPlanStep.old_user),
            joinedload(WeekPlanStep.new_user),
            joinedload(WeekPlanStep.helper),
        )
    ).all()


def steps_to_apply(plan: WeekPlan) -> Sequence[WeekPlanStep]:
    """Return the steps of a plan with the visits and schools as they are now."""
    return db.session.scalars(
        sa.select(WeekPlanStep)
        .where(WeekPlanStep.plan_id == plan.id)
        .order_by(WeekPlanStep.new_starts_at, WeekPlanStep.id)
        .options(
            joinedload(WeekPlanStep.school, innerjoin=True).selectinload(School.movable_days),
            joinedload(WeekPlanStep.site, innerjoin=True),
            joinedload(WeekPlanStep.visit).selectinload(Visit.jobs).joinedload(VisitTicket.ticket, innerjoin=True),
        )
        .execution_options(populate_existing=True)
    ).all()


def titles_of(steps: Iterable[WeekPlanStep]) -> dict[int, Ticket]:
    """Return the tickets of these steps."""
    ids = {ticket_id for step in steps for ticket_id in step.ticket_ids}
    return {ticket.id: ticket for ticket in db.session.scalars(sa.select(Ticket).where(Ticket.id.in_(ids)))}


def still_waiting(ticket_ids: Collection[int], day: date) -> Sequence[Ticket]:
    """Return which of these tickets nobody comes for on or before a day."""
    sooner = sa.exists().where(
        VisitTicket.ticket_id == Ticket.id,
        VisitTicket.visit_id == Visit.id,
        Visit.state.in_(OPEN),
        Visit.visit_on <= day,
    )
    return db.session.scalars(
        sa.select(Ticket)
        .where(Ticket.id.in_(ticket_ids), queries.to_be_visited(), ~sooner)
        .order_by(Ticket.priority, Ticket.id)
        .options(joinedload(Ticket.school, innerjoin=True))
        .execution_options(populate_existing=True)
    ).all()


def stops_of(user_id: int, day: date) -> Sequence[Visit]:
    """Return what somebody drives on a day, in the order it stands."""
    return db.session.scalars(
        sa.select(Visit)
        .where(Visit.user_id == user_id, Visit.visit_on == day, Visit.state.in_([*OPEN, VisitState.DONE]))
        .order_by(Visit.position, Visit.starts_at, Visit.id)
    ).all()


def districts_touched(plan: WeekPlan) -> Sequence[int]:
    """Return every district whose visits a plan may retime, in the order in which they are locked."""
    people = sa.select(WeekPlanStep.new_user_id).where(
        WeekPlanStep.plan_id == plan.id, WeekPlanStep.new_user_id.is_not(None)
    )
    before = sa.select(WeekPlanStep.old_user_id).where(
        WeekPlanStep.plan_id == plan.id, WeekPlanStep.old_user_id.is_not(None)
    )
    found = db.session.scalars(
        sa.select(Visit.district_id)
        .where(
            Visit.visit_on.between(plan.first_on, last_day(plan)),
            sa.or_(Visit.user_id.in_(people), Visit.user_id.in_(before)),
        )
        .distinct()
    )
    return sorted({district_id or 0 for district_id in found} | set(plan.district_ids))


def last_day(plan: WeekPlan) -> date:
    """Return the last day of a plan."""
    return plan.first_on + timedelta(days=plan.days - 1)


def with_open_work() -> Sequence[int]:
    """Return the districts in which somebody waits for us, in the order of their numbers."""
    waiting = sa.select(Ticket.district_id).where(queries.to_be_visited(), Ticket.district_id.is_not(None))
    return db.session.scalars(sa.select(District.id).where(District.id.in_(waiting)).order_by(District.number)).all()


def with_new_work() -> Sequence[int]:
    """Return the districts in which a ticket has come to wait for a visit since they were planned last."""
    planned = sa.exists().where(
        Ticket.district_id == sa.any_(WeekPlan.district_ids), WeekPlan.asked_at >= Ticket.state_at
    )
    waiting = sa.select(Ticket.district_id).where(queries.without_visit(), Ticket.district_id.is_not(None), ~planned)
    return db.session.scalars(sa.select(District.id).where(District.id.in_(waiting)).order_by(District.number)).all()


def _plans_for(district_ids: Collection[int], states: Collection[PlanState]) -> Sequence[WeekPlan]:
    return db.session.scalars(
        sa.select(WeekPlan)
        .where(WeekPlan.state.in_(sorted(states)), WeekPlan.district_ids.overlap(sorted(district_ids)))
        .order_by(WeekPlan.id)
    ).all()


def _place(school: InstrumentedAttribute[School]) -> tuple[LoaderOption, ...]:
    """The school, with what says when it may be visited."""
    loaded = joinedload(school, innerjoin=True)
    return (
        loaded.selectinload(School.visiting_hours),
        loaded.selectinload(School.bell_times),
        loaded.selectinload(School.movable_days),
    )
