"""One visit, its results, its report, moving and calling off."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from itsm.core import clock
from itsm.core.access import Role
from itsm.dispatch.models import VisitTask
from itsm.dispatch.states import VisitState
from itsm.org import calendar
from itsm.tickets.states import State
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import make_user, sign_in
from tests.tickets.factories import make_ticket

TODAY = clock.local_day(clock.now())
SCHOOL_DAY = calendar.next_school_day(TODAY + timedelta(days=7))


@pytest.fixture
def place(client: FlaskClient) -> Place:
    place = make_place()
    sign_in(client, place.manager)
    return place


def test_a_result_that_is_missing_keeps_what_was_typed(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=TODAY, state=VisitState.ON_SITE)
    answer = client.post(
        f"/besuche/{visit.id}/stoerungen/{ticket.id}",
        data={f"t{ticket.id}-parts": "HDMI-Kabel", f"t{ticket.id}-spent_minutes": "viel"},
    )
    assert answer.status_code == 422
    assert "HDMI-Kabel" in answer.text
    assert "viel" in answer.text
    assert visit.jobs[0].result is None


def test_finishing_too_early_says_which_ticket_is_missing(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=TODAY, state=VisitState.ON_SITE)
    answer = client.post(f"/besuche/{visit.id}/fertig")
    assert answer.status_code == 422
    assert f"Für {ticket.number} fehlt noch das Ergebnis" in answer.text


def test_the_report_is_read_by_the_school_and_by_no_other(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, state=State.SOLVED)
    visit = make_visit(place, ticket, on=TODAY, state=VisitState.DONE)
    visit.jobs[0].is_waiting, visit.jobs[0].result, visit.jobs[0].note = False, "solved", "Kabel getauscht."
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id))
    answer = client.get(f"/besuche/{visit.id}/bericht")
    assert answer.status_code == 200
    assert "Kabel getauscht." in answer.text
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=make_place().school.id))
    assert client.get(f"/besuche/{visit.id}/bericht").status_code == 404


def test_a_report_before_the_end_leads_back_to_the_visit(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY)
    assert "sobald der Besuch fertig ist" in client.get(f"/besuche/{visit.id}/bericht").text


def test_the_school_sees_the_visit_without_any_button(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY)
    sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=place.school.id))
    text = client.get(f"/besuche/{visit.id}").text
    assert "Losfahren" not in text
    assert "Verschieben" not in text
    assert client.get(f"/besuche/{visit.id}/verschieben").status_code == 403


def test_a_visit_is_moved_by_form(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=SCHOOL_DAY - timedelta(days=3))
    answer = client.post(
        f"/besuche/{visit.id}/verschieben",
        data={"visit_on": f"{SCHOOL_DAY:%d.%m.%Y}", "starts": "10.15", "minutes": "40"},
    )
    assert answer.status_code == 302
    assert (visit.visit_on, visit.is_fixed, visit.minutes) == (SCHOOL_DAY, True, 40)


@pytest.mark.parametrize(
    "typed",
    [
        {"visit_on": "morgen", "minutes": "40"},
        {"visit_on": "1.1.2027", "minutes": "40"},
        {"visit_on": f"{SCHOOL_DAY:%d.%m.%Y}", "minutes": "0"},
        {"visit_on": f"{SCHOOL_DAY:%d.%m.%Y}", "minutes": "40", "starts": "25:00"},
        {"visit_on": "31.12.9999", "minutes": "40"},
        {},
    ],
)
def test_a_wrong_day_or_time_is_refused_and_nothing_moves(client: FlaskClient, place: Place, typed: dict) -> None:
    day = SCHOOL_DAY - timedelta(days=3)
    visit = make_visit(place, on=day)
    assert client.post(f"/besuche/{visit.id}/verschieben", data=typed).status_code == 422
    assert visit.visit_on == day


def test_a_visit_is_called_off_with_a_reason_only(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=SCHOOL_DAY)
    assert client.post(f"/besuche/{visit.id}/absagen", data={"reason": " "}).status_code == 422
    assert visit.state is VisitState.PLANNED
    assert client.post(f"/besuche/{visit.id}/absagen", data={"reason": "Stau auf der B1."}).status_code == 302
    assert visit.state is VisitState.CANCELLED
    text = client.get("/besuche/ungeplant").text
    assert ticket.number in text
    assert "fiel aus: Stau auf der B1." in text


def test_a_visit_the_manager_could_not_make_is_missed(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY, state=VisitState.DRIVING)
    client.post(f"/besuche/{visit.id}/absagen", data={"reason": "Niemand da."})
    assert visit.state is VisitState.MISSED


def test_tasks_are_added_and_ticked(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY, state=VisitState.ON_SITE, tasks=[VisitTask(text="Alt")])
    assert client.post(f"/besuche/{visit.id}/aufgaben", data={"text": "Beamer putzen"}).status_code == 302
    assert client.post(f"/besuche/{visit.id}/aufgaben", data={"text": ""}).status_code == 422
    client.post(f"/besuche/{visit.id}/aufgaben/{visit.tasks[0].id}")
    assert [(task.text, task.done_at is not None) for task in visit.tasks] == [("Alt", True), ("Beamer putzen", False)]


def test_tickets_and_tasks_of_other_visits_are_not_found(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY, state=VisitState.ON_SITE)
    foreign = make_visit(make_place(), make_ticket(), on=TODAY, tasks=[VisitTask(text="fremd")])
    assert client.post(f"/besuche/{visit.id}/stoerungen/{foreign.jobs[0].ticket_id}").status_code == 404
    assert client.post(f"/besuche/{visit.id}/aufgaben/{foreign.tasks[0].id}").status_code == 404
    assert client.get(f"/besuche/{foreign.id}").status_code == 404
    assert client.get("/besuche/99999999999999").status_code == 404


def test_what_was_typed_is_shown_as_text(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED, title="<script>alert(1)</script>")
    visit = make_visit(place, ticket, on=TODAY, tasks=[VisitTask(text="<script>alert(2)</script>")])
    for address in (f"/besuche/{visit.id}", "/tag", f"/besuche/{visit.id}/bericht"):
        assert "<script>alert" not in client.get(address).text


def test_the_list_has_the_coming_and_the_past_visits_page_by_page(client: FlaskClient, place: Place) -> None:
    for offset in range(1, 54):
        make_visit(place, on=TODAY + timedelta(days=offset))
    past = make_visit(place, on=date(2026, 1, 15), state=VisitState.DONE)
    first = client.get("/besuche").text
    last = TODAY + timedelta(days=50)
    assert f"nach={last}." in first
    following = first[first.index("nach=") + 5 :].split('"')[0]
    second = client.get(f"/besuche?nach={following}").text
    assert second.count("it-table__row") == 3
    assert f"/besuche/{past.id}" in client.get("/besuche?tab=vorbei").text
    assert client.get("/besuche?nach=Unsinn").status_code == 200
