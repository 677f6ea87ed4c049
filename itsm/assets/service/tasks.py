"""Open tasks about devices: done with a word on the outcome, or open again.

Source: docs/rules/device-work.md, DW-5.
"""

from datetime import datetime

from itsm.assets import policy
from itsm.assets.events import DeviceTaskSettled
from itsm.assets.models import DeviceTask
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.core.events import publish


def settle(actor: Actor, task: DeviceTask, outcome: str, at: datetime) -> None:
    """Say that a task is done, and how it came out; a second time changes nothing.

    Raises: NotAllowed unless the actor may take stock at the school.
    """
    _require(actor, task)
    close(actor, task, outcome, at)


def reopen(actor: Actor, task: DeviceTask, at: datetime) -> None:
    """Say that a task is not done after all; a second time changes nothing.

    Raises: NotAllowed unless the actor may take stock at the school.
    """
    _require(actor, task)
    open_again(task, at)


def close(actor: Actor, task: DeviceTask, outcome: str, at: datetime) -> None:
    """Close a task and announce it; for verbs that have checked who may."""
    if _locked(task).done_at is not None:
        return
    task.done_at, task.done_by_id, task.outcome = at, actor.user_id, outcome.strip()
    db.session.flush()
    publish(DeviceTaskSettled(task.id, at))


def open_again(task: DeviceTask, at: datetime) -> None:
    """Take the end of a task back and announce it; for verbs that have checked who may."""
    if _locked(task).done_at is None:
        return
    task.done_at, task.done_by_id, task.outcome = None, None, ""
    db.session.flush()
    publish(DeviceTaskSettled(task.id, at))


def _locked(task: DeviceTask) -> DeviceTask:
    """The task as it stands now: two taps at once must not count a delivery twice."""
    db.session.refresh(task, with_for_update={"of": DeviceTask})
    return task


def _require(actor: Actor, task: DeviceTask) -> None:
    if not policy.may_settle(actor, task):
        raise NotAllowed("Aufgaben zu Geräten erledigen die Medienkoordination, die Schulleitung und die Schul-IT.")
