"""A day that runs late, and the schools whose visit begins later than they were told."""

from datetime import date, datetime

from itsm.dispatch import figures, notices, queries
from itsm.dispatch.models import Assurance, Visit
from itsm.dispatch.service import routes
from itsm.dispatch.states import VisitState

AHEAD = frozenset({VisitState.PLANNED, VisitState.DRIVING})


def follow(user_id: int, day: date, at: datetime) -> int:
    """Work out the rest of a day and tell the schools it shifts; return how many were told.

    A second worker waits for the first one (see itsm/dispatch/service/locks) and finds all told.
    Source: docs/rules/visits.md, VI-32.
    """
    routes.plan_route(user_id, day, at)
    if not routes.is_running(user_id, day, at):
        return 0
    step = figures.plan_on(day)["tell_late_minutes"]
    shifted = [visit for visit in queries.day_of(user_id, day) if is_worth_telling(visit, step)]
    for visit in shifted:
        visit.told_late_minutes = late_minutes(visit)
        notices.delayed(visit, at)
    return len(shifted)


def late_minutes(visit: Visit) -> int:
    """How much later than planned a stop begins as the day runs now; less than nothing if earlier."""
    if visit.expected_at is None:
        return 0
    return int((visit.expected_at - visit.starts_at).total_seconds() // 60)


def is_worth_telling(visit: Visit, step_minutes: int) -> bool:
    """Say whether the school must hear of it: a full step later than it was told, or a told delay made good."""
    knows = visit.assurance is not Assurance.SOFT and visit.helps_id is None
    if visit.state not in AHEAD or visit.expected_at is None or not knows:
        return False
    more = late_minutes(visit) - visit.told_late_minutes
    return more >= step_minutes or (more <= -step_minutes and visit.told_late_minutes > 0)
