"""What was spent on a device.

Source: docs/rules/devices.md, DV-5.
"""

from datetime import date, datetime

from itsm.assets import policy
from itsm.assets.models import CostKind, Device, DeviceCost
from itsm.assets.service import devices
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed

_MAY_NOT = "Kosten tragen das Campusmanagement, das Systemhaus und die Teamleitung ein."


def add(
    actor: Actor, device: Device, kind: CostKind, cents: int, spent_on: date, text: str, at: datetime
) -> DeviceCost:
    """Note money spent on a device.

    Raises: NotAllowed; DomainError for a day to come.
    """
    if not policy.may_edit(actor, device):
        raise NotAllowed(_MAY_NOT)
    if spent_on > clock.local_day(at):
        raise DomainError("Dieser Tag liegt in der Zukunft. Bitte tragen Sie den Tag der Rechnung ein.")
    cost = DeviceCost(
        device_id=device.id, kind=kind, cents=cents, spent_on=spent_on, text=text, author_id=actor.user_id
    )
    db.session.add(cost)
    devices.record(actor, device, "add-cost", at, after={"cost_cents": cents}, text=text)
    return cost


def remove(actor: Actor, device: Device, cost: DeviceCost, at: datetime) -> None:
    """Take back a cost that was entered by mistake; the history keeps both.

    Raises: NotAllowed.
    """
    if not policy.may_edit(actor, device):
        raise NotAllowed(_MAY_NOT)
    devices.record(actor, device, "remove-cost", at, before={"cost_cents": cost.cents}, text=cost.text)
    db.session.delete(cost)
