"""Open tasks about devices on visits: taken along, ticked, and kept in step with the device file.

Source: docs/rules/device-work.md, DW-5 and DW-9; docs/rules/claims.md, CL-98.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from itsm.assets import queries as devices
from itsm.assets.events import DeviceTaskSettled, SwapPlaced, SwapWanted
from itsm.assets.models import DeviceTask, TaskKind
from itsm.assets.service import tasks
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.events import publish
from itsm.core.german import local_date
from itsm.dispatch import policy
from itsm.dispatch.models import Visit, VisitTask
from itsm.dispatch.service.locks import hold
from itsm.dispatch.states import LABELS, OPEN

DONE_TEXT = "Beim Besuch erledigt."


def open_at(visit: Visit) -> list[tuple[DeviceTask, Visit | None]]:
    """Return the open tasks about devices of a visit's school, each with the other visit it is on; two queries."""
    found: Sequence[DeviceTask] = devices.open_tasks_of(visit.school_id)
    planned = visits_of([task.id for task in found])
    return [(task, planned.get(task.id)) for task in found if planned.get(task.id) is not visit]


def visits_of(task_ids: Sequence[int]) -> dict[int, Visit]:
    """Return for each task about devices the visit ahead on which it is to be done, if there is one."""
    rows = db.session.execute(
        sa.select(VisitTask.device_task_id, Visit)
        .join(Visit, Visit.id == VisitTask.visit_id)
        .where(VisitTask.device_task_id.in_(task_ids), Visit.state.in_(OPEN))
        .order_by(Visit.visit_on.desc(), Visit.id.desc())
    )
    return {task_id: visit for task_id, visit in rows if task_id is not None}


def take(actor: Actor, visit: Visit, task_id: int, at: datetime) -> None:
    """Put an open task about devices on a visit of its school; a second time changes nothing.

    Raises: NotAllowed unless the actor plans the visit; NotFound for a task of another school;
        DomainError for a task that is done or on another visit, and for a visit that is over.
    """
    if not policy.may_plan(actor, visit):
        raise NotAllowed("Aufgaben trägt das Campusmanagement des Bezirks oder die Teamleitung ein.")
    hold(visit.district_id)
    task = db.session.get(DeviceTask, task_id) if task_id <= LARGEST_ID else None
    if task is None or task.school_id != visit.school_id:
        raise NotFound("Diese Aufgabe gehört nicht zu dieser Schule.")
    planned = visits_of([task.id]).get(task.id)
    if planned is not None and planned.id == visit.id:
        return
    if planned is not None:
        raise DomainError(f"Diese Aufgabe steht schon auf dem Besuch am {local_date(planned.visit_on)}.")
    if task.done_at is not None:
        raise DomainError("Diese Aufgabe ist schon erledigt.")
    if visit.state not in OPEN:
        raise DomainError(f"Der Besuch ist schon {LABELS[visit.state]}.")
    _put(visit, task)
    if task.kind is TaskKind.SWAP:
        publish(SwapPlaced(task.id, visit.visit_on, False, at))


def ride_along(event: SwapWanted) -> None:
    """Put a swap on the next visit of its school, or its new words where it is already; without one it stays open."""
    task = db.session.get_one(DeviceTask, event.task_id)
    hold(task.school.district_id)
    visit = visits_of([task.id]).get(task.id) or _next_visit(event.school_id, clock.local_day(event.at))
    if visit is None:
        return
    known = next((one for one in visit.tasks if one.device_task_id == task.id), None)
    if known is not None:
        known.text = task.text
    else:
        _put(visit, task)


def pass_on(visit: Visit, at: datetime) -> None:
    """Put the swaps a visit has passed without on the next one of the school, and say where each stands now.

    Source: docs/rules/claims.md, CL-98.
    """
    ids = [task.device_task_id for task in visit.tasks if task.device_task_id is not None]
    missed = _open_swaps(DeviceTask.id.in_(ids)) if ids else []
    if not missed:
        return
    hold(visit.district_id)
    planned, following = visits_of([task.id for task in missed]), _next_visit(visit.school_id, clock.local_day(at))
    for task in missed:
        if task.id not in planned and following is not None:
            _put(following, task)
        on = planned.get(task.id) or following
        publish(SwapPlaced(task.id, on.visit_on if on else None, True, at))


def catch_up(at: datetime) -> int:
    """Put every swap that waits for a visit on the next one of its school, if there is one by now; return how many.

    Source: docs/rules/claims.md, CL-98.
    """
    found = _open_swaps()
    planned, placed = visits_of([task.id for task in found]), 0
    for task in found:
        visit = None if task.id in planned else _next_visit(task.school_id, clock.local_day(at))
        if visit is not None:
            hold(visit.district_id)
            _put(visit, task)
            publish(SwapPlaced(task.id, visit.visit_on, False, at))
            placed += 1
    return placed


def follow_tick(actor: Actor, task: VisitTask, at: datetime) -> None:
    """Settle the task of the device file when its task of the visit is ticked, and open it when the tick goes."""
    if task.device_task_id is None:
        return
    db.session.flush()
    of_device = db.session.get_one(DeviceTask, task.device_task_id)
    if task.done_at is not None:
        tasks.close(actor, of_device, DONE_TEXT, at)
    else:
        tasks.open_again(of_device, at)


def follow_settled(event: DeviceTaskSettled) -> None:
    """Tick the task on visits ahead when it was done without them, and take the tick away again."""
    done_at = db.session.get_one(DeviceTask, event.task_id).done_at
    for task in db.session.scalars(
        sa.select(VisitTask)
        .join(Visit, Visit.id == VisitTask.visit_id)
        .where(VisitTask.device_task_id == event.task_id, Visit.state.in_(OPEN))
    ):
        task.done_at = done_at


def _open_swaps(*conditions: sa.ColumnElement[bool]) -> Sequence[DeviceTask]:
    swaps = sa.select(DeviceTask).where(DeviceTask.kind == TaskKind.SWAP, DeviceTask.done_at.is_(None), *conditions)
    return db.session.scalars(swaps.order_by(DeviceTask.id)).all()


def _next_visit(school_id: int, on: date) -> Visit | None:
    return db.session.scalar(
        sa.select(Visit)
        .where(Visit.school_id == school_id, Visit.state.in_(OPEN), Visit.visit_on >= on)
        .order_by(Visit.visit_on, Visit.id)
        .limit(1)
    )


def _put(visit: Visit, task: DeviceTask) -> None:
    visit.tasks.append(VisitTask(text=task.text, device_task_id=task.id))
