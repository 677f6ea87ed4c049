"""The same form sent many times at one moment is one report."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.assets.models import Device
from itsm.claims.models import DamageCase, Incident
from itsm.claims.service import cases
from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.org.models import School
from tests.assets.factories import make_device
from tests.claims.test_cases import TELLS
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_school


@pytest.mark.usefixtures("emptied")
def test_many_taps_at_once_are_one_report(app: Flask) -> None:
    device = make_device(make_school())
    assert device.school
    teacher = actor_for(make_user(Role.REPORTER, school_id=device.school.id))
    device_id, school_id = device.id, device.school.id
    db.session.remove()
    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(lambda _: _report(app, teacher, school_id, device_id), range(8)))
    assert len(numbers) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DamageCase)) == 1


def _report(app: Flask, teacher: Actor, school_id: int, device_id: int) -> int:
    with app.app_context():
        with writing():
            school, device = db.session.get_one(School, school_id), db.session.get_one(Device, device_id)
            incident_id = cases.report(teacher, school, TELLS, [device], MONDAY_9AM, form_key="a" * 32).id
        db.session.remove()
    return incident_id
