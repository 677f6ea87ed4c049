"""Week plans of the tests, as the worker would have written them down. Each commits."""

from datetime import datetime
from typing import Any

from itsm.core.db import db
from itsm.dispatch.models import Cause, StepKind, Visit, WeekPlan, WeekPlanStep
from itsm.dispatch.states import PlanState
from itsm.org.models import District, School
from itsm.tickets.models import Ticket
from tests.people import MONDAY, MONDAY_9AM

NO_ROOM = {
    "reason": "no-room",
    "leave_cents": 9000,
    "cents": 12000,
    "slot": {"person": "Mia Manager", "starts_at": "2026-11-18T09:20:00+00:00"},
    "displaced": ["Schule Nord (S-7)"],
    "fits_if": [{"kind": "overtime", "person": "Mia Manager", "starts_at": "2026-11-18T14:00:00+00:00", "cents": 500}],
}


def numbers_of(travel_seconds: int = 3600, travel_metres: int = 30_000, **cost: int) -> dict[str, Any]:
    """What one side of a comparison holds."""
    parts = dict.fromkeys(("travel", "foreign", "overtime", "late", "moved", "left_out"), 0)
    return {
        "cost": parts | cost,
        "offset": 0,
        "travel_seconds": travel_seconds,
        "travel_metres": travel_metres,
        "jobs": 3,
        "late": {"2": 1},
        "left_out": {},
        "untenable": 0,
        "days": [{"user_id": 1, "day": "2026-11-16", "stops": 3, "minutes": 300, "overtime_minutes": 0}],
    }


def make_plan(
    *districts: District, state: PlanState = PlanState.READY, at: datetime = MONDAY_9AM, **columns: Any
) -> WeekPlan:
    """Make a plan of some districts; one that is ready has numbers."""
    numbers = state not in (PlanState.QUEUED, PlanState.RUNNING, PlanState.CANCELLED, PlanState.FAILED)
    defaults: dict[str, Any] = {
        "first_on": MONDAY,
        "days": 5,
        "district_ids": [district.id for district in districts],
        "cause": Cause.ASKED,
        "asked_at": at,
        "state": state,
        "error": "Es ging nicht." if state is PlanState.FAILED else "",
        "before": numbers_of(late=5000) if numbers else {},
        "after": numbers_of(1800, 20_000) if numbers else {},
    }
    plan = WeekPlan(**(defaults | columns))
    db.session.add(plan)
    db.session.commit()
    return plan


def add_step(
    plan: WeekPlan,
    school: School,
    kind: StepKind,
    *tickets: Ticket,
    visit: Visit | None = None,
    to: tuple[int, datetime] | None = None,
    **columns: Any,
) -> WeekPlanStep:
    """Add a line to a plan; `to` is who comes when."""
    defaults: dict[str, Any] = {
        "kind": kind,
        "school_id": school.id,
        "site_id": school.places[0].site_id,
        "ticket_ids": [ticket.id for ticket in tickets],
        "priority": min((ticket.priority for ticket in tickets), default=3),
        "minutes": 30,
        "visit_id": visit.id if visit else None,
        "visit_version": visit.version_id if visit else None,
        "old_user_id": visit.user_id if visit else None,
        "old_starts_at": visit.starts_at if visit else None,
        "new_user_id": to[0] if to else None,
        "new_starts_at": to[1] if to else None,
        "reason": NO_ROOM if kind is StepKind.LEFT_OUT else {},
    }
    step = WeekPlanStep(**(defaults | columns))
    plan.steps.append(step)
    db.session.commit()
    return step
