"""Where devices belong: what a stocktake of a room, a charging case or a school expects to see.

Source: docs/rules/stocktake.md, ST-1.
"""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from itsm.assets.models import Device, Stocktake
from itsm.assets.states import AWAY, WORKING

AT_HAND = Device.state.in_(sorted(WORKING - AWAY))


def home_room() -> sa.ColumnElement[int | None]:
    """Return the room a device belongs in: that of its charging case, else its own; over `Device`."""
    case = aliased(Device)
    of_case = sa.select(case.room_id).where(case.id == Device.case_id).scalar_subquery()
    return sa.func.coalesce(of_case, Device.room_id)


def belongs_to(stocktake: Stocktake) -> sa.ColumnElement[bool]:
    """Return the filter of the working devices that belong in the place of a stocktake; over `Device`."""
    of_school = sa.and_(Device.school_id == stocktake.school_id, Device.state.in_(sorted(WORKING)))
    if stocktake.room_id is not None:
        return sa.and_(of_school, home_room() == stocktake.room_id)
    if stocktake.case_id is not None:
        return sa.and_(of_school, sa.or_(Device.case_id == stocktake.case_id, Device.id == stocktake.case_id))
    return of_school


def expected_by(stocktake: Stocktake) -> sa.ColumnElement[bool]:
    """Return the filter of the devices a stocktake lists: those in other hands only with the whole school."""
    is_whole_school = stocktake.room_id is None and stocktake.case_id is None
    return belongs_to(stocktake) if is_whole_school else sa.and_(belongs_to(stocktake), AT_HAND)
