"""Known disturbances: shown before the form, joined with one tap, ended with a mail."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.outbox import Mail
from itsm.org.models import School
from itsm.tickets import disturbances
from itsm.tickets.models import Disturbance, DisturbanceJoin
from tests.people import MONDAY_9AM, make_user, sign_in
from tests.places import make_district, make_school


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school(make_district())


def known(place: str = "", title: str = "WLAN ausgefallen") -> Disturbance:
    found = disturbances.add(SYSTEM, title, "Wir sind dran", place, MONDAY_9AM)
    db.session.commit()
    return found


def test_the_form_shows_what_holds_at_the_school_and_nothing_else(client: FlaskClient, school: School) -> None:
    assert school.district is not None
    known("", "Überall")
    known(str(school.district.number), "Im Bezirk")
    known(school.number, "An der Schule")
    known(make_school(school.district).number, "An der Nachbarschule")
    known(str(make_district().number), "Im fernen Bezirk")
    text = sign_in(client, make_user(Role.REPORTER, school_id=school.id)).get("/melden").text
    assert all(title in text for title in ("Überall", "Im Bezirk", "An der Schule"))
    assert "Nachbarschule" not in text and "fernen" not in text


def test_one_tap_joins_and_the_second_changes_nothing(client: FlaskClient, school: School) -> None:
    disturbance = known()
    browser = sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    for _ in range(2):
        answer = browser.post(f"/bekannte-stoerungen/{disturbance.id}/dabei", data={"school": school.id})
        assert answer.status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DisturbanceJoin)) == 1
    assert "Ihre Schule ist vermerkt" in browser.get("/melden").text


def test_a_foreign_disturbance_or_school_cannot_be_joined(client: FlaskClient, school: School) -> None:
    far = make_school()
    browser = sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    answers = [
        browser.post(f"/bekannte-stoerungen/{known(far.number).id}/dabei", data={"school": school.id}),
        browser.post(f"/bekannte-stoerungen/{known().id}/dabei", data={"school": far.id}),
        browser.post("/bekannte-stoerungen/99999999999/dabei", data={"school": school.id}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DisturbanceJoin)) == 0


def test_a_manager_enters_and_ends_one_of_the_own_district(client: FlaskClient, school: School) -> None:
    assert school.district is not None
    joined = make_user(Role.REPORTER, school_id=school.id)
    browser = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    place = str(school.district.number)
    browser.post("/bekannte-stoerungen/neu", data={"title": "WLAN", "text": "Wir sind dran", "place": place})
    [disturbance] = db.session.scalars(sa.select(Disturbance))
    sign_in(client, joined).post(f"/bekannte-stoerungen/{disturbance.id}/dabei", data={"school": school.id})
    browser = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    assert browser.post(f"/bekannte-stoerungen/{disturbance.id}/beenden", data={"text": "Geht"}).status_code == 303
    assert [mail.to_address for mail in db.session.scalars(sa.select(Mail))] == [joined.email]
    assert browser.post(f"/bekannte-stoerungen/{disturbance.id}/beenden", data={}).status_code == 422


@pytest.mark.parametrize("place", ["", "000000", "77", "abc", "-1", "²"])
def test_a_manager_enters_none_for_foreign_or_made_up_places(client: FlaskClient, school: School, place: str) -> None:
    browser = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    answer = browser.post("/bekannte-stoerungen/neu", data={"title": "WLAN", "text": "x", "place": place})
    assert answer.status_code in (403, 422)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Disturbance)) == 0
