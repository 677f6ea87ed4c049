"""The page of the team and the form of what the work takes."""

from datetime import time

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import Skill, Workday, WorkNeed
from tests.dispatch.factories import Place, make_place
from tests.people import make_user, sign_in
from tests.tickets.factories import make_ticket

WEEK = {"monday": "7:30–16:00", "tuesday": "7.30-16", "wednesday": "8 bis 12 Uhr", "thursday": "", "friday": ""}
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def place(client: FlaskClient) -> Place:
    return make_place()


@pytest.fixture
def lead(client: FlaskClient, place: Place) -> FlaskClient:
    return sign_in(client, make_user(Role.DISPATCHER))


def test_the_lead_sets_hours_and_skills_as_people_type_them(lead: FlaskClient, place: Place) -> None:
    lead.post("/einsatz/team/faehigkeiten", data={"name": " Netz\nwerk "})
    skill = db.session.scalars(sa.select(Skill)).one()
    answer = lead.post(f"/einsatz/team/{place.manager.id}", data={**WEEK, "skills": [skill.id]})
    assert answer.status_code == 302
    rows = db.session.scalars(sa.select(Workday).order_by(Workday.weekday)).all()
    assert [(row.weekday, row.ends) for row in rows] == [(0, time(16)), (1, time(16)), (2, time(12))]
    text = lead.get("/einsatz/team").text
    assert "Mo–Di 7:30–16:00, Mi 8:00–12:00" in text
    assert "Kann: Netz werk" in text


@pytest.mark.parametrize("typed", [{"monday": "früh"}, {"monday": "16–8"}, {"monday": "5–22"}, {"skills": ["7"]}])
def test_what_makes_no_sense_is_refused_and_kept(lead: FlaskClient, place: Place, typed: dict) -> None:
    answer = lead.post(f"/einsatz/team/{place.manager.id}", data=typed)
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Workday)) == 0
    assert all(value in answer.text for value in typed.values() if isinstance(value, str) and value != "5–22")


def test_a_manager_sees_the_own_hours_and_no_form(client: FlaskClient, place: Place) -> None:
    make_place()
    sign_in(client, place.manager)
    text = client.get("/einsatz/team").text
    assert "Meine Dienstzeiten" in text
    assert "/einsatz/team/" not in text


def test_hostile_skills_are_shown_as_text(lead: FlaskClient, place: Place) -> None:
    assert lead.post("/einsatz/team/faehigkeiten", data={"name": HOSTILE}).status_code == 302
    assert lead.post("/einsatz/team/faehigkeiten", data={"name": "x" * 61}).status_code == 422
    assert lead.post("/einsatz/team/faehigkeiten", data={"name": HOSTILE.upper()}).status_code == 422
    for address in ("/einsatz/team", f"/einsatz/team/{place.manager.id}"):
        assert "<script>alert" not in lead.get(address).text


def test_what_the_work_takes_is_said_by_form_and_shown_on_the_ticket(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school)
    sign_in(client, place.manager)
    assert "Braucht nichts Besonderes." in client.get(f"/stoerungen/{ticket.id}").text
    said = {"minutes": "45", "people": "2", "waits_for": f"Lampe {HOSTILE}", "not_before_on": "7.1.2027"}
    assert client.post(f"/stoerungen/{ticket.id}/einsatz", data=said).status_code == 302
    text = client.get(f"/stoerungen/{ticket.id}").text
    assert "45 Min., zwei Personen, wartet auf Lampe" in text
    assert "<script>alert" not in text
    assert 'value="45"' in client.get(f"/stoerungen/{ticket.id}/einsatz").text
    sign_in(client, ticket.reporter)
    assert "Braucht" not in client.get(f"/stoerungen/{ticket.id}").text


@pytest.mark.parametrize(
    "typed",
    [
        {"minutes": "4", "people": "1"},
        {"minutes": "viel", "people": "1"},
        {"people": "3"},
        {"people": "1", "waits_for": "Lampe"},
        {"people": "1", "not_before_on": "bald"},
        {"people": "1", "skills": ["99"]},
    ],
)
def test_needs_that_make_no_sense_are_refused(client: FlaskClient, place: Place, typed: dict) -> None:
    ticket = make_ticket(place.school)
    sign_in(client, place.manager)
    assert client.post(f"/stoerungen/{ticket.id}/einsatz", data=typed).status_code == 422
    assert db.session.get(WorkNeed, ticket.id) is None
