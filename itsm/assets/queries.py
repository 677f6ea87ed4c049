"""Named selects over devices; whoever may not see one is told it does not exist."""

from collections.abc import Sequence
from datetime import date, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.assets import policy
from itsm.assets.models import Device, DeviceChange, DeviceCost, DeviceModel, DeviceTask, Loan
from itsm.assets.serials import is_tag, readings
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound
from itsm.org.models import School

HISTORY = 50
UNSEEN = "Dieses Gerät gibt es nicht, oder Sie haben darauf keinen Zugriff."


def get_for(actor: Actor, device_id: int) -> Device:
    """Return a device with everything its page shows but history.

    Raises: NotFound for a device the actor does not see.
    """
    found = db.session.scalar(
        _whole().where(Device.id == device_id if 0 < device_id <= LARGEST_ID else sa.false(), policy.visible_to(actor))
    )
    if found is None:
        raise NotFound(UNSEEN)
    return found


def is_seen(actor: Actor, device_id: int) -> bool:
    """Say whether the actor sees a device of this number."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Device.id == device_id, policy.visible_to(actor)))))


def find(actor: Actor, typed: str) -> Device | None:
    """Return the device a typed or scanned number stands for, among those the actor sees."""
    return _first(typed, policy.visible_to(actor))


def find_to_pick(actor: Actor, typed: str, school: School | None = None) -> Device | None:
    """Return the device a report may name by this number, of this school if one is given."""
    here = Device.school_id == school.id if school is not None else Device.school_id.is_not(None)
    return _first(typed, sa.and_(policy.pickable_by(actor), here))


def find_to_lead(actor: Actor, typed: str) -> Device | None:
    """Return the device of a scanned label, among those the actor sees or may name in a report."""
    return _first(typed, sa.or_(policy.visible_to(actor), policy.pickable_by(actor)))


def find_at(school: School, typed: str) -> Device | None:
    """Return the device of a school this number stands for, whatever its state; for whoever may count there."""
    return _first(typed, Device.school_id == school.id)


def find_to_replace(school: School, typed: str) -> Device | None:
    """Return what may replace a device of a school by this number: its own or the city's; for who may swap there."""
    return _first(typed, sa.or_(Device.school_id == school.id, Device.school_id.is_(None)))


def _first(typed: str, where: sa.ColumnElement[bool]) -> Device | None:
    """The whole text beats the one without the scanner's S, a tag beats a serial number.

    A text that can be no number, such as one with a NUL, is not asked for.
    """
    for text in filter(is_tag, readings(typed)):
        either = sa.or_(Device.tag == text, Device.serial == text)
        found = db.session.scalar(_whole().where(either, where).order_by((Device.tag == text).desc()).limit(1))
        if found is not None:
            return found
    return None


def _whole() -> sa.Select[Device]:
    return sa.select(Device).options(
        joinedload(Device.model),
        joinedload(Device.school).joinedload(School.district),
        joinedload(Device.site),
        joinedload(Device.room),
        joinedload(Device.case),
        joinedload(Device.replaced_by),
    )


def history_of(device: Device) -> Sequence[DeviceChange]:
    """Return the latest changes of a device, newest last."""
    found = db.session.scalars(
        sa.select(DeviceChange)
        .where(DeviceChange.device_id == device.id)
        .order_by(DeviceChange.id.desc())
        .limit(HISTORY)
        .options(joinedload(DeviceChange.author), joinedload(DeviceChange.imported))
    ).all()
    return found[::-1]


def open_loan_of(device: Device) -> Loan | None:
    """Return who has the device now; the caller asks `policy.may_see_holder` before it shows a name."""
    return db.session.scalar(sa.select(Loan).where(Loan.device_id == device.id, Loan.returned_at.is_(None)))


def loan_on(device: Device, day: date) -> Loan | None:
    """Return who had the device on a day, the last one if it changed hands; asked like `open_loan_of`."""
    begins, ends = clock.at_local(day, time.min), clock.at_local(day + timedelta(days=1), time.min)
    return db.session.scalar(
        sa.select(Loan)
        .where(
            Loan.device_id == device.id,
            Loan.handed_out_at < ends,
            sa.or_(Loan.returned_at.is_(None), Loan.returned_at >= begins),
        )
        .order_by(Loan.handed_out_at.desc(), Loan.id.desc())
        .limit(1)
    )


def costs_of(device: Device) -> Sequence[DeviceCost]:
    """Return what was spent on a device after its purchase, newest last."""
    of_device = sa.select(DeviceCost).where(DeviceCost.device_id == device.id)
    return db.session.scalars(of_device.order_by(DeviceCost.spent_on, DeviceCost.id)).all()


def in_case(case: Device) -> Sequence[Device]:
    """Return the devices of a charging case in the order of its places; never those of another school."""
    return db.session.scalars(
        sa.select(Device)
        .where(Device.case_id == case.id, Device.school_id.is_not_distinct_from(case.school_id))
        .order_by(Device.slot.nulls_last(), Device.tag)
        .options(joinedload(Device.model))
    ).all()


def open_tasks_of(school_id: int) -> Sequence[DeviceTask]:
    """Return the open tasks about devices of a school, the oldest first."""
    return db.session.scalars(
        sa.select(DeviceTask)
        .where(DeviceTask.school_id == school_id, DeviceTask.done_at.is_(None))
        .order_by(DeviceTask.id)
        .options(selectinload(DeviceTask.device).joinedload(Device.model))
    ).all()


def models() -> Sequence[DeviceModel]:
    """Return every model, by class, maker and name."""
    return db.session.scalars(
        sa.select(DeviceModel).order_by(DeviceModel.kind, DeviceModel.maker, DeviceModel.name)
    ).all()
