"""Visits and visiting times of one school, and what other pages show of them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import Visit, VisitingTime
from itsm.org import calendar
from itsm.tickets.states import State
from tests.counting import queries_of
from tests.dispatch.factories import Place, make_place, make_visit, make_visiting_time
from tests.people import make_user, sign_in
from tests.tickets.factories import make_ticket

TODAY = clock.local_day(clock.now())
SCHOOL_DAY = calendar.next_school_day(TODAY + timedelta(days=7))
TYPED = {
    "weekday": "2", "starts": "9:20", "minutes": "45", "every_weeks": "2", "from_on": f"{TODAY:%d.%m.%Y}",
}  # fmt: skip


@pytest.fixture
def place(client: FlaskClient) -> Place:
    place = make_place()
    sign_in(client, place.manager)
    return place


def test_a_visiting_time_is_set_changed_and_ended(client: FlaskClient, place: Place) -> None:
    base = f"/schulen/{place.school.number}"
    assert client.post(f"{base}/besuchszeiten/neu", data=TYPED).status_code == 302
    fixed = db.session.scalars(sa.select(VisitingTime)).one()
    assert "alle 2 Wochen mittwochs um 9:20 Uhr" in client.get(f"{base}/besuche").text
    assert 'value="9:20"' in client.get(f"{base}/besuchszeiten/{fixed.id}").text
    client.post(f"{base}/besuchszeiten/{fixed.id}", data=TYPED | {"weekday": "3"})
    text = client.get(f"{base}/besuche").text
    assert "donnerstags" in text
    assert "mittwochs" not in text
    changed = db.session.scalars(sa.select(VisitingTime).order_by(VisitingTime.id.desc())).first()
    assert changed is not None
    client.post(f"{base}/besuchszeiten/{changed.id}/beenden")
    assert "Noch keine feste Besuchszeit" in client.get(f"{base}/besuche").text


@pytest.mark.parametrize(
    "wrong",
    [{"starts": "neun"}, {"minutes": "1000"}, {"weekday": "6"}, {"every_weeks": "0"}, {"until_on": "1.1.2020"}],
)
def test_a_wrong_visiting_time_is_refused_and_keeps_what_was_typed(
    client: FlaskClient, place: Place, wrong: dict[str, str]
) -> None:
    answer = client.post(f"/schulen/{place.school.number}/besuchszeiten/neu", data=TYPED | wrong)
    assert answer.status_code == 422
    assert f"{TODAY:%d.%m.%Y}" in answer.text
    assert db.session.scalars(sa.select(VisitingTime)).all() == []


def test_a_visit_is_added_by_hand(client: FlaskClient, place: Place) -> None:
    answer = client.post(
        f"/schulen/{place.school.number}/besuche/neu",
        data={"visit_on": f"{SCHOOL_DAY:%d.%m.%Y}", "starts": "", "minutes": "30", "tasks": "A\n\nB"},
    )
    assert answer.status_code == 302
    visit = db.session.scalars(sa.select(Visit)).one()
    assert [task.text for task in visit.tasks] == ["A", "B"]
    assert not visit.is_fixed


def test_only_the_district_plans_and_only_the_leads_of_the_school_look(client: FlaskClient, place: Place) -> None:
    other = make_place().school.number
    assert client.get(f"/schulen/{other}/besuche/neu").status_code in (403, 404)
    mine = f"/schulen/{place.school.number}"
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id))
    assert client.get(f"{mine}/besuche").status_code == 200
    assert client.get(f"{mine}/besuche/neu").status_code == 403
    sign_in(client, make_user(Role.REPORTER, school_id=place.school.id))
    assert client.get(f"{mine}/besuche").status_code == 403


def test_the_list_of_tickets_without_a_visit_says_why(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school)
    text = client.get("/besuche/ungeplant").text
    assert ticket.number in text
    assert "Für die Schule ist kein Besuch angelegt." in text
    assert "Besuch anlegen" in text


def test_a_ticket_goes_from_the_list_on_the_next_visit(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school)
    make_visit(place, on=SCHOOL_DAY)
    client.post(f"/schulen/{place.school.number}/besuche/zuordnen")
    assert ticket.state is State.PLANNED
    assert "steht ein Besuch fest" in client.get("/besuche/ungeplant").text


def test_the_list_without_a_visit_needs_as_many_queries_for_many_tickets(client: FlaskClient, place: Place) -> None:
    make_ticket(place.school)
    with queries_of() as few:
        client.get("/besuche/ungeplant")
    for _ in range(8):
        make_ticket(place.school)
    with queries_of() as many:
        client.get("/besuche/ungeplant")
    assert len(many) == len(few)


def test_the_ticket_shows_the_next_visit_to_the_school(client: FlaskClient, place: Place) -> None:
    reporter = make_user(Role.REPORTER, school_id=place.school.id)
    ticket = make_ticket(place.school, reporter=reporter, state=State.PLANNED)
    make_visit(place, ticket, on=SCHOOL_DAY)
    sign_in(client, reporter)
    text = client.get(f"/stoerungen/{ticket.id}").text
    assert "Nächster Besuch" in text
    assert "zwischen 9:00 und 10:30 Uhr" in text


def test_the_school_page_shows_its_visits(client: FlaskClient, place: Place) -> None:
    make_visiting_time(place.school)
    make_visit(place, on=SCHOOL_DAY)
    text = client.get(f"/schulen/{place.school.number}").text
    assert "jede Woche mittwochs um 9:00 Uhr" in text
    assert "Alle Besuche und Besuchszeiten" in text


def test_the_start_page_tells_the_manager_the_day_and_what_has_no_visit(client: FlaskClient, place: Place) -> None:
    make_visit(place, on=TODAY)
    ticket = make_ticket(place.school)
    text = client.get("/").text
    assert "Heute noch 1 Halt" in text
    assert "Ohne Besuch" in text
    assert ticket.number in text


def test_the_start_page_tells_the_school_when_we_come(client: FlaskClient, place: Place) -> None:
    make_visit(place, on=SCHOOL_DAY)
    sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=place.school.id))
    assert "Nächster Besuch am" in client.get("/").text
