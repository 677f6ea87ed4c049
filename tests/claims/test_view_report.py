"""The report form: one page, one incident, with or without JavaScript."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from itsm.claims.kinds import Kind, Place
from itsm.claims.models import DamageCase, Incident, Paper
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import make_case
from tests.people import make_user, sign_in
from tests.places import make_room, make_school

KEY = "a" * 32
PAGE = "/schaeden/melden"


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school(name="Adlerfeld-Grundschule")


@pytest.fixture
def browser(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.REPORTER, school_id=school.id))


def filled_in(school: School, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "school": school.id,
        "form_key": KEY,
        "kind": "damage",
        "happened_on": "16.11.2025",
        "discovered_on": "16.11.2025",
        "place": "lesson",
        "description": "Das Display ist gesprungen.",
        "is_usable": "no",
        "needs_replacement": "y",
        "go": "send",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def photo() -> tuple[io.BytesIO, str]:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    buffer.seek(0)
    return buffer, "a.jpg"


def incidents() -> list[Incident]:
    return list(db.session.scalars(sa.select(Incident)))


def test_from_the_label_to_the_case_without_javascript(browser: FlaskClient, school: School) -> None:
    device = make_device(school)
    form = browser.get(f"{PAGE}?geraet={device.tag}").text
    assert f'value="{device.tag}"' in form and "checked" in form
    key = re.search(r'name="form_key"[^>]*value="(\w{32})"', form)
    assert key
    body = filled_in(school, form_key=key[1], picked=[device.tag], photos=[photo(), photo()], accessories=["cover"])
    answers = [browser.post(PAGE, data=body | {"photos": [photo(), photo()]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    [incident] = incidents()
    [case] = incident.cases
    assert (case.device, case.kind, case.accessories, incident.place) == (device, Kind.DAMAGE, ["cover"], Place.LESSON)
    assert len(db.session.scalars(sa.select(Paper)).all()) == 2
    thanks = browser.get(answers[0].location).text
    assert case.number in thanks and "So geht es weiter" in thanks
    assert case.device_label in browser.get("/schaeden").text


def test_devices_are_typed_scanned_or_found_in_the_file(browser: FlaskClient, school: School) -> None:
    room = make_room(school.places[0].site, "2.14")
    one, two = make_device(school, room=room), make_device(school)
    asked = browser.post(PAGE, data=filled_in(school, go="search", search_for="2.14", description="Bleibt stehen"))
    assert asked.status_code == 200 and incidents() == []
    assert one.tag in asked.text and two.tag not in asked.text and "Bleibt stehen" in asked.text
    typed = f"https://localhost/g/{one.tag}, {two.serial}"
    assert browser.post(PAGE, data=filled_in(school, devices=typed)).status_code == 303
    assert [case.device for case in incidents()[0].cases] == [one, two]


def test_thirty_devices_at_once(browser: FlaskClient, school: School) -> None:
    tags = [make_device(school).tag for _ in range(30)]
    answer = browser.post(PAGE, data=filled_in(school, kind="theft", devices="\r\n".join(tags)))
    assert len(incidents()[0].cases) == 30
    assert "30 Fälle" in browser.get(answer.location).text
    too_many = ", ".join(f"X-{number}" for number in range(61))
    assert "höchstens 60" in browser.post(PAGE, data=filled_in(school, devices=too_many)).text


CANNOT_BE: list[tuple[dict[str, Any], str]] = [
    ({"devices": None}, "Bitte scannen oder tippen"),
    ({"devices": "NOPE-1"}, "finden wir nicht: NOPE-1"),
    ({"kind": None}, "Bitte wählen Sie, was passiert ist"),
    ({"kind": "earthquake"}, "Bitte prüfen Sie Ihre Angaben"),
    ({"kind": "not_returned"}, "Bitte prüfen Sie Ihre Angaben"),
    ({"description": ""}, "in einem Satz"),
    ({"discovered_on": "31.2.2026"}, "kein Datum"),
    ({"discovered_on": ""}, "Bitte ausfüllen"),
    ({"discovered_on": "1.1.2099"}, "Zukunft"),
    ({"happened_on": "17.11.2025"}, "Bemerkt wurde es vor"),
    ({"place": "mars"}, "Bitte prüfen Sie Ihre Angaben"),
    ({"accessories": ["mars"]}, "Bitte prüfen Sie Ihre Angaben"),
    ({"form_key": "../../x"}, "laden Sie die Seite neu"),
    ({"photos": [(io.BytesIO(b"<html>"), "a.jpg")]}, "kein Foto"),
]


def test_what_cannot_be_is_said_on_the_form_and_nothing_is_lost(
    browser: FlaskClient, school: School, subtests: pytest.Subtests
) -> None:
    body = filled_in(school, devices=make_device(school).tag, search_for="merken")
    for changes, sentence in CANNOT_BE:
        with subtests.test(f"{changes}"):
            told = {name: value for name, value in (body | changes).items() if value is not None}
            answer = browser.post(PAGE, data=told)
            assert answer.status_code == 422
            assert sentence in answer.text and "merken" in answer.text
            assert incidents() == []


def test_eleven_photos_are_refused_and_ten_are_not(browser: FlaskClient, school: School) -> None:
    body = filled_in(school, devices=make_device(school).tag)
    assert "höchstens 10" in browser.post(PAGE, data=body | {"photos": [photo() for _ in range(11)]}).text
    assert browser.post(PAGE, data=body | {"photos": [photo() for _ in range(10)]}).status_code == 303


def test_what_does_not_matter_for_what_happened_is_left_out(browser: FlaskClient, school: School) -> None:
    police = {"police_station": "Nord", "police_reference": "AZ 1", "was_locked_away": "yes", "is_usable": "yes"}
    browser.post(PAGE, data=filled_in(school, devices=make_device(school).tag, **police))
    [damage] = incidents()
    assert (damage.police_reference, damage.was_locked_away, damage.cases[0].is_usable) == ("", None, True)
    body = filled_in(school, form_key="b" * 32, kind="theft", devices=make_device(school).tag, **police)
    browser.post(PAGE, data=body)
    theft = next(one for one in incidents() if one is not damage)
    assert (theft.police_reference, theft.was_locked_away, theft.cases[0].is_usable) == ("AZ 1", True, False)


def test_a_device_that_is_not_in_the_file_is_described(browser: FlaskClient, school: School) -> None:
    assert browser.post(PAGE, data=filled_in(school, label="iPad ohne Aufkleber")).status_code == 303
    assert incidents()[0].cases[0].device_label == "iPad ohne Aufkleber"


def test_found_again_leads_to_the_open_case(browser: FlaskClient, school: School) -> None:
    case = make_case(school, kind=Kind.LOSS)
    device = case.device
    assert device
    form = browser.get(f"{PAGE}?geraet={device.tag}").text
    assert re.search(r'<input[^>]*checked[^>]*value="found"', form)
    body = filled_in(school, kind="found", devices=device.tag, description="", discovered_on="16.11.2026")
    answer = browser.post(PAGE, data=body | {"happened_on": ""})
    # A colleague reported it: this person does not see the case and is thanked all the same.
    assert answer.status_code == 303 and answer.location == "/schaeden"
    assert case.found_on is not None
    other = make_device(school)
    answer = browser.post(PAGE, data=filled_in(school, kind="found", devices=other.tag))
    assert answer.status_code == 422 and "wird nicht vermisst" in answer.text


def test_who_has_a_device_and_its_value_are_for_the_leads(client: FlaskClient, school: School) -> None:
    device = make_device(school)
    make_loan(device)
    seen = {}
    for role in (Role.REPORTER, Role.MEDIA_COORDINATOR, Role.CAMPUS_MANAGER, Role.CLAIMS_CLERK):
        place = {
            Role.CAMPUS_MANAGER: {"district_id": school.district_id},
            Role.CLAIMS_CLERK: {},
        }.get(role, {"school_id": school.id})
        page = sign_in(client, make_user(role, **place)).get(f"{PAGE}?geraet={device.tag}").text
        seen[role] = ("Kim Beispiel" in page, "Wert heute" in page, 'value="not_returned"' in page)
    nothing, everything = (False, False, False), (True, True, True)
    assert seen == {
        Role.REPORTER: nothing,
        Role.MEDIA_COORDINATOR: everything,
        Role.CAMPUS_MANAGER: nothing,
        Role.CLAIMS_CLERK: everything,
    }


def test_whoever_reports_for_many_schools_chooses_one(client: FlaskClient, school: School) -> None:
    make_school(name="Zoo-Gymnasium")
    browser = sign_in(client, make_user(Role.CLAIMS_CLERK))
    assert "Adlerfeld" in browser.get(PAGE).text
    found = browser.get(f"{PAGE}?q=zoo").text
    assert "Zoo-Gymnasium" in found and "Adlerfeld" not in found
    assert browser.get(f"{PAGE}?schule={school.id}").status_code == 200


def test_another_schools_form_is_not_there_and_its_devices_neither(browser: FlaskClient, school: School) -> None:
    other = make_school()
    assert browser.get(f"{PAGE}?schule={other.id}").status_code == 404
    assert browser.post(PAGE, data=filled_in(other, label="x")).status_code == 404
    answer = browser.post(PAGE, data=filled_in(school, devices=make_device(other).tag))
    assert "finden wir nicht" in answer.text


def test_a_scanned_label_of_a_teacher_leads_to_the_report_of_a_damage_too(browser: FlaskClient, school: School) -> None:
    device = make_device(school)
    page = browser.get(f"/g/{device.tag}", follow_redirects=True).text
    assert f"/schaeden/melden?schule={school.id}&amp;geraet={device.tag}" in page


def test_hostile_text_is_text(browser: FlaskClient, school: School) -> None:
    hostile = "<script>alert(1)</script> {{ 7*77777 }} \x00 ' OR 1=1 --"
    body = filled_in(school, devices=make_device(school).tag, kind="theft", description=hostile)
    answer = browser.post(PAGE, data=body | {"police_station": hostile, "police_reference": hostile})
    page = browser.get(f"/schaeden/{incidents()[0].cases[0].id}").text
    assert answer.status_code == 303
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "544439" not in page
    case = db.session.scalars(sa.select(DamageCase)).one()
    assert browser.get("/schaeden", query_string={"q": hostile}).status_code == 200
    assert case.incident.description.startswith("<script>")
