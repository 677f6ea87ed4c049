"""How many working devices of each class a school has."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceModel
from itsm.assets.states import WORKING
from itsm.core.db import db


def counts(school_ids: Iterable[int] | None = None) -> dict[int, Counter[Kind]]:
    """Return the working devices per school and class, of all schools unless some are named; one query."""
    per_model = (
        sa.select(Device.school_id, Device.model_id, sa.func.count().label("devices"))
        .where(Device.school_id.is_not(None), Device.state.in_(sorted(WORKING)))
        .group_by(Device.school_id, Device.model_id)
    )
    if school_ids is not None:
        per_model = per_model.where(Device.school_id.in_(sorted(school_ids)))
    of_model = per_model.subquery()
    rows = db.session.execute(
        sa.select(of_model.c.school_id, DeviceModel.kind, sa.func.sum(of_model.c.devices))
        .join(DeviceModel, DeviceModel.id == of_model.c.model_id)
        .group_by(of_model.c.school_id, DeviceModel.kind)
    )
    found: dict[int, Counter[Kind]] = defaultdict(Counter)
    for school_id, kind, devices in rows:
        found[school_id][kind] = int(devices)
    return found
