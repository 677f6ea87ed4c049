"""The pages of the exchange."""

import io
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.assets.models import DeviceTask, Wave
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_model
from tests.assets.wave_factories import make_wave
from tests.people import make_user, sign_in
from tests.places import make_school
from tests.saving import at_once

ENTERED = {"kind": "ipad", "quantity": "2", "price": "379", "fairness": "oldest_first", "name": "iPads der Zukunft"}


@pytest.fixture
def lead(client: FlaskClient) -> FlaskClient:
    """The browser of a team lead."""
    return sign_in(client, make_user(Role.DISPATCHER))


@pytest.fixture
@at_once()
def school(client: FlaskClient) -> School:
    """A school with three old iPads."""
    school, model = make_school(name="Adlerfeld-GS"), make_model()
    for _ in range(3):
        make_device(school, model=model)
    return school


def post(client: FlaskClient, step: str, **more: str) -> Any:
    year = clock.local_day(clock.now()).year + 1
    years = {"first_year": str(year), "last_year": str(year)}
    return client.post("/geraete/austausch/neu", data=ENTERED | years | {"step": step} | more)


def test_the_plan_is_shown_before_anything_is_saved(lead: FlaskClient, school: School) -> None:
    page = post(lead, "vorschau", budget="800", quantity="").text
    assert "2 von 3 iPads" in page
    assert "758 €" in page
    assert "Adlerfeld-GS" in page
    assert db.session.scalars(sa.select(Wave)).all() == []


def test_an_empty_price_becomes_that_of_the_newest_model(lead: FlaskClient, school: School) -> None:
    make_model(price_cents=50_000)
    assert 'value="500"' in post(lead, "vorschau", price="").text


def test_a_plan_is_saved_under_its_name_and_shown(lead: FlaskClient, school: School) -> None:
    answer = post(lead, "speichern")
    assert answer.status_code == 303
    page = lead.get(answer.location).text
    assert "iPads der Zukunft" in page
    assert "0 von 2 iPads getauscht" in page
    assert "Entwurf" in lead.get("/geraete/austausch").text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": ""}, "einen Namen"),
        ({"quantity": ""}, "entweder eine Stückzahl oder ein Budget"),
        ({"budget": "5"}, "entweder eine Stückzahl oder ein Budget"),
        ({"quantity": "", "budget": "378,99"}, "reicht nicht für ein Gerät"),
        ({"per_year": "viele"}, "2026: 30.000, 2027: 20.000"),
        ({"per_year": "1999: 5"}, "1999 gehört nicht"),
        ({"kind": "display", "price": ""}, "Kein Modell dieser Klasse"),
        ({"kind": "toaster"}, "Was wird ausgetauscht?"),
        ({"first_year": "99999"}, "Jahreszahl"),
    ],
)
def test_what_was_typed_is_kept_beside_the_sentence(
    lead: FlaskClient, school: School, more: dict[str, str], sentence: str
) -> None:
    answer = post(lead, "speichern", **more)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(sa.select(Wave)).all() == []


def test_a_name_that_is_taken_keeps_the_plan_on_the_page(lead: FlaskClient, school: School) -> None:
    make_wave(school, name=ENTERED["name"])
    answer = post(lead, "speichern")
    assert answer.status_code == 422
    assert "gibt es schon" in answer.text
    assert "2 von 3 iPads" in answer.text


def test_the_form_starts_with_what_the_city_has_announced(lead: FlaskClient, school: School) -> None:
    page = lead.get("/geraete/austausch/neu?vorlage=ipads").text
    assert 'value="3"' in page
    assert 'value="379"' in page


def test_ordering_and_delivering_take_a_tap_each(lead: FlaskClient, school: School) -> None:
    year = clock.local_day(clock.now()).year + 1
    wave = make_wave(school, ordered_at=None, quarter=(year, 2))
    path = f"/geraete/austausch/{wave.id}"
    assert "Lieferungen anlegen" not in lead.get(path).text
    lead.post(f"{path}/beauftragen")
    assert "Lieferungen anlegen" in lead.get(path).text
    for _ in range(2):
        lead.post(f"{path}/lieferungen/{year}/2")
    assert len(db.session.scalars(sa.select(DeviceTask)).all()) == 1
    assert "angelegt" in lead.get(path).text


def test_a_draft_is_deleted(lead: FlaskClient, school: School) -> None:
    wave = make_wave(school, ordered_at=None)
    assert lead.post(f"/geraete/austausch/{wave.id}/loeschen").location == "/geraete/austausch"
    assert db.session.scalars(sa.select(Wave)).all() == []


def test_a_head_of_school_sees_the_own_share_alone(client: FlaskClient, school: School) -> None:
    other = make_school(name="Bussard-GS")
    wave = make_wave(school, other, name="Für alle")
    make_wave(other, name="Für andere")
    make_wave(school, name="Noch ein Entwurf", ordered_at=None)
    head = sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    listed = head.get("/geraete/austausch").text
    assert "Für alle" in listed
    assert "Für andere" not in listed
    assert "Noch ein Entwurf" not in listed
    shown = [head.get(f"/geraete/austausch/{wave.id}{ending}").text for ending in ("", ".csv")]
    assert all("Adlerfeld-GS" in one and "Bussard-GS" not in one for one in shown)
    assert "9.096 €" not in shown[0]
    card = head.get(f"/schulen/{school.number}").text
    assert "24 iPads im 1. Quartal 2030" in card
    assert "Austausch" not in head.get(f"/schulen/{other.number}").text


def test_schools_are_found_by_name_and_number(lead: FlaskClient, school: School) -> None:
    wave = make_wave(school, make_school(name="Bussard-GS"))
    for q in ("adler", school.number):
        page = lead.get(f"/geraete/austausch/{wave.id}?q={q}").text
        assert "Adlerfeld-GS" in page
        assert "Bussard-GS" not in page
    assert "steht keine Schule" in lead.get(f"/geraete/austausch/{wave.id}?q=gibtesnicht").text


def test_two_plans_are_compared_side_by_side(lead: FlaskClient, school: School) -> None:
    page = lead.get("/geraete/austausch/vergleich").text
    assert "braucht es zwei" in page
    first, second = make_wave(school, name="Klein"), make_wave(school, name="Groß", count=30, left_over={"2031": 1})
    page = lead.get(f"/geraete/austausch/vergleich?a={first.id}&b={second.id}").text
    assert "+6" in page
    assert "+2.274 €" in page
    assert lead.get(f"/geraete/austausch/vergleich?a={first.id}&b=999999").status_code == 404
    assert lead.get("/geraete/austausch/vergleich?a=x").status_code == 200


def test_the_plan_is_a_file_for_a_spreadsheet(lead: FlaskClient, school: School) -> None:
    wave = make_wave(school)
    sheet = openpyxl.load_workbook(io.BytesIO(lead.get(f"/geraete/austausch/{wave.id}.xlsx").data)).active
    row = [school.number, "Adlerfeld-GS", "Grundschule", 2030, 1, 24, 0, 9096]
    assert [cell.value for cell in sheet[2]] == row
    assert (
        f"{school.number};Adlerfeld-GS;Grundschule;2030;1;24;0;9096,00\r\n"
        in lead.get(f"/geraete/austausch/{wave.id}.csv").text
    )


def test_the_overview_names_every_class(lead: FlaskClient, school: School) -> None:
    page = lead.get("/geraete/austausch").text
    assert "Über Alter, wenn nichts getauscht wird" in page
    assert ">2022<" in page
