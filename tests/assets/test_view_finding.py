"""Who scans a label lands where they belong; strangers learn whose it is and nothing else."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts.models import User
from itsm.assets.models import Device
from itsm.core.access import Role
from tests.assets.factories import make_device
from tests.counting import queries_of
from tests.people import make_user, sign_in
from tests.places import make_school

CONTACT = "115"
HOSTILE = (
    "%00",
    "T-00001%00",
    "A" * 5000,
    "%F0%9F%A6%8A",
    "%FF%FE",
    "%D9%A0%D9%A1",
    "%E2%80%AE1-T",
    "../../etc/passwd",
    "..%2F..%2Fgeraete",
    "%2e%2e/konto",
    "%5Cevil.example",
    "https:%2F%2Fevil.example",
    "%0d%0aSet-Cookie:%20x=y",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%22%20onload=%22alert(1)",
    "'%20OR%201=1--",
    "%25%5F%25",
    "{{7*7}}",
)


@pytest.fixture
def device(session: scoped_session) -> Iterator[Device]:
    yield make_device(make_school(name="Sonnenschule"), tag="IPAD-0815", serial="F9FXK1ABCDEF", note="geheim")


def teacher(device: Device) -> User:
    return make_user(Role.REPORTER, school_id=device.school_id)


@pytest.mark.parametrize("typed", ["IPAD-0815", "ipad-0815", "iPad-0815", "F9FXK1ABCDEF", "sf9fxk1abcdef"])
def test_a_label_leads_whoever_sees_the_file_to_the_file(client: FlaskClient, device: Device, typed: str) -> None:
    sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=device.school_id))
    assert client.get(f"/g/{typed}").location == f"/geraete/{device.id}"


@pytest.mark.parametrize("role", [Role.SECOND_LEVEL, Role.AUDITOR, Role.CLAIMS_CLERK, Role.ADMINISTRATOR])
def test_the_city_comes_to_the_file(client: FlaskClient, device: Device, role: Role) -> None:
    sign_in(client, make_user(role))
    assert client.get("/g/IPAD-0815").location == f"/geraete/{device.id}"


def test_a_teacher_comes_to_the_report_about_this_device(client: FlaskClient, device: Device) -> None:
    sign_in(client, teacher(device))
    assert client.get("/g/ipad-0815").location == "/melden?geraet=IPAD-0815"


def test_a_number_with_a_slash_is_found_too(client: FlaskClient, device: Device) -> None:
    slashed = make_device(device.school, tag="DO/GS1/7")
    sign_in(client, make_user(Role.ADMINISTRATOR))
    assert client.get("/g/do/gs1/7").location == f"/geraete/{slashed.id}"


def test_a_finder_reads_whose_it_is_and_whom_to_call(client: FlaskClient, device: Device) -> None:
    page = client.get("/g/IPAD-0815").text
    assert "Dieses Gerät gehört der Stadt Dortmund" in page
    assert f"tel:{CONTACT}" in page and "mailto:schul-it@example.org" in page
    assert "/anmelden?next=/g/IPAD-0815" in page
    for secret in ("Sonnenschule", "F9FXK1ABCDEF", "geheim", device.model.name, "Apple", "im Einsatz"):
        assert secret not in page


@pytest.mark.parametrize("person", ["stranger", "foreign teacher", "foreign lead"])
def test_the_page_is_the_same_byte_for_byte_whether_the_number_exists_or_not(
    client: FlaskClient, session: scoped_session, person: str
) -> None:
    if person != "stranger":
        role = Role.REPORTER if person == "foreign teacher" else Role.HEAD_OF_SCHOOL
        sign_in(client, make_user(role, school_id=make_school().id))
    client.get("/g/SX12345678")
    before = _answer(client)
    make_device(tag="SX12345678", serial="X12345678")
    assert _answer(client) == before
    assert before[0] == 200


def _answer(client: FlaskClient) -> tuple[object, ...]:
    with queries_of() as queries:
        answer = client.get("/g/SX12345678")
    page = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.text)
    return answer.status_code, page, sorted(answer.headers.keys()), len(queries)


def test_after_signing_in_the_label_leads_on(client: FlaskClient, device: Device) -> None:
    sign_in(client, teacher(device))
    assert client.get("/anmelden?next=/g/IPAD-0815").location == "/g/IPAD-0815"


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_number_upsets_the_page(client: FlaskClient, session: scoped_session, signed_in: bool) -> None:
    if signed_in:
        sign_in(client, make_user(Role.ADMINISTRATOR))
    for tag in HOSTILE:
        answer = client.get(f"/g/{tag}")
        assert answer.status_code in (200, 308, 404), tag
        assert "Set-Cookie:" not in str(answer.headers) or signed_in
        assert "<script>alert" not in answer.text and 'onload="' not in answer.text and "49" not in answer.text


@pytest.mark.parametrize("tag", HOSTILE)
def test_no_number_leads_to_another_site(client: FlaskClient, session: scoped_session, tag: str) -> None:
    target = client.get(f"/g/{tag}").location
    assert target is None or target.startswith(("/g/", "http://localhost/"))


def test_a_typed_number_leads_like_a_label(client: FlaskClient, device: Device) -> None:
    sign_in(client, teacher(device))
    for typed in ("ipad-0815", " IPAD-0815 ", "https://schul-it.example.org/g/IPAD-0815"):
        assert client.get("/scannen", query_string={"nummer": typed}).location == "/melden?geraet=IPAD-0815"


@pytest.mark.parametrize("typed", ["GIBTESNICHT", "<script>alert(1)</script>", "\x00", "9" * 4000])
def test_a_number_that_leads_nowhere_is_a_sentence(client: FlaskClient, device: Device, typed: str) -> None:
    sign_in(client, teacher(device))
    answer = client.get("/scannen", query_string={"nummer": typed})
    assert answer.status_code == 404
    assert "Zu dieser Nummer finden wir kein Gerät" in answer.text
    assert "<script>alert" not in answer.text


def test_a_foreign_device_is_not_found_by_its_number(client: FlaskClient, device: Device) -> None:
    sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=make_school().id))
    assert client.get("/scannen?nummer=IPAD-0815").status_code == 404


def test_school_staff_find_the_scanner_in_the_menu(app: Flask, client: FlaskClient, device: Device) -> None:
    assert "/scannen" in sign_in(client, teacher(device)).get("/konto").text
    auditor = sign_in(app.test_client(), make_user(Role.AUDITOR))
    assert "/scannen" not in auditor.get("/konto").text
