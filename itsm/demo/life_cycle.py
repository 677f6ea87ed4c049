"""What the people of the demo city did with its devices: a counted room, and two plans of the iPad exchange."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.assets import wave_stock
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, Fairness
from itsm.assets.service import differences, stocktakes, waves
from itsm.assets.states import State
from itsm.assets.wave_planning import Draft
from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import db
from itsm.org.models import Room, School

FIRST_YEAR_SHARE = 0.36
PLANS = {"Älteste zuerst": Fairness.OLDEST_FIRST, "Ganze Schulen": Fairness.WHOLE_SCHOOLS}


def build(at: datetime) -> None:
    """Count a room of the first school, and plan the exchange of the iPads in two ways."""
    _count_a_room(db.session.get_one(School, 1), at - timedelta(days=6))
    year = clock.local_day(at).year
    devices = sum(sum(stock.months.values()) for stock in wave_stock.stocks(Kind.IPAD, clock.local_day(at)))
    for name, fairness in PLANS.items():
        draft = Draft(
            kind=Kind.IPAD,
            first_year=year,
            last_year=year + 2,
            price_cents=39_900,
            fairness=fairness,
            quantity=devices,
            per_year={year: int(devices * FIRST_YEAR_SHARE)},
        )
        waves.make(SYSTEM, draft, f"iPad-Austausch bis {year + 2}: {name}", at)


def _count_a_room(school: School, at: datetime) -> None:
    """Find all but two devices of a room, one of another room, and a number nobody knows."""
    in_rooms = sa.select(Device).where(Device.school_id == school.id, Device.state == State.IN_USE).order_by(Device.id)
    room = db.session.scalars(sa.select(Room).where(Room.site_id == school.places[0].site_id).order_by(Room.id)).first()
    here = db.session.scalars(in_rooms.where(Device.room == room).limit(400)).all()
    elsewhere = db.session.scalars(in_rooms.where(Device.room != room).limit(1)).all()
    stocktake = stocktakes.start(SYSTEM, school, at, room=room)
    for tag in [*(device.tag for device in here[:-2]), *(device.tag for device in elsewhere), "DS-UNBEKANNT"]:
        stocktakes.scan(SYSTEM, stocktake, tag, at)
    differences.finish(SYSTEM, stocktake, at)
