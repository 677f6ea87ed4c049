"""Week plans from the question to the visits: asked, worked out, accepted."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from itsm.core import clock
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.dispatch.models import Assurance, StepKind, Visit, VisitKind, WeekPlan, WeekPlanStep
from itsm.dispatch.planner.week.solve import Budget
from itsm.dispatch.service import plans
from itsm.dispatch.states import PlanState, VisitState
from itsm.tickets.models import Ticket
from itsm.tickets.states import State
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

SUNDAY_NOON = MONDAY_9AM - timedelta(hours=21)
QUICK = Budget(iterations=300)


def planned(place: Place, **options: Any) -> WeekPlan:
    """Ask for the week and work it out."""
    plan_id = plans.ask(SYSTEM, [place.district.id], MONDAY, SUNDAY_NOON, **options).id
    db.session.commit()
    plans.run(plan_id, lambda: SUNDAY_NOON, QUICK)
    return db.session.get_one(WeekPlan, plan_id)


def kinds(plan: WeekPlan) -> list[StepKind]:
    return [step.kind for step in plan.steps]


def test_a_ticket_nobody_is_booked_for_gets_a_visit_when_the_plan_is_accepted() -> None:
    place = make_place()
    ticket_id = make_ticket(place.school).id
    plan = planned(place)
    assert (plan.state, plan.percent, plan.error) == (PlanState.READY, 100, "")
    assert kinds(plan) == [StepKind.NEW]
    assert db.session.scalars(sa.select(Visit)).all() == []
    assert db.session.scalars(sa.select(Mail)).all() == []

    done = plans.accept(SYSTEM, plan, None, SUNDAY_NOON)
    visit = db.session.scalars(sa.select(Visit)).one()
    assert (done.applied, done.skipped) == (1, [])
    assert (visit.kind, visit.assurance, visit.minutes) == (VisitKind.PLANNED, Assurance.TOLD, 30)
    assert [job.ticket_id for job in visit.jobs] == [ticket_id]
    assert db.session.get_one(Ticket, ticket_id).state is State.PLANNED
    assert len(db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed")).all()) == 1
