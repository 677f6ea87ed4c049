"""Named selects over tasks about devices; each begins with what the person may see."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets import policy
from itsm.assets.models import Device, DeviceTask
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound
from itsm.core.forms import single_line
from itsm.org.models import School

PAGE = 50


def get_for(actor: Actor, task_id: int) -> DeviceTask:
    """Return a task about devices.

    Raises: NotFound for one the actor does not see.
    """
    found = None
    if 0 < task_id <= LARGEST_ID:
        found = db.session.scalar(
            sa.select(DeviceTask).where(DeviceTask.id == task_id, policy.visible_tasks(actor)).options(*_WHOLE)
        )
    if found is None:
        raise NotFound("Diese Aufgabe gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return found


def page(
    actor: Actor, *, done: bool = False, school: str = "", after: int | None = None
) -> tuple[Sequence[DeviceTask], int | None]:
    """Return a page of tasks (open ones oldest first, done ones newest first), and after which it goes on.

    `school` is an official number.
    """
    select = sa.select(DeviceTask).where(
        policy.visible_tasks(actor), DeviceTask.done_at.is_not(None) if done else DeviceTask.done_at.is_(None)
    )
    if school:
        named = sa.select(School.id).where(School.number == single_line(school))
        select = select.where(DeviceTask.school_id.in_(named))
    if after is not None and 0 < after <= LARGEST_ID:
        select = select.where(DeviceTask.id < after if done else DeviceTask.id > after)
    order = DeviceTask.id.desc() if done else DeviceTask.id
    found = db.session.scalars(select.order_by(order).limit(PAGE + 1).options(*_WHOLE)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def count_open(actor: Actor) -> int:
    """Return how many tasks about devices are open, of those the person sees."""
    open_ones = sa.select(sa.func.count()).select_from(DeviceTask)
    return db.session.scalar(open_ones.where(policy.visible_tasks(actor), DeviceTask.done_at.is_(None))) or 0


_WHOLE = (
    joinedload(DeviceTask.school, innerjoin=True),
    joinedload(DeviceTask.device).joinedload(Device.model),
    joinedload(DeviceTask.device).joinedload(Device.room),
    joinedload(DeviceTask.done_by),
)
