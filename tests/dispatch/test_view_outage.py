"""The form of an outage, and what it does to the pages of those who plan."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import Outage, OutageKind
from itsm.org import calendar
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import make_user, sign_in

TODAY = clock.local_day(clock.now())
DAY = calendar.next_school_day(TODAY)
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def place(client: FlaskClient) -> Place:
    return make_place()


@pytest.fixture
def lead(client: FlaskClient, place: Place) -> FlaskClient:
    return sign_in(client, make_user(Role.DISPATCHER))


def ill(place: Place) -> dict[str, str]:
    return {"kind": "ill", "person": str(place.manager.id), "first_on": f"{DAY:%d.%m.%y}", "note": HOSTILE}


def outages() -> list[Outage]:
    return list(db.session.scalars(sa.select(Outage)))


def test_the_lead_reports_an_illness_and_sees_the_visits_and_that_a_plan_is_on_its_way(
    lead: FlaskClient, place: Place
) -> None:
    visit = make_visit(place, on=DAY)
    text = lead.post("/einsatz/ausfall", data=ill(place), follow_redirects=True).text
    assert "Noch hat keine Schule davon gehört." in text
    assert "Der neue Plan wird berechnet" in text
    assert place.school.short_name in text
    assert "<script>alert" not in text
    assert "Ausfall: noch niemand eingeteilt" in lead.get(f"/besuche/{visit.id}").text
    assert "Ausfall: noch niemand eingeteilt" in lead.get("/").text
    assert "<script>alert" not in lead.get("/einsatz/ausfall").text


def test_the_school_reads_nothing_of_it(client: FlaskClient, lead: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    lead.post("/einsatz/ausfall", data=ill(place), follow_redirects=True)
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id))
    assert "Ausfall" not in client.get(f"/besuche/{visit.id}").text
    assert "Ausfall" not in client.get("/").text


def test_a_manager_finds_only_themselves_and_the_own_schools(client: FlaskClient, place: Place) -> None:
    other = make_place()
    sign_in(client, place.manager)
    text = client.get("/einsatz/ausfall").text
    assert place.school.short_name in text
    assert f">{other.school.short_name}</option>" not in text
    typed = {"kind": "car", "person": str(other.manager.id), "first_on": f"{DAY:%d.%m.%Y}"}
    assert client.post("/einsatz/ausfall", data=typed).status_code == 422
    assert outages() == []


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "ill", "person": "0"},
        {"kind": "school_closed", "school": "0"},
        {"kind": "meteor"},
        {"kind": "ill", "person": "99999999999999"},
        {"kind": "ill", "first_on": "gestern"},
        {"kind": "ill", "first_on": "1.1.2020"},
        {"kind": "ill", "last_on": "31.12.9999"},
        {"kind": "ill", "note": "x" * 121},
        {},
    ],
)
def test_what_makes_no_sense_is_refused(lead: FlaskClient, place: Place, typed: dict) -> None:
    defaults = {"person": str(place.manager.id), "first_on": f"{DAY:%d.%m.%Y}"}
    assert lead.post("/einsatz/ausfall", data=defaults | typed).status_code == 422
    assert outages() == []


def test_a_closed_school_is_reported_and_opened_again(lead: FlaskClient, place: Place) -> None:
    typed = {"kind": "school_closed", "school": str(place.school.id), "first_on": f"{DAY:%d.%m.%Y}"}
    assert lead.post("/einsatz/ausfall", data=typed).status_code == 302
    [outage] = outages()
    assert (outage.kind, outage.last_on) == (OutageKind.SCHOOL_CLOSED, DAY)
    assert "Schule ist wieder offen" in lead.get(f"/einsatz/ausfall/{outage.id}").text
    assert lead.post(f"/einsatz/ausfall/{outage.id}/beenden").status_code == 302
    assert outages() == []
    assert lead.get(f"/einsatz/ausfall/{outage.id}").status_code == 404


def test_the_plan_is_asked_for_once_at_a_time(lead: FlaskClient, place: Place) -> None:
    make_visit(place, on=DAY)
    lead.post("/einsatz/ausfall", data=ill(place) | {"last_on": f"{DAY + timedelta(days=1):%d.%m.%Y}"})
    [outage] = outages()
    text = lead.post(f"/einsatz/ausfall/{outage.id}/planen", follow_redirects=True).text
    assert "wird gerade schon geplant" in text
