"""Pages that print labels and the list for the police."""

import csv
from io import StringIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.assets.models import Device
from itsm.assets.states import State
from itsm.core.access import Role
from tests.assets.factories import make_device
from tests.people import make_user, sign_in
from tests.places import make_room, make_school


@pytest.fixture
def lead(client: FlaskClient, session: scoped_session) -> FlaskClient:
    """The head of the school that owns `device`."""
    return sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=make_school(name="Sonnenschule").id))


@pytest.fixture
def device(lead: FlaskClient) -> Device:
    from itsm.core.db import db
    from itsm.org.models import School

    school = db.session.query(School).filter_by(name="Sonnenschule").one()
    return make_device(school, room=make_room(school.main_site))


def test_labels_are_printed_for_one_device(lead: FlaskClient, device: Device) -> None:
    page = lead.get(f"/geraete/aufkleber?ids={device.id}")
    assert "Für 1 Gerät:" in page.text
    paper = lead.get(f"/geraete/aufkleber.pdf?ids={device.id}&bogen=L4732&platz=80")
    assert paper.mimetype == "application/pdf" and paper.data.startswith(b"%PDF-")
    assert "aufkleber.pdf" in paper.headers["Content-Disposition"]


def test_labels_are_printed_for_a_part_of_the_list(lead: FlaskClient, device: Device) -> None:
    make_device(device.school)
    assert "Für 1 Gerät:" in lead.get("/geraete/aufkleber?q=raum:2.14").text
    assert "Für 2 Geräte:" in lead.get("/geraete/aufkleber?tab=alle").text
    assert lead.get("/geraete/aufkleber.pdf?q=raum:2.14").data.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("bogen=L4773&platz=25", "Plätze 1 bis 24"),
        ("bogen=L4773&platz=0", "Zahl von 1 bis 80"),
        ("platz=viel", "Platz"),
        ("bogen=A5", "Bogen"),
        ("q=stand:kaputt", "Den Stand „kaputt“ gibt es nicht"),
        ("tab=mond", "Diese Ansicht gibt es nicht"),
        ("q=raum:9.99", "kein Gerät"),
    ],
)
def test_what_cannot_be_printed_is_a_sentence_on_the_page(
    lead: FlaskClient, device: Device, query: str, sentence: str
) -> None:
    answer = lead.get(f"/geraete/aufkleber.pdf?{query}")
    assert answer.status_code == 422
    assert sentence in answer.text and "Aufkleber drucken" in answer.text


def test_nobody_prints_the_devices_of_another_school(lead: FlaskClient, device: Device) -> None:
    foreign = make_device()
    assert lead.get(f"/geraete/aufkleber.pdf?ids={foreign.id}").status_code == 422
    assert lead.get(f"/geraete/polizei.pdf?ids={foreign.id}").status_code == 422
    assert lead.get(f"/geraete/polizei.csv?ids={foreign.id}").status_code == 422
    assert "Für 0 Geräte" in lead.get(f"/geraete/aufkleber?ids={foreign.id}").text


def test_the_police_gets_what_is_gone_unless_something_else_is_chosen(lead: FlaskClient, device: Device) -> None:
    gone = make_device(device.school, state=State.STOLEN)
    assert _tags(lead.get("/geraete/polizei.csv").text) == [gone.tag]
    assert _tags(lead.get(f"/geraete/polizei.csv?ids={device.id}").text) == [device.tag]
    assert _tags(lead.get("/geraete/polizei.csv?tab=alle&q=raum:2.14").text) == [device.tag]


def _tags(text: str) -> list[str]:
    head, *rows = csv.reader(StringIO(text.lstrip("\ufeff")), delimiter=";")
    assert head[0] == "Gerätenummer"
    return [row[0] for row in rows]


def test_the_list_for_the_police_is_paper_with_reason_and_file_number(lead: FlaskClient, device: Device) -> None:
    make_device(device.school, state=State.LOST)
    assert "1 Gerät, gestohlen oder verloren" in lead.get("/geraete/polizei").text
    paper = lead.get("/geraete/polizei.pdf", query_string={"anlass": "Einbruch", "zeichen": "ST/0815/26"})
    assert paper.mimetype == "application/pdf" and b"pdfuaid" in paper.data
    assert lead.get("/geraete/polizei.pdf", query_string={"zeichen": "x" * 61}).status_code == 422


def test_a_cell_of_the_list_is_never_a_formula(lead: FlaskClient, device: Device) -> None:
    device.model.maker = "=1+1"
    make_device(device.school, model=device.model, state=State.STOLEN)
    assert ";'=1+1 " in lead.get("/geraete/polizei.csv").text


def test_the_page_of_a_device_offers_its_papers(lead: FlaskClient, device: Device) -> None:
    page = lead.get(f"/geraete/{device.id}").text
    assert f"/geraete/aufkleber?ids={device.id}" in page and "/geraete/polizei" not in page
    gone = make_device(device.school, state=State.STOLEN)
    assert f"/geraete/polizei?ids={gone.id}" in lead.get(f"/geraete/{gone.id}").text
