"""Deliveries of devices become visits, spread over the days on which least is to be done.

Source: docs/rules/device-work.md, DW-10.
"""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from itsm.assets.events import DeliveryWanted
from itsm.assets.models import DeviceTask, TaskKind
from itsm.assets.waves.plan import Quarter
from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import db
from itsm.core.queue import enqueue
from itsm.dispatch import figures, outage_queries
from itsm.dispatch.models import Visit
from itsm.dispatch.service import visits
from itsm.dispatch.service.device_tasks import visits_of
from itsm.dispatch.service.locks import hold
from itsm.dispatch.states import OPEN
from itsm.org import calendar
from itsm.org import queries as schools
from itsm.org.models import School


def wanted(event: DeliveryWanted) -> None:
    """Let the worker find a day for a delivery; those of a district one after the other, so that they spread."""
    school = db.session.get_one(School, event.school_id)
    span = {"first_on": event.first_on.isoformat(), "last_on": event.last_on.isoformat()}
    enqueue(
        "plan-delivery",
        args={"task_id": event.task_id, **span},
        queue="plan",
        lock=f"district-{school.district_id}",
    )


def ask_again(at: datetime) -> int:
    """Let the worker look again for a day for every delivery without one, once its quarter is near; say how many.

    It has none when its visit fell through, when nobody was on duty, or when it was too far away.
    """
    today = clock.local_day(at)
    tasks = db.session.scalars(
        sa.select(DeviceTask).where(
            DeviceTask.kind == TaskKind.DELIVERY,
            DeviceTask.done_at.is_(None),
            DeviceTask.due_on.between(today, today + visits.FURTHEST),
        )
    ).all()
    planned = visits_of([task.id for task in tasks])
    waiting = [(task, task.due_on) for task in tasks if task.due_on is not None and task.id not in planned]
    for task, last_on in waiting:
        quarter = Quarter(last_on.year, (last_on.month + 2) // 3)
        first_on = max(quarter.first_on, today)
        wanted(DeliveryWanted(task.id, task.school_id, first_on, last_on, at))
    return len(waiting)


def plan(task_id: int, first_on: date, last_on: date, at: datetime) -> Visit | None:
    """Plan the visit of a delivery between two days and tell the school; None if it stays an open task.

    It stays open without anybody on duty on a school day, and is left alone once it is done or on a visit.
    """
    task = db.session.get(DeviceTask, task_id)
    if task is None:
        return None
    school = task.school
    hold(school.district_id)
    if task.done_at is not None or school.main_site is None or visits_of([task.id]):
        return None
    day = _quietest_day(school, first_on, last_on, at)
    if day is None:
        return None
    minutes = figures.visit_on(day)[figures.DELIVERY_MINUTES]
    visit = visits.add(SYSTEM, school, school.main_site, visits.Wish(day, minutes=minutes), [task.text], at)
    visit.tasks[0].device_task_id = task.id
    db.session.flush()
    return visit


def _quietest_day(school: School, first_on: date, last_on: date, at: datetime) -> date | None:
    """The day of the span, from tomorrow on, with the least work in the district on which somebody drives there."""
    today = clock.local_day(at)
    first_on, last_on = max(first_on, today + timedelta(days=1)), min(last_on, today + visits.FURTHEST)
    if school.district_id is None or first_on > last_on:
        return None
    movable, busy = schools.movable_days_of(school.id), _minutes_by_day(school.district_id, first_on, last_on)
    days = (first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1))
    open_days = [day for day in days if calendar.is_school_day(day, movable)]
    for day in sorted(open_days, key=lambda day: busy.get(day, 0)):
        if outage_queries.driver_on(school.district_id, day) is not None:
            return day
    return None


def _minutes_by_day(district_id: int, first_on: date, last_on: date) -> dict[date, int]:
    """How long the visits of a district last on each day; one query."""
    rows = db.session.execute(
        sa.select(Visit.visit_on, sa.func.sum(Visit.minutes))
        .where(Visit.district_id == district_id, Visit.visit_on.between(first_on, last_on), Visit.state.in_(OPEN))
        .group_by(Visit.visit_on)
    )
    return {day: int(minutes) for day, minutes in rows}
