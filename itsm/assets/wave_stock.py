"""What waves are planned from: devices by school and month of service, and which schools are in the programme.

Source: docs/rules/waves.md, WV-1.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from itsm.assets import kinds
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceModel, SchoolSize
from itsm.assets.states import WORKING
from itsm.assets.waves.age import end_of
from itsm.assets.waves.plan import SchoolStock
from itsm.core.db import db
from itsm.org.models import School

_SERVICE_DAY = sa.func.coalesce(Device.in_service_on, Device.purchased_on)
# The number of the month of that day, as `age.month_of` counts.
MONTH = sa.cast(sa.extract("year", _SERVICE_DAY) * 12 + sa.extract("month", _SERVICE_DAY) - 1, sa.Integer)


def working() -> sa.ColumnElement[bool]:
    """Return the filter of the devices that take part."""
    return sa.and_(Device.school_id.is_not(None), Device.state.in_(sorted(WORKING)))


def stocks(kind: Kind, on: date) -> list[SchoolStock]:
    """Return the devices of a class of every school that has any; three queries."""
    of_kind = sa.select(DeviceModel.id).where(DeviceModel.kind == kind)
    rows = db.session.execute(
        sa.select(School.id, MONTH, sa.func.count())
        .join(Device, Device.school_id == School.id)
        .where(working(), Device.model_id.in_(of_kind))
        .group_by(School.id, MONTH)
    )
    months: dict[int, Counter[int | None]] = defaultdict(Counter)
    for school_id, month, devices in rows:
        months[school_id][month] = devices
    programme = _startchancen(on)
    schools = db.session.scalars(sa.select(School).where(School.id.in_(sorted(months))).order_by(School.number))
    return [
        SchoolStock(school.id, school.number, school.short_name, school.form, school.id in programme, months[school.id])
        for school in schools
    ]


def _startchancen(on: date) -> set[int]:
    rows = db.session.execute(
        sa.select(SchoolSize.school_id, SchoolSize.is_startchancen)
        .where(SchoolSize.valid_from <= on)
        .order_by(SchoolSize.valid_from)
    )
    latest: dict[int, bool] = {}
    latest.update((school_id, is_startchancen) for school_id, is_startchancen in rows)
    return {school_id for school_id, is_startchancen in latest.items() if is_startchancen}


def life_months(years: Iterable[int]) -> dict[int, dict[Kind, int]]:
    """Return the expected use of each class as it holds at the end of each year; one query a year."""
    return {year: kinds.life_months(end_of(year)) for year in years}


def price_cents(kind: Kind) -> int | None:
    """Return what the newest model of a class that has a price costs today."""
    return db.session.scalar(
        sa.select(DeviceModel.price_cents)
        .where(DeviceModel.kind == kind, DeviceModel.price_cents > 0)
        .order_by(DeviceModel.id.desc())
        .limit(1)
    )
