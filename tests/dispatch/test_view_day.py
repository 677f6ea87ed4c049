"""„Mein Tag“."""

from datetime import time

import pytest
from flask.testing import FlaskClient

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import VisitTask
from itsm.dispatch.states import VisitState
from itsm.org.models import Contact
from itsm.tickets.states import State
from tests.counting import queries_of
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import make_user, sign_in
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

TODAY = clock.local_day(clock.now())


@pytest.fixture
def place(client: FlaskClient) -> Place:
    place = make_place()
    sign_in(client, place.manager)
    return place


def page(client: FlaskClient, address: str = "/tag") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def add_stop(place: Place, position: int, tickets: int = 2) -> None:
    school = make_school(place.district, site=make_site(latitude=51.5 + position / 100))
    waiting = [make_ticket(school, state=State.PLANNED) for _ in range(tickets)]
    make_visit(
        place, *waiting, on=TODAY, at=time(7 + position), position=position,
        school=school, site=school.places[0].site, tasks=[VisitTask(text="Kabel")],
    )  # fmt: skip


def test_an_empty_day_says_so_and_leads_on(client: FlaskClient, place: Place) -> None:
    assert "Heute steht kein Besuch an." in page(client)


def test_the_stops_stand_in_driving_order_with_times_and_drives(client: FlaskClient, place: Place) -> None:
    second = make_visit(place, on=TODAY, at=time(9), position=2, travel_minutes=7, travel_metres=3400)
    first = make_visit(place, on=TODAY, at=time(8), position=1, travel_minutes=12, travel_metres=5200)
    text = page(client)
    assert text.index(f"/besuche/{first.id}") < text.index(f"/besuche/{second.id}")
    assert "8:00–8:30" in text
    assert "12 Min. Fahrt, 5,2 km" in text


def test_a_stop_shows_jobs_access_notes_and_whom_to_call(client: FlaskClient, place: Place) -> None:
    place.site.access_note = "Schlüssel beim Hausmeister"
    place.school.contacts.append(Contact(name="Frau Kaya", phone="0231 50-22222"))
    ticket = make_ticket(place.school, state=State.PLANNED, title="Display dunkel")
    make_visit(place, ticket, on=TODAY)
    text = page(client)
    assert "Schlüssel beim Hausmeister" in text
    assert 'href="tel:+492315022222"' in text
    assert "Display dunkel" in text
    assert 'href="geo:51.52,7.46' in text


def test_the_one_action_follows_the_state_of_the_stop(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=TODAY)
    assert "Losfahren" in page(client)
    client.post(f"/besuche/{visit.id}/losfahren")
    assert "Angekommen" in page(client)
    assert client.post(f"/besuche/{visit.id}/angekommen").location == f"/besuche/{visit.id}"
    assert "Ergebnisse eintragen" in page(client)
    client.post(f"/besuche/{visit.id}/stoerungen/{ticket.id}", data={f"t{ticket.id}-result": "solved"})
    assert "Fertig" in page(client)
    client.post(f"/besuche/{visit.id}/fertig")
    assert visit.state is VisitState.DONE
    assert "it-daybar" not in page(client)


def test_the_page_may_be_kept_by_the_phone(client: FlaskClient, place: Place) -> None:
    assert client.get("/tag").headers["Cache-Control"] == "private, no-cache"


def test_a_cancelled_stop_stays_visible_with_its_reason(client: FlaskClient, place: Place) -> None:
    make_visit(place, on=TODAY, state=VisitState.CANCELLED, reason="Sportfest.")
    assert "Sportfest." in page(client)


def test_the_team_lead_chooses_whose_day_to_see_and_orders_it(client: FlaskClient, place: Place) -> None:
    make_visit(place, on=TODAY)
    sign_in(client, make_user(Role.DISPATCHER))
    text = page(client, f"/tag?person={place.manager.id}")
    assert "Tag von Mia Manager" in text
    assert "Losfahren" not in text
    answer = client.post(f"/tag/{TODAY}/ordnen?person={place.manager.id}")
    assert answer.status_code == 302


def test_the_auditor_reads_and_changes_nothing(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY)
    sign_in(client, make_user(Role.AUDITOR))
    assert "Reihenfolge neu berechnen" not in page(client, f"/tag?person={place.manager.id}")
    assert client.post(f"/tag/{TODAY}/ordnen?person={place.manager.id}").status_code == 403
    assert client.post(f"/besuche/{visit.id}/losfahren").status_code == 403


def test_nobody_sees_the_day_of_a_colleague(client: FlaskClient, place: Place) -> None:
    assert client.get(f"/tag?person={make_place().manager.id}").status_code == 404
    sign_in(client, make_user(Role.REPORTER, school_id=place.school.id))
    assert client.get("/tag").status_code == 404


@pytest.mark.parametrize("day", ["gestern", "2026-13-01", "9999-12-31", "0001-01-01", "%00"])
def test_an_address_that_is_no_day_is_not_found(client: FlaskClient, place: Place, day: str) -> None:
    assert client.get(f"/tag/{day}").status_code == 404


def test_the_number_of_queries_does_not_depend_on_stops_and_tickets(client: FlaskClient, place: Place) -> None:
    add_stop(place, 1, tickets=1)
    db.session.expire_all()
    with queries_of() as few:
        page(client)
    for position in range(2, 9):
        add_stop(place, position, tickets=4)
    db.session.expire_all()
    with queries_of() as many:
        page(client)
    assert len(many) == len(few) <= 20


def test_ordering_the_day_writes_the_new_order(client: FlaskClient, place: Place) -> None:
    day = "2027-01-13"
    stops = [make_visit(place, on=clock.date.fromisoformat(day), at=time(12)) for _ in range(3)]
    assert client.post(f"/tag/{day}/ordnen").status_code == 302
    assert sorted(visit.position for visit in stops) == [1, 2, 3]
