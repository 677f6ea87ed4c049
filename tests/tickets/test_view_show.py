"""The ticket page: what each side reads and may do."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from itsm.tickets.models import Entry, Ticket, TicketDevice
from itsm.tickets.states import State
from tests.counting import queries_of
from tests.people import MONDAY_9AM, make_user, sign_in
from tests.places import make_room, make_school
from tests.tickets.factories import make_group, make_ticket

MARKER = "nur-für-uns-4711"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school()


@pytest.fixture
def ticket(school: School) -> Ticket:
    return make_ticket(school)


def as_reporter(client: FlaskClient, ticket: Ticket) -> FlaskClient:
    return sign_in(client, ticket.reporter)


def as_manager(client: FlaskClient, ticket: Ticket) -> FlaskClient:
    return sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=ticket.district_id))


def state(ticket: Ticket) -> State:
    db.session.expire_all()
    found = db.session.scalar(sa.select(Ticket.state).where(Ticket.id == ticket.id))
    assert found is not None
    return found


def test_an_internal_entry_reaches_the_desk_and_never_the_school(client: FlaskClient, ticket: Ticket) -> None:
    db.session.add(Entry(ticket_id=ticket.id, at=MONDAY_9AM, is_public=False, text=MARKER))
    db.session.commit()
    assert MARKER in as_manager(client, ticket).get(f"/stoerungen/{ticket.id}").text
    school = as_reporter(client, ticket)
    for address in (
        f"/stoerungen/{ticket.id}",
        f"/stoerungen?tab=alle&q={MARKER}",
        "/stoerungen?tab=alle",
        "/stoerungen.csv?tab=alle",
        f"/melden/{ticket.id}/fertig",
        "/",
    ):
        text = school.get(address).text
        # What was typed comes back in the search field; it must not have found anything.
        assert MARKER not in text.replace(f'value="{MARKER}"', "").replace(f"q={MARKER}", ""), address


def test_the_next_step_of_the_manager_leads_through_the_states(client: FlaskClient, ticket: Ticket) -> None:
    browser, base = as_manager(client, ticket), f"/stoerungen/{ticket.id}"
    assert "Annehmen" in browser.get(base).text
    assert browser.post(f"{base}/annehmen").status_code == 303
    assert state(ticket) is State.ACCEPTED
    assert browser.post(f"{base}/rueckfrage", data={"text": "Welcher Anschluss?"}).status_code == 303
    assert state(ticket) is State.WAITING_SCHOOL
    school = as_reporter(client, ticket)
    assert "wartet auf Sie" in school.get(base).text
    assert school.post(f"{base}/antworten", data={"text": "HDMI"}).status_code == 303
    assert state(ticket) is State.ACCEPTED
    browser = as_manager(client, ticket)
    assert browser.post(f"{base}/loesen", data={"text": "Kabel getauscht"}).status_code == 303
    assert state(ticket) is State.SOLVED
    assert as_reporter(client, ticket).post(f"{base}/wieder-oeffnen", data={"text": "Wieder dunkel"}).status_code == 303
    assert state(ticket) is State.ACCEPTED


def test_the_second_level_takes_and_gives_back(client: FlaskClient, ticket: Ticket) -> None:
    make_group("Systemhaus")
    base = f"/stoerungen/{ticket.id}"
    as_manager(client, ticket).post(f"{base}/systemhaus", data={"reason": "account", "text": "Neu angemeldet"})
    assert state(ticket) is State.SECOND_LEVEL
    agent = make_user(Role.SECOND_LEVEL)
    browser = sign_in(client, agent)
    assert "Grund: Benutzerkonten" in browser.get(base).text
    browser.post(f"{base}/uebernehmen")
    assert db.session.scalar(sa.select(Ticket.assignee_id).where(Ticket.id == ticket.id)) == agent.id
    browser.post(f"{base}/zurueckgeben", data={"text": "Kabel tauschen"})
    assert state(ticket) is State.ACCEPTED


def test_a_refusal_shows_the_page_with_the_sentence_and_what_was_typed(client: FlaskClient, ticket: Ticket) -> None:
    browser = as_manager(client, ticket)
    answer = browser.post(f"/stoerungen/{ticket.id}/dringlichkeit", data={"impact": 9, "urgency": 1, "text": "Getippt"})
    assert answer.status_code == 422 and "Getippt" in answer.text
    assert browser.post(f"/stoerungen/{ticket.id}/loesen", data={"text": " "}).status_code == 422
    assert state(ticket) is State.NEW


def test_what_is_not_on_the_list_of_actions_does_not_exist(client: FlaskClient, ticket: Ticket) -> None:
    assert as_manager(client, ticket).post(f"/stoerungen/{ticket.id}/loeschen").status_code == 404


@pytest.mark.parametrize("slug", ["annehmen", "loesen", "systemhaus", "dringlichkeit", "uebergeben", "notiz"])
def test_the_school_cannot_do_what_the_desk_does(client: FlaskClient, ticket: Ticket, slug: str) -> None:
    body = {"text": "x", "reason": "other", "impact": 1, "urgency": 1, "user": ticket.reporter_id}
    assert as_reporter(client, ticket).post(f"/stoerungen/{ticket.id}/{slug}", data=body).status_code == 403
    assert state(ticket) is State.NEW


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "99999999999999999999"])
def test_a_number_nobody_has_is_not_found(client: FlaskClient, ticket: Ticket, number: str) -> None:
    browser = as_manager(client, ticket)
    assert browser.get(f"/stoerungen/{number}").status_code == 404
    assert browser.post(f"/stoerungen/{number}/annehmen").status_code == 404
    assert browser.post(f"/stoerungen/{ticket.id}/uebergeben", data={"user": number}).status_code in (404, 422)


def test_a_script_in_any_text_is_shown_as_text(client: FlaskClient, school: School) -> None:
    room = make_room(school.places[0].site, SCRIPT)
    ticket = make_ticket(
        school,
        title=SCRIPT,
        description=SCRIPT,
        place=SCRIPT,
        room=room,
        solution=SCRIPT,
        devices=[TicketDevice(tag=SCRIPT)],
        reporter=make_user(Role.REPORTER, school_id=school.id, name=SCRIPT),
    )
    make_ticket(school, title=SCRIPT, room=room)
    browser = as_manager(client, ticket)
    for slug in ("nachricht", "notiz"):
        browser.post(f"/stoerungen/{ticket.id}/{slug}", data={"text": SCRIPT})
    for address in (f"/stoerungen/{ticket.id}", "/stoerungen", f"/stoerungen?q={SCRIPT}", "/", "/suche?q=script"):
        text = browser.get(address).text
        assert SCRIPT not in text, address


def test_earlier_tickets_of_the_room_and_the_device_are_named(client: FlaskClient, school: School) -> None:
    room = make_room(school.places[0].site)
    same_room = make_ticket(school, title="Im selben Raum", room=room)
    same_device = make_ticket(school, title="Dasselbe Gerät", devices=[TicketDevice(tag="IP-1")])
    make_ticket(school, title="Ganz woanders")
    ticket = make_ticket(school, room=room, devices=[TicketDevice(tag="IP-1")])
    text = as_manager(client, ticket).get(f"/stoerungen/{ticket.id}").text
    assert same_room.title in text and same_device.title in text and "Ganz woanders" not in text


def test_list_and_record_ask_the_database_as_often_for_many_as_for_one(client: FlaskClient, school: School) -> None:
    reporter = make_user(Role.REPORTER, school_id=school.id)

    def grown(count: int) -> Ticket:
        for number in range(count):
            ticket = make_ticket(school, reporter=reporter, devices=[TicketDevice(tag=f"T{number}")])
            for text in "abc":
                db.session.add(
                    Entry(ticket_id=ticket.id, at=MONDAY_9AM, is_public=True, text=text, author_id=make_user().id)
                )
        db.session.commit()
        return ticket

    browser = as_manager(client, make_ticket(school))
    counts = []
    for ticket in (grown(1), grown(20)):
        for address in (
            "/stoerungen",
            f"/stoerungen/{ticket.id}",
            "/stoerungen?tab=alle&q=display",
            "/melden?schule=1",
        ):
            db.session.expire_all()
            with queries_of() as statements:
                browser.get(address)
            counts.append((address.rstrip("0123456789"), len(statements)))
    assert counts[:4] == counts[4:]
    assert max(count for _, count in counts) <= 12


def test_reopening_is_offered_only_while_it_is_possible(client: FlaskClient, school: School) -> None:
    old = make_ticket(school, state=State.CLOSED, at=clock.now() - timedelta(days=15))
    fresh = make_ticket(school, state=State.CLOSED, at=clock.now() - timedelta(days=13), reporter=old.reporter)
    browser = as_reporter(client, old)
    assert "Noch nicht gelöst" not in browser.get(f"/stoerungen/{old.id}").text
    assert "Noch nicht gelöst" in browser.get(f"/stoerungen/{fresh.id}").text
