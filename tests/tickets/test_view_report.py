"""The report page: three screens, one ticket."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
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
