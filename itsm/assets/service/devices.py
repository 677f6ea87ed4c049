"""What can be done with one device: each verb checks, changes and records the change beside it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from itsm.assets import policy
from itsm.assets.events import DeviceMoved
from itsm.assets.models import Device, DeviceChange
from itsm.assets.states import LABELS, MOVES, State
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.events import publish
from itsm.core.states import find

# Columns a person may change by hand; school and state have verbs of their own.
PLACE = frozenset({"site_id", "room_id", "case_id", "slot"})
EDITABLE = PLACE | {
    "tag",
    "serial",
    "model_id",
    "purchased_on",
    "price_cents",
    "order_number",
    "funding",
    "in_service_on",
    "warranty_until",
    "mdm_id",
    "note",
}


def add(actor: Actor, device: Device, at: datetime, text: str = "") -> DeviceChange:
    """Put a new device into the file.

    Raises: NotAllowed unless the actor may add devices there.
    """
    if not policy.may_add_at(actor, device.school):
        raise NotAllowed("Geräte legen das Campusmanagement, das Systemhaus und die Teamleitung an.")
    db.session.add(device)
    db.session.flush()
    return record(actor, device, "add", at, after={"state": device.state.value}, text=text)


def edit(actor: Actor, device: Device, values: dict[str, Any], at: datetime, what: str = "edit") -> DeviceChange | None:
    """Change columns of a device by name and return the change; None if nothing is different.

    Raises: NotAllowed for a column the actor may not change.
    """
    changed = {name: value for name, value in values.items() if getattr(device, name) != value}
    if not changed:
        return None
    if not (policy.may_edit(actor, device) or (changed.keys() <= PLACE and policy.may_place(actor, device))):
        raise NotAllowed("Diese Angaben ändern das Campusmanagement, das Systemhaus und die Teamleitung.")
    if unknown := changed.keys() - EDITABLE:
        raise DomainError(f"So lässt sich „{', '.join(sorted(unknown))}“ nicht ändern.")
    return apply(actor, device, changed, at, what)


def apply(
    actor: Actor, device: Device, values: dict[str, Any], at: datetime, what: str, text: str = ""
) -> DeviceChange:
    """Set columns and record the change; for verbs that have checked who may."""
    before = {name: plain(getattr(device, name)) for name in values}
    for name, value in values.items():
        setattr(device, name, value)
    db.session.flush()
    return record(actor, device, what, at, before, {name: plain(value) for name, value in values.items()}, text)


def move(actor: Actor, device: Device, name: str, at: datetime, text: str = "") -> DeviceChange:
    """Take a device from one state to another.

    Raises: NotAllowed unless the actor may change the device; DomainError for a move its state does not have.
    """
    if not policy.may_edit(actor, device):
        raise NotAllowed("Den Stand eines Geräts ändern das Campusmanagement, das Systemhaus und die Teamleitung.")
    return go(actor, device, name, at, text)


def go(actor: Actor, device: Device, name: str, at: datetime, text: str = "") -> DeviceChange:
    """Make a move and announce it; for verbs that have checked who may. Nobody else sets the state.

    Raises: DomainError for a move the state of the device does not have.
    """
    before, target = device.state, find(MOVES, name, device.state, LABELS).target
    device.state, device.state_at = target, at
    if target in (State.IN_USE, State.LENT) and device.in_service_on is None:
        device.in_service_on = clock.local_day(at)
    db.session.flush()
    change = record(actor, device, name, at, {"state": before.value}, {"state": target.value}, text)
    publish(DeviceMoved(device.id, name, before, target, at))
    return change


def record(
    actor: Actor,
    device: Device,
    what: str,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    text: str = "",
) -> DeviceChange:
    """Write a line of the history. Names of holders never go here."""
    change = DeviceChange(
        device_id=device.id,
        at=at,
        author_id=actor.user_id,
        what=what,
        before=before or {},
        after=after or {},
        text=text,
    )
    db.session.add(change)
    db.session.flush()
    return change


def plain(value: Any) -> Any:
    """Return a column's value as the history keeps it: days as 2026-11-23, choices by their value."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
