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
from itsm.core.errors import DomainError
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


@pytest.mark.usefixtures("emptied")
def test_of_two_people_who_report_one_device_at_once_the_second_reads_why_not(app: Flask) -> None:
    device = make_device(make_school(), tag="T-1")
    assert device.school
    people = [actor_for(make_user(Role.REPORTER, school_id=device.school.id)) for _ in range(4)]
    device_id, school_id = device.id, device.school.id
    db.session.remove()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda person: _report(app, person, school_id, device_id), people))
    assert sum(isinstance(one, int) for one in found) == 1
    assert [str(one) for one in found if not isinstance(one, int)] == 3 * [
        "Zu T-1 gibt es schon einen offenen Fall. Bitte ergänzen Sie dort, was fehlt."
    ]


def _report(app: Flask, teacher: Actor, school_id: int, device_id: int) -> int | DomainError:
    with app.app_context():
        try:
            with writing():
                school, device = db.session.get_one(School, school_id), db.session.get_one(Device, device_id)
                return cases.report(teacher, school, TELLS, [device], MONDAY_9AM, form_key="a" * 32).id
        except DomainError as error:
            return error
        finally:
            db.session.remove()
