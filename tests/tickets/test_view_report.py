"""The report page: three screens, one ticket."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app
from flask.testing import FlaskClient
from PIL import Image

from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from itsm.tickets.models import FaultType, Referral, RoutingRule, Target, Ticket
from itsm.tickets.states import State
from tests.people import make_user, sign_in
from tests.places import make_room, make_school
from tests.tickets.factories import make_fault_type, make_group

KEY = "a" * 32


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school(name="Adlerfeld-Grundschule")


@pytest.fixture
def fault(school: School) -> FaultType:
    return make_fault_type("Display", ("Aus- und einschalten", "Kabel prüfen"))


@pytest.fixture
def browser(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.REPORTER, school_id=school.id))


def filled_in(school: School, fault: FaultType, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "school": school.id,
        "idempotency_key": KEY,
        "site": school.places[0].site_id,
        "room": "2.14",
        "fault": fault.id,
        "impact": 2,
        "urgency": 1,
        "description": "Bleibt dunkel",
        "go": "stuck",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def photo(size: tuple[int, int] = (40, 30)) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, "JPEG")
    buffer.seek(0)
    return buffer


def uploads() -> Path:
    return Path(current_app.config["INSTANCE"]) / "uploads"


def tickets() -> list[Ticket]:
    return list(db.session.scalars(sa.select(Ticket)))


def test_the_three_screens_lead_to_a_ticket_without_javascript(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    room = make_room(school.places[0].site, "2.14")
    first = browser.get("/melden").text
    assert "Display" in first and 'value="2.14"' in first
    carried = dict(re.findall(r'type="hidden" (?:id="\w+" )?name="(\w+)" (?:type="hidden" )?value="([^"]*)"', first))
    key = re.search(r'name="idempotency_key"[^>]*value="(\w+)"', first)
    assert key and carried["site"]
    where = {"school": school.id, "idempotency_key": key[1], "site": carried["site"], "room": "2.14"}
    second = browser.post("/melden", data=where | {"fault": fault.id})
    assert second.status_code == 200 and "Wie dringend" in second.text
    how = where | {"fault": fault.id, "impact": 2, "urgency": 1, "description": "Bleibt dunkel"}
    third = browser.post("/melden", data=how | {"go": "tried"})
    assert third.status_code == 200 and "Kabel prüfen" in third.text
    assert 'name="description" value="Bleibt dunkel"' in third.text
    assert tickets() == []
    answers = {f"step_{step.id}": "not_helped" for step in fault.steps}
    done = browser.post("/melden", data=how | answers | {"go": "send", "photos": (photo(), "a.jpg")})
    assert done.status_code == 303
    [ticket] = tickets()
    assert (ticket.room_id, ticket.place, ticket.priority, ticket.state) == (room.id, "2.14", 2, State.NEW)
    assert len(ticket.steps) == 2 and len(ticket.photos) == 1
    thanks = browser.get(done.location)
    assert ticket.number in thanks.text and "data-draft-clear" in thanks.text
    assert browser.get(f"/stoerungen/{ticket.id}").status_code == 200
    assert ticket.title in browser.get("/stoerungen").text


def test_the_same_form_sent_again_is_the_same_ticket(browser: FlaskClient, school: School, fault: FaultType) -> None:
    first, second = (browser.post("/melden", data=filled_in(school, fault)) for _ in range(2))
    assert first.location == second.location and len(tickets()) == 1


def test_the_same_key_with_another_text_is_refused_and_nothing_is_lost(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    browser.post("/melden", data=filled_in(school, fault))
    answer = browser.post("/melden", data=filled_in(school, fault, description="Etwas ganz anderes"))
    assert answer.status_code == 409 and "schon abgeschickt" in answer.text
    assert "Etwas ganz anderes" in answer.text and KEY not in answer.text and len(tickets()) == 1


def test_hat_geholfen_closes_the_report_as_solved_at_school(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    browser.post("/melden", data=filled_in(school, fault, go=None, helped=fault.steps[1].id))
    [ticket] = tickets()
    assert ticket.state is State.CLOSED and ticket.solved_at_school


def test_sending_wants_every_step_answered_but_stuck_never_does(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    answer = browser.post("/melden", data=filled_in(school, fault, go="send"))
    assert answer.status_code == 422 and "Ich komme nicht weiter" in answer.text and tickets() == []
    browser.post("/melden", data=filled_in(school, fault, go="stuck"))
    assert len(tickets()) == 1


def test_a_fault_that_is_not_ours_names_the_office_and_is_counted_once(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    office = make_group("Gebäudeservice", is_ours=False, phone="0231 50-10400")
    db.session.add(RoutingRule(fault_type=fault, target=Target.NOT_OURS, group=office))
    db.session.commit()
    for _ in range(2):
        answer = browser.post("/melden", data=filled_in(school, fault, go="how"))
        assert "0231 50-10400" in answer.text
    assert browser.post("/melden", data=filled_in(school, fault)).status_code == 200
    assert tickets() == [] and db.session.scalar(sa.select(sa.func.count()).select_from(Referral)) == 1


def test_a_wrong_file_is_a_sentence_and_nothing_is_saved(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    before = set(uploads().rglob("*.jpg"))
    files = [
        (io.BytesIO(b"<svg onload=alert(1)>"), "bild.jpg"),
        (io.BytesIO(b"\xff\xd8\xff\xe0kaputt"), "foto.jpg"),
        (io.BytesIO(b"MZ" + bytes(100)), "programm.exe"),
        (io.BytesIO(b""), "leer.png"),
    ]
    for file in files:
        answer = browser.post("/melden", data=filled_in(school, fault, photos=[(photo(), "gut.jpg"), file]))
        assert answer.status_code == 422 and "Bleibt dunkel" in answer.text
    assert tickets() == [] and set(uploads().rglob("*.jpg")) == before


def test_eleven_photos_are_one_too_many(browser: FlaskClient, school: School, fault: FaultType) -> None:
    photos = [(photo(), f"{number}.jpg") for number in range(11)]
    answer = browser.post("/melden", data=filled_in(school, fault, photos=photos))
    assert answer.status_code == 422 and "höchstens 10 Fotos" in answer.text and tickets() == []


def test_a_photo_is_shown_only_to_those_who_see_the_ticket(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    browser.post("/melden", data=filled_in(school, fault, photos=(photo((3000, 2000)), "a.jpg")))
    [ticket] = tickets()
    address = f"/stoerungen/{ticket.id}/fotos/{ticket.photos[0].token}"
    shown = browser.get(address)
    assert shown.status_code == 200 and shown.mimetype == "image/jpeg"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    shown.close()
    with browser.get(f"{address}/klein") as small:
        assert small.status_code == 200
    for made_up in ("0" * 32, "..", "x%2f..%2f..", "\x00"):
        assert browser.get(f"/stoerungen/{ticket.id}/fotos/{made_up}").status_code == 404
    stranger = sign_in(browser, make_user(Role.REPORTER, school_id=make_school().id))
    assert stranger.get(address).status_code == 404 and stranger.get(f"{address}/klein").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"site": "foreign"},
        {"site": 0},
        {"site": "x"},
        {"fault": 999999},
        {"fault": "x"},
        {"impact": 0},
        {"impact": 4},
        {"impact": ""},
        {"urgency": "1 OR 1=1"},
        {"urgency": ""},
        {"idempotency_key": ""},
        {"idempotency_key": "kurz"},
        {"idempotency_key": "\x00" * 32},
        {"description": "x" * 5001},
        {"devices": "x" * 41},
        {"devices": ",".join(map(str, range(201)))},
        {"room": "x" * 61},
    ],
)
def test_what_no_screen_of_ours_sends_is_a_sentence(
    browser: FlaskClient, school: School, fault: FaultType, change: dict[str, Any]
) -> None:
    if change == {"site": "foreign"}:
        change = {"site": make_school().places[0].site_id}
    answer = browser.post("/melden", data=filled_in(school, fault) | change)
    assert answer.status_code == 422 and tickets() == []


@pytest.mark.parametrize("number", ["foreign", "0", "-1", "99999999999999999999"])
def test_a_foreign_or_made_up_school_is_not_found(
    browser: FlaskClient, school: School, fault: FaultType, number: str
) -> None:
    wanted = make_school().id if number == "foreign" else number
    assert browser.get(f"/melden?schule={wanted}").status_code == 404
    assert browser.post("/melden", data=filled_in(school, fault) | {"school": wanted}).status_code == 404
    assert tickets() == []


def test_more_text_than_anybody_types_is_refused(browser: FlaskClient, school: School, fault: FaultType) -> None:
    answer = browser.post("/melden", data=filled_in(school, fault, description="x" * 1_000_000))
    assert answer.status_code in (413, 422) and tickets() == []


def test_nul_and_script_in_every_text_are_only_text(browser: FlaskClient, school: School, fault: FaultType) -> None:
    script = "<script>alert(1)</script>\x00"
    odd = filled_in(school, fault, room=script, description=script, devices="<b>1\x00</b>", go="tried")
    assert "<script>alert" not in browser.post("/melden", data=odd).text
    assert browser.post("/melden", data=odd | {"go": "stuck"}).status_code == 303
    [ticket] = tickets()
    assert "\x00" not in ticket.description + ticket.place + ticket.title
    for address in (f"/stoerungen/{ticket.id}", f"/melden/{ticket.id}/fertig", "/stoerungen"):
        assert "<script>alert" not in browser.get(address).text


def test_columns_that_are_not_on_the_form_cannot_be_set(browser: FlaskClient, school: School, fault: FaultType) -> None:
    extra = {"state": "closed", "priority": 1, "assignee_id": 1, "solved_at_school": "y", "reporter_id": 1}
    browser.post("/melden", data=filled_in(school, fault, urgency=3) | extra)
    [ticket] = tickets()
    assert (ticket.state, ticket.priority, ticket.solved_at_school) == (State.NEW, 4, False)


def test_a_running_exam_counts_as_a_stopped_lesson(browser: FlaskClient, school: School, fault: FaultType) -> None:
    browser.post("/melden", data=filled_in(school, fault, urgency=3, is_exam="y"))
    assert tickets()[0].priority == 2


def test_whoever_has_several_schools_chooses_first(client: FlaskClient, school: School, fault: FaultType) -> None:
    neighbour = make_school(school.district, name="Nachbarschule")
    make_school(name="Ferne Schule")
    browser = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    text = browser.get("/melden").text
    assert "Adlerfeld-Grundschule" in text and "Nachbarschule" in text and "Ferne Schule" not in text
    assert "Adlerfeld" not in browser.get("/melden?q=nachbar").text
    body = filled_in(neighbour, fault)
    assert browser.post("/melden", data=body).status_code == 303
    assert tickets()[0].school_id == neighbour.id


def test_several_devices_are_read_from_lines_and_commas(browser: FlaskClient, school: School, fault: FaultType) -> None:
    browser.post("/melden", data=filled_in(school, fault, devices="IP-1, IP-2;IP-3\r\n IP-4\nIP-1,,"))
    assert [device.tag for device in tickets()[0].devices] == ["IP-1", "IP-2", "IP-3", "IP-4"]


def test_a_school_without_a_building_is_a_sentence(browser: FlaskClient, school: School) -> None:
    school.places.clear()
    db.session.commit()
    assert browser.get("/melden").status_code == 422
