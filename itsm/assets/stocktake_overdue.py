"""Where it is time to count again, by the interval of each class.

Source: docs/rules/stocktake.md, ST-7.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from itsm.assets import policy
from itsm.assets.kinds import audit_months
from itsm.assets.models import Device, DeviceModel
from itsm.assets.stocktake_places import AT_HAND, home_room
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.org.models import Room, School


@dataclass(frozen=True)
class Due:
    """A place with its devices at hand, how many of them are overdue, and how many of those were never seen."""

    devices: int = 0
    overdue: int = 0
    never: int = 0
    room: Room | None = None
    case: Device | None = None

    @property
    def name(self) -> str:
        """What the door or the label says."""
        return f"Raum {self.room.name}" if self.room else f"Ladekoffer {self.case.tag}" if self.case else "Ganze Schule"

    @property
    def fields(self) -> dict[str, int]:
        """What a form sends to have this place counted, beside its school."""
        return {"room": self.room.id} if self.room else {"case": self.case.id} if self.case else {}


@dataclass(frozen=True)
class SchoolDue:
    """A school and what is overdue there."""

    school: School
    due: Due


def of_school(school: School, at: datetime) -> tuple[Due, list[Due]]:
    """Return what is due at a school as a whole, and in each of its rooms and cases, the most overdue first."""
    room_id = home_room().label("home_room_id")
    rows = db.session.execute(
        sa.select(room_id, Device.case_id, *_counts(at))
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.school_id == school.id, AT_HAND)
        .group_by(room_id, Device.case_id)
    ).all()
    whole = Due()
    rooms: dict[int, Due] = defaultdict(Due)
    cases: dict[int, Due] = defaultdict(Due)
    for home, case_id, devices, overdue, never in rows:
        row = Due(devices, overdue, never)
        whole = _sum(whole, row)
        if home is not None:
            rooms[home] = _sum(rooms[home], row)
        if case_id is not None:
            cases[case_id] = _sum(cases[case_id], row)
    places = [*_named_rooms(rooms), *_named_cases(cases)]
    return whole, sorted(places, key=lambda place: (-place.overdue, place.name))


def schools_for(actor: Actor, at: datetime) -> list[SchoolDue]:
    """Return the schools at which this person may count, the most overdue first."""
    counted = (
        sa.select(Device.school_id, *_counts(at))
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(policy.visible_to(actor), AT_HAND)
        .group_by(Device.school_id)
    )
    due = {
        school_id: Due(devices, overdue, never) for school_id, devices, overdue, never in db.session.execute(counted)
    }
    schools = db.session.scalars(
        sa.select(School).where(policy.countable_schools(actor), School.closed_at.is_(None)).order_by(School.name)
    )
    found = [SchoolDue(school, due.get(school.id, Due())) for school in schools]
    return sorted(found, key=lambda one: -one.due.overdue)


def _counts(at: datetime) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int], sa.ColumnElement[int]]:
    """Devices, overdue ones, and ones never seen."""
    limits = {kind: at - relativedelta(months=months) for kind, months in audit_months(clock.local_day(at)).items()}
    is_old = Device.seen_at < sa.case(limits, value=DeviceModel.kind)
    never = Device.seen_at.is_(None)
    return sa.func.count(), sa.func.count().filter(sa.or_(never, is_old)), sa.func.count().filter(never)


def _sum(one: Due, other: Due) -> Due:
    return Due(one.devices + other.devices, one.overdue + other.overdue, one.never + other.never)


def _named_rooms(rooms: dict[int, Due]) -> Iterator[Due]:
    for room in db.session.scalars(sa.select(Room).where(Room.id.in_(rooms))):
        yield replace(rooms[room.id], room=room)


def _named_cases(cases: dict[int, Due]) -> Iterator[Due]:
    for case in db.session.scalars(sa.select(Device).where(Device.id.in_(cases))):
        yield replace(cases[case.id], case=case)
