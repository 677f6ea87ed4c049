"""The one place that sets the state of a week plan."""

from datetime import datetime

from itsm.core.states import find
from itsm.dispatch.models import WeekPlan
from itsm.dispatch.states import PLAN_LABELS, PLAN_MOVES, UNDER_WAY, PlanState


def move(plan: WeekPlan, name: str, at: datetime, decided_by_id: int | None = None) -> None:
    """Set the state together with its moment and who decided.

    Raises: DomainError with a sentence for a move the table does not list.
    """
    before = plan.state
    plan.state = find(PLAN_MOVES, name, before, PLAN_LABELS).target
    if plan.state is PlanState.RUNNING:
        plan.started_at, plan.percent = at, 0
    elif before in UNDER_WAY:
        plan.finished_at = at
    if plan.state in (PlanState.ACCEPTED, PlanState.REJECTED, PlanState.CANCELLED):
        plan.decided_at, plan.decided_by_id = at, decided_by_id
