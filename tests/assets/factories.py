"""Devices of the tests: plain factories with dull defaults. Each commits, as a request would."""

from datetime import date
from itertools import count
from typing import Any

from itsm.assets.kinds import Kind
from itsm.assets.models import CostKind, Device, DeviceCost, DeviceModel, DeviceTask, HolderKind, Loan, TaskKind
from itsm.assets.states import State
from itsm.core.db import db
from itsm.org.models import School
from tests.people import MONDAY_9AM
from tests.places import make_school
from tests.saving import at_once

_numbers = count(1)


def make_model(kind: Kind = Kind.IPAD, **more: Any) -> DeviceModel:
    """Make a model, of an iPad unless another class is named."""
    values = {"maker": "Apple", "name": f"Modell {next(_numbers)}", "price_cents": 37_900} | more
    model = DeviceModel(kind=kind, **values)
    db.session.add(model)
    db.session.commit()
    return model


@at_once()
def make_device(school: School | None = None, *, model: DeviceModel | None = None, **more: Any) -> Device:
    """Make a device in use in the main building of a school (a new one unless given)."""
    number = next(_numbers)
    school = school or make_school()
    values: dict[str, Any] = {
        "tag": f"T-{number:05}",
        "serial": f"SER{number:07}",
        "school": school,
        "site": school.main_site,
        "state": State.IN_USE,
        "state_at": MONDAY_9AM,
        "purchased_on": date(2022, 8, 1),
        "price_cents": 37_900,
        "in_service_on": date(2022, 9, 12),
    }
    device = Device(model=model or make_model(), **(values | more))
    db.session.add(device)
    db.session.commit()
    return device


def make_cost(device: Device, **more: Any) -> DeviceCost:
    """Note a repair of a device."""
    values = {"kind": CostKind.REPAIR, "spent_on": date(2026, 11, 2), "cents": 8_900} | more
    cost = DeviceCost(device_id=device.id, **values)
    db.session.add(cost)
    db.session.commit()
    return cost


def make_loan(device: Device, **more: Any) -> Loan:
    """Hand a device to a pupil."""
    values: dict[str, Any] = {
        "holder_kind": HolderKind.PUPIL,
        "holder_name": "Kim Beispiel",
        "holder_group": "7b",
        "handed_out_at": MONDAY_9AM,
    }
    device.state = State.LENT
    loan = Loan(device=device, school=device.school, **(values | more))
    db.session.add(loan)
    db.session.commit()
    return loan


def make_task(device: Device, kind: TaskKind = TaskKind.MISSING, **more: Any) -> DeviceTask:
    """Make an open task about a device at its school."""
    values: dict[str, Any] = {"text": f"{device.tag} suchen", "created_at": MONDAY_9AM}
    task = DeviceTask(device=device, school=device.school, kind=kind, **(values | more))
    db.session.add(task)
    db.session.commit()
    return task
