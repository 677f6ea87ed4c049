"""A device list meets the device file."""

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.assets.importing import undo
from itsm.assets.importing.takeover import Outcome
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceChange
from itsm.assets.states import State
from itsm.core.access import SYSTEM
from itsm.org.models import Room
from tests.assets.factories import make_device, make_model
from tests.assets.lists import csv_of, taken_over
from tests.people import MONDAY_9AM
from tests.places import make_school


def device(session: scoped_session, serial: str) -> Device:
    session.expire_all()
    return session.scalars(sa.select(Device).where(Device.serial == serial)).one()


def test_a_new_device_gets_everything_its_row_says(session: scoped_session) -> None:
    school = make_school()
    outcome = taken_over(
        csv_of(
            "Seriennummer;Gerätenummer;Klasse;Hersteller;Modell;Schule;Raum;Status;Kaufdatum;Kaufpreis;Notiz",
            f'dmp xx0000001;do-1;iPad;Apple;iPad 9;{school.number};2.14;im Einsatz;17.3.26;1.234,56 €;"zwei\nZeilen"',
        )
    )
    assert outcome.problems == []
    assert (outcome.added, outcome.rooms, outcome.models) == (1, 1, 1)
    made = device(session, "DMPXX0000001")
    assert (made.tag, made.kind, made.model.label, made.state) == ("DO-1", Kind.IPAD, "Apple iPad 9", State.IN_USE)
    assert made.school is school
    assert made.site is school.main_site
    assert made.room is not None
    assert made.room.name == "2.14"
    assert (str(made.purchased_on), made.price_cents, made.note) == ("2026-03-17", 123_456, "zwei\nZeilen")
    change = session.scalars(sa.select(DeviceChange)).one()
    assert (change.what, change.after, change.import_id) == ("add", {"state": "in_use"}, outcome.import_id)
