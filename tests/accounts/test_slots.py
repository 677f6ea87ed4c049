"""What pages of districts and schools show of people."""

from flask import Flask
from sqlalchemy.orm import scoped_session

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.web import slot
from tests.accounts.factories import make_absence, make_manager
from tests.people import make_user
from tests.places import make_district, make_school


def test_a_district_shows_its_staff_who_is_away_and_who_stands_in(app: Flask, session: scoped_session) -> None:
    district = make_district()
    first, second = make_manager(district.id), make_manager(district.id, is_deputy=True)
    first.phone = "0231 50-1"
    today = clock.local_day(clock.now())
    make_absence(first, first_on=today, last_on=today, deputy=second)
    with app.test_request_context():
        text = slot("district.people", district=district)
    assert text.index(first.name) < text.index(second.name)
    assert "abwesend" in text and f"Vertretung: {second.name}" in text and "tel:+49231501" in text


def test_a_district_without_people_says_what_to_do(app: Flask, session: scoped_session) -> None:
    with app.test_request_context():
        assert "noch niemand eingetragen" in slot("district.people", district=make_district())


def test_a_school_shows_who_drives_today_and_whom_to_ask_there(app: Flask, session: scoped_session) -> None:
    school = make_school()
    manager, deputy = make_manager(school.district_id or 0), make_manager(school.district_id or 0)
    head = make_user(Role.HEAD_OF_SCHOOL, school_id=school.id, name="Helga Leitung")
    make_user(Role.REPORTER, school_id=school.id, name="Karl Kollege")
    db.session.commit()
    with app.test_request_context():
        text = slot("school.people", school=school)
        assert manager.name in text and head.name in text and "Karl Kollege" not in text
        today = clock.local_day(clock.now())
        make_absence(manager, first_on=today, last_on=today)
        assert f"Vertretung für {manager.name}" in slot("school.people", school=school)
        make_absence(deputy, first_on=today, last_on=today)
        assert "eine Vertretung ist nicht eingetragen" in slot("school.people", school=school)
