"""How many devices there were on a day, reckoned back from today by the history of each.

Source: docs/rules/claims.md, CL-80.
"""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceChange, DeviceModel
from itsm.assets.states import WORKING
from itsm.core import clock
from itsm.core.db import db
from itsm.org.models import District, School


class Stock(NamedTuple):
    """Devices alike on a day; `age` is in whole years, None where nobody knows since when they are in service."""

    school_id: int | None
    school: str | None
    form_key: str | None
    district: str | None
    model: str
    age: int | None
    devices: int


def totals(days: Iterable[date], kind: Kind | None) -> dict[date, int]:
    """Return how many working devices there were on each day; one query."""
    per_day = [_on(day, kind).with_only_columns(sa.literal(day).label("day"), sa.func.count()) for day in days]
    return dict(db.session.execute(sa.union_all(*per_day)).all()) if per_day else {}


def on_day(day: date, kind: Kind | None, *, with_age: bool = True) -> list[Stock]:
    """Return the working devices of a day, at schools and in the stock of the city, those alike as one; one query.

    Without their age there are far fewer groups.
    """
    devices = _on(day, kind).subquery()
    keys = [devices.c.school_id, devices.c.model_id, *([devices.c.in_service_on] if with_age else [])]
    alike = sa.select(*keys, sa.func.count().label("devices")).group_by(*keys).subquery()
    model = sa.func.trim(DeviceModel.maker + " " + DeviceModel.name)
    age = years_since(alike.c.in_service_on, day) if with_age else sa.null()
    select = (
        sa.select(School.id, School.name, School.form_key, District.name, model, age, alike.c.devices)
        .select_from(alike)
        .join(DeviceModel, DeviceModel.id == alike.c.model_id)
        .outerjoin(School, School.id == alike.c.school_id)
        .outerjoin(District, District.id == School.district_id)
    )
    return [Stock(*row) for row in db.session.execute(select)]


def years_since(start: Any, day: Any) -> sa.ColumnElement[int]:
    """Return the whole years from one day to another."""
    return sa.cast(sa.func.extract("year", sa.func.age(sa.cast(day, sa.Date), start)), sa.Integer)


def _on(day: date, kind: Kind | None) -> sa.Select[Any]:
    """Select the devices that were working on a day: what changed afterwards is taken back.

    A device counts from its first day of service on, else from its purchase, else from its entry in the file.
    """
    state, school = _before(day, "state"), _before(day, "school_id")
    school_id = sa.case(
        (school.c.device_id.is_not(None), sa.cast(school.c.was, sa.Integer)), else_=Device.school_id
    ).label("school_id")
    entered = sa.select(sa.cast(sa.func.min(DeviceChange.at), sa.Date)).where(DeviceChange.device_id == Device.id)
    since = sa.func.coalesce(Device.in_service_on, Device.purchased_on, entered.scalar_subquery(), day)
    select = (
        sa.select(Device.model_id, school_id, Device.in_service_on)
        .outerjoin(state, state.c.device_id == Device.id)
        .outerjoin(school, school.c.device_id == Device.id)
        .where(
            sa.func.coalesce(state.c.was, sa.cast(Device.state, sa.Text)).in_(sorted(WORKING)),
            since <= day,
        )
    )
    return select.where(Device.model_id.in_(_models(kind))) if kind else select


def _models(kind: Kind) -> sa.Select[int]:
    return sa.select(DeviceModel.id).where(DeviceModel.kind == kind)


def _before(day: date, column: str) -> sa.Subquery:
    """What a column held before its first change after a day, for the devices that had one."""
    ends = clock.at_local(day + timedelta(days=1), time())
    return (
        sa.select(DeviceChange.device_id, DeviceChange.before[column].astext.label("was"))
        .where(DeviceChange.at >= ends, DeviceChange.before.has_key(column))
        .ext(distinct_on(DeviceChange.device_id))
        .order_by(DeviceChange.device_id, DeviceChange.at, DeviceChange.id)
        .subquery()
    )
