"""The administrator's way to take a school list over."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from itsm.core.access import SYSTEM, Role
from itsm.org import uploads
from itsm.org.models import School, SchoolUpload
from tests.org.lists import make_line, make_list
from tests.people import MONDAY_9AM, make_user, sign_in


@pytest.fixture
def office(client: FlaskClient, session: scoped_session) -> FlaskClient:
    return sign_in(client, make_user(Role.ADMINISTRATOR))


def upload(client: FlaskClient, content: bytes, carrier: str = "10297") -> TestResponse:
    data = {"file": (BytesIO(content), "schuldaten.csv"), "carrier": carrier}
    return client.post("/schulen/einlesen", data=data, content_type="multipart/form-data")


def count(session: scoped_session) -> int:
    return session.scalar(sa.select(sa.func.count(School.id))) or 0


def test_a_list_is_looked_at_first_and_then_taken_over(office: FlaskClient, session: scoped_session) -> None:
    answer = upload(office, make_list(make_line(), make_line(Schulnummer="100133", PLZ="?")))
    page = office.get(answer.location).text
    assert "Muster-Gesamtschule" in page
    assert "Zeile 4: „?“ ist keine Postleitzahl." in page
    assert count(session) == 0
    assert office.post(f"{answer.location}/uebernehmen").location == "/schulen"
    assert count(session) == 1
    assert office.post(f"{answer.location}/uebernehmen").status_code == 404
    again = upload(office, make_list(make_line()))
    assert "sagt nichts Neues" in office.get(again.location).text


def test_what_would_change_is_named_column_by_column(office: FlaskClient, session: scoped_session) -> None:
    office.post(f"{upload(office, make_list(make_line())).location}/uebernehmen")
    page = office.get(upload(office, make_list(make_line(Fax="<b>1</b>"))).location).text
    assert "Fax: „5010230“ → „&lt;b&gt;1&lt;/b&gt;“" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Datei ist leer"),
        (b"\x89PNG\r\n", "ein Bild"),
        (make_list(make_line()).decode().encode("utf-16"), "CSV"),
        (b"x" * 400_000, "keine Schulliste"),
        (b"a;b;c\n1;2;3\n", "keine Schulliste"),
    ],
)
def test_a_wrong_file_is_a_sentence_and_changes_nothing(
    office: FlaskClient, session: scoped_session, content: bytes, words: str
) -> None:
    answer = upload(office, content)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert count(session) == 0
    assert session.scalars(sa.select(SchoolUpload)).all() == []


def test_no_file_is_a_sentence(office: FlaskClient) -> None:
    answer = office.post("/schulen/einlesen", data={"carrier": "10297"})
    assert (answer.status_code, "wählen Sie zuerst die Datei" in answer.text) == (422, True)


def test_script_in_a_list_is_shown_as_text(office: FlaskClient, session: scoped_session) -> None:
    script = "<script>alert(1)</script>"
    line = make_line(Schulbezeichnung_1=script, Strasse=script, Kurzbezeichnung=script, Ort=script)
    report = upload(office, make_list(line, make_line(Schulnummer=script)))
    assert script not in office.get(report.location).text
    office.post(f"{report.location}/uebernehmen")
    for path in ("/schulen", "/schulen/100132"):
        assert script not in office.get(path).text


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.AUDITOR, Role.CAMPUS_MANAGER])
def test_only_the_administration_reads_lists(client: FlaskClient, session: scoped_session, role: Role) -> None:
    waiting = uploads.keep(SYSTEM, "x.csv", make_list(make_line()), "10297", MONDAY_9AM)
    sign_in(client, make_user(role))
    assert client.get("/schulen/einlesen").status_code == 403
    assert upload(client, make_list(make_line())).status_code == 403
    assert client.get(f"/schulen/einlesen/{waiting}").status_code == 404
    assert client.post(f"/schulen/einlesen/{waiting}/uebernehmen").status_code == 404
    assert count(session) == 0


def test_a_list_nobody_took_over_is_forgotten_after_a_day(session: scoped_session) -> None:
    first = uploads.keep(SYSTEM, "x.csv", make_list(make_line()), "10297", MONDAY_9AM)
    uploads.keep(SYSTEM, "y.csv", make_list(make_line()), "10297", MONDAY_9AM + timedelta(days=1, seconds=1))
    session.expire_all()
    assert session.get(SchoolUpload, first) is None
