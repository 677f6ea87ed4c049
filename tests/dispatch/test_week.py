"""What a week looks like to the planner: windows, absences, closed days, pins, parts and deadlines."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from itsm.accounts.models import Absence
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import (
    Assurance,
    Outage,
    OutageKind,
    Skill,
    UserSkill,
    Visit,
    VisitKind,
    Workday,
    WorkNeed,
)
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Pin, Worker
from itsm.dispatch.service import week
from itsm.dispatch.states import VisitState
from itsm.org.models import MovableDay, VisitingHours
from tests.counting import queries_of
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit, make_visiting_time
from tests.people import MONDAY, MONDAY_9AM, make_user
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

SUNDAY_NOON = MONDAY_9AM - timedelta(hours=21)
HOUR = 3600


def build(place: Place, at: datetime = SUNDAY_NOON, days: int = 5, **options: Any) -> week.Week:
    return week.build(MONDAY, days, [place.district.id], at, **options)


def job_of(found: week.Week, thing: Any) -> Job:
    key = f"v{thing.id}" if isinstance(thing, Visit) else f"t{thing.id}"
    return next(job for job in found.problem.jobs if job.key == key)


def worker_of(found: week.Week, user: Any) -> Worker:
    return next(worker for worker in found.problem.workers if worker.key == f"u{user.id}")


def clock_of(day: int, hour: int, minute: int = 0) -> int:
    return day * DAY_SECONDS + hour * HOUR + minute * 60


def windows_on(job: Job, day: int) -> list[tuple[int, int]]:
    return [(start, end) for start, end in job.windows if start // DAY_SECONDS == day]


def test_a_ticket_without_a_visit_is_a_job_for_each_day_the_school_is_open() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    found = build(place)
    job = job_of(found, ticket)
    assert (job.seconds, job.priority, job.people, job.promise, job.pin) == (20 * 60, ticket.priority, 1, None, None)
    # 7:30 to 15:30, and the ten minutes of signing in belong into the window.
    assert job.windows == tuple((clock_of(day, 7, 30), clock_of(day, 15, 20)) for day in range(5))
    assert found.pieces[job.key].minutes == 30
