"""What can be done with one device: each verb checks, changes and records the change beside it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.events import DeviceMoved
from itsm.assets.models import Device, DeviceChange
from itsm.assets.serials import is_serial, is_tag
from itsm.assets.states import LABELS, MOVES, State
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
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
# Moves nobody makes by hand without saying what happened.
NEEDS_REASON = frozenset({"lose", "steal", "retire", "dispose"})
_UNIQUE = {
    "tag": "Die Gerätenummer {} ist schon vergeben. Bitte prüfen Sie das Etikett.",
    "serial": "Die Seriennummer {} steht schon bei einem anderen Gerät. Bitte prüfen Sie die Nummer.",
    "mdm_id": "Die Kennung {} aus dem MDM gehört schon zu einem anderen Gerät.",
}


def add(actor: Actor, device: Device, at: datetime, text: str = "") -> DeviceChange:
    """Put a new device into the file.

    Raises: NotAllowed unless the actor may add devices there; DomainError for a number that is none or is taken.
    """
    if not policy.may_add_at(actor, device.school):
        raise NotAllowed("Geräte legen das Campusmanagement, das Systemhaus und die Teamleitung an.")
    _check_numbers({name: getattr(device, name) for name in _UNIQUE})
    db.session.add(device)
    db.session.flush()
    return record(actor, device, "add", at, after={"state": device.state.value}, text=text)


def edit(actor: Actor, device: Device, values: dict[str, Any], at: datetime, what: str = "edit") -> DeviceChange | None:
    """Change columns of a device by name and return the change; None if nothing is different.

    Raises: NotAllowed for a column the actor may not change; DomainError for a number that is none or is taken.
    """
    changed = {name: value for name, value in values.items() if getattr(device, name) != value}
    if not changed:
        return None
    if not (policy.may_edit(actor, device) or (changed.keys() <= PLACE and policy.may_place(actor, device))):
        raise NotAllowed("Diese Angaben ändern das Campusmanagement, das Systemhaus und die Teamleitung.")
    if unknown := changed.keys() - EDITABLE:
        raise DomainError(f"So lässt sich „{', '.join(sorted(unknown))}“ nicht ändern.")
    _check_numbers(changed)
    return apply(actor, device, changed, at, what)


def as_seen(device: Device, version: int) -> None:
    """Let a form change only the device it was filled in for.

    Raises: Conflict if somebody has changed it since.
    """
    if device.version_id != version:
        raise Conflict(
            "Dieses Gerät hat inzwischen jemand anderes geändert. Bitte laden Sie die Seite neu und sehen Sie nach."
        )


def _check_numbers(values: dict[str, Any]) -> None:
    """Source: docs/rules/devices.md, DV-4."""
    if "tag" in values and not is_tag(values["tag"]):
        raise DomainError("Eine Gerätenummer besteht aus Buchstaben und Ziffern, dazwischen auch . _ / und -.")
    if values.get("serial") and not is_serial(values["serial"]):
        raise DomainError("Eine Seriennummer hat 8 bis 14 Buchstaben und Ziffern. Bitte prüfen Sie die Nummer.")
    for name, sentence in _UNIQUE.items():
        if values.get(name) and _is_taken(name, values[name]):
            raise DomainError(sentence.format(values[name]))


def _is_taken(name: str, value: str) -> bool:
    taken = sa.exists().where(getattr(Device, name) == value)
    with db.session.no_autoflush:
        return bool(db.session.scalar(sa.select(taken)))


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

    Raises: NotAllowed unless the actor may change the device; DomainError for a move its state does not have
        or that needs a reason.
    """
    if not policy.may_edit(actor, device):
        raise NotAllowed("Den Stand eines Geräts ändern das Campusmanagement, das Systemhaus und die Teamleitung.")
    if name in NEEDS_REASON and not text:
        raise DomainError("Bitte schreiben Sie dazu, was geschehen ist. Das steht später im Nachweis.")
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
