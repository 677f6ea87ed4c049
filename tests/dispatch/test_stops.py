"""On a stop: drive off, arrive, results, finish."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.dispatch import queries
from itsm.dispatch.models import Result, VisitTask
from itsm.dispatch.service import stops
from itsm.dispatch.service.stops import Record
from itsm.dispatch.states import VisitState
from itsm.tickets.states import State
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, make_user
from tests.tickets.factories import make_group, make_ticket

pytestmark = pytest.mark.usefixtures("session")

LATER = MONDAY_9AM + timedelta(minutes=40)


@pytest.fixture
def place() -> Place:
    return make_place()


def on_site(place: Place, *results: Record):
    """A visit on site with one ticket for each result, recorded."""
    tickets = [make_ticket(place.school, state=State.PLANNED, title=f"Fall {n}") for n, _ in enumerate(results)]
    visit = make_visit(place, *tickets, on=MONDAY, state=VisitState.ON_SITE)
    for job, said in zip(visit.jobs, results, strict=True):
        stops.record(place.driver, visit, job, said, MONDAY_9AM)
    return visit, tickets


def test_depart_arrive_finish_leave_their_moments(place: Place) -> None:
    visit = make_visit(place, on=MONDAY)
    stops.depart(place.driver, visit, MONDAY_9AM)
    stops.arrive(place.driver, visit, MONDAY_9AM + timedelta(minutes=10))
    stops.finish(place.driver, visit, LATER)
    assert (visit.departed_at, visit.left_at) == (MONDAY_9AM, LATER)
    assert visit.state is VisitState.DONE


def test_whoever_walks_over_may_arrive_without_having_departed(place: Place) -> None:
    visit = make_visit(place, on=MONDAY)
    stops.arrive(place.driver, visit, MONDAY_9AM)
    assert visit.state is VisitState.ON_SITE


@pytest.mark.parametrize("verb", [stops.depart, stops.arrive])
def test_a_stop_of_another_day_is_not_begun(place: Place, verb: Callable[..., None]) -> None:
    visit = make_visit(place, on=MONDAY + timedelta(days=1))
    with pytest.raises(DomainError, match="zuerst auf heute"):
        verb(place.driver, visit, MONDAY_9AM)
    assert visit.state is VisitState.PLANNED


def test_nobody_is_at_two_stops_at_once(place: Place) -> None:
    make_visit(place, on=MONDAY, state=VisitState.ON_SITE)
    second = make_visit(place, on=MONDAY)
    with pytest.raises(DomainError, match="noch bei"):
        stops.depart(place.driver, second, MONDAY_9AM)


def test_a_stop_with_a_ticket_without_a_result_is_not_finished(place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=MONDAY, state=VisitState.ON_SITE)
    with pytest.raises(DomainError, match=f"Für {ticket.number} fehlt"):
        stops.finish(place.driver, visit, LATER)
    assert visit.state is VisitState.ON_SITE


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        (Record(Result.SOLVED, "Kabel getauscht."), State.SOLVED, "Kabel getauscht."),
        (Record(Result.SOLVED), State.SOLVED, "Vor Ort gelöst."),
        (Record(Result.NOT_SOLVED, "Raum belegt."), State.ACCEPTED, "Raum belegt."),
        (Record(Result.FOLLOW_UP, "Lampe mitbringen."), State.ACCEPTED, "Lampe mitbringen."),
        (Record(Result.TAKEN_ALONG, "Reparatur dauert zwei Wochen."), State.WAITING_SUPPLIER, "Reparatur"),
    ],
)
def test_each_result_drives_its_ticket(place: Place, said: Record, state: State, words: str) -> None:
    visit, (ticket,) = on_site(place, said)
    stops.finish(place.driver, visit, LATER)
    db.session.refresh(ticket)
    assert ticket.state is state
    assert any(words in entry.text and entry.is_public for entry in ticket.entries)


def test_what_goes_to_the_second_level_stays_inside(place: Place) -> None:
    make_group()
    visit, (ticket,) = on_site(place, Record(Result.SECOND_LEVEL, "Switch antwortet nicht."))
    stops.finish(place.driver, visit, LATER)
    db.session.refresh(ticket)
    assert ticket.state is State.SECOND_LEVEL
    assert [entry.is_public for entry in ticket.entries if "Switch antwortet" in entry.text] == [False]
    mail = db.session.scalars(sa.select(Mail).where(Mail.template == "visit-report")).one()
    assert "Switch" not in str(mail.items)


@pytest.mark.parametrize("result", [Result.NOT_SOLVED, Result.SECOND_LEVEL, Result.FOLLOW_UP])
def test_what_is_not_solved_needs_words(place: Place, result: Result) -> None:
    visit = make_visit(place, make_ticket(place.school), on=MONDAY, state=VisitState.ON_SITE)
    with pytest.raises(DomainError, match="Bitte schreiben Sie"):
        stops.record(place.driver, visit, visit.jobs[0], Record(result, "  "), MONDAY_9AM)


def test_a_result_may_be_corrected_until_the_stop_is_finished(place: Place) -> None:
    visit, (ticket,) = on_site(place, Record(Result.SOLVED))
    assert ticket.state is State.PLANNED
    stops.record(place.driver, visit, visit.jobs[0], Record(Result.NOT_SOLVED, "Doch nicht."), MONDAY_9AM)
    stops.finish(place.driver, visit, LATER)
    assert ticket.state is State.ACCEPTED
    with pytest.raises(DomainError, match="Angekommen"):
        stops.record(place.driver, visit, visit.jobs[0], Record(Result.SOLVED), LATER)


def test_a_follow_up_goes_on_the_next_visit_and_what_was_not_solved_on_the_list(place: Place) -> None:
    following = make_visit(place, on=date(2026, 11, 25))
    visit, (again, left) = on_site(place, Record(Result.FOLLOW_UP, "Lampe."), Record(Result.NOT_SOLVED, "Raum zu."))
    stops.finish(place.driver, visit, LATER)
    assert queries.next_visit_of(again.id) is following
    assert again.state is State.PLANNED
    assert queries.next_visit_of(left.id) is None


def test_a_ticket_withdrawn_meanwhile_is_left_alone(place: Place) -> None:
    visit, (ticket,) = on_site(place, Record(Result.SOLVED))
    ticket.state, ticket.closed_at = State.WITHDRAWN, MONDAY_9AM
    db.session.commit()
    stops.finish(place.driver, visit, LATER)
    assert ticket.state is State.WITHDRAWN


def test_the_school_and_its_media_coordinator_get_the_report_once(place: Place) -> None:
    coordinator = make_user(Role.MEDIA_COORDINATOR, school_id=place.school.id)
    visit, (ticket,) = on_site(place, Record(Result.SOLVED, "Kabel getauscht.", 15, "HDMI-Kabel"))
    stops.finish(place.driver, visit, LATER)
    mails = db.session.scalars(sa.select(Mail).where(Mail.template == "visit-report")).all()
    assert {mail.to_address for mail in mails} == {place.school.email, coordinator.email}
    line = mails[0].items[0]["jobs"][0]
    assert (line["number"], line["result"], line["note"]) == (ticket.number, "gelöst", "Kabel getauscht.")
    assert (line["minutes"], line["parts"]) == (15, "HDMI-Kabel")


def test_tasks_are_ticked_and_what_is_left_goes_on_the_next_visit(place: Place) -> None:
    following = make_visit(place, on=date(2026, 11, 25))
    visit = make_visit(place, on=MONDAY, state=VisitState.ON_SITE, tasks=[VisitTask(text="A"), VisitTask(text="B")])
    stops.tick(place.driver, visit, visit.tasks[0], MONDAY_9AM)
    stops.finish(place.driver, visit, LATER)
    assert [task.text for task in following.tasks] == ["B"]


def test_only_who_is_booked_drives(place: Place) -> None:
    visit = make_visit(place, on=MONDAY)
    colleague = make_place()
    for verb in (stops.depart, stops.arrive, stops.finish):
        with pytest.raises(NotAllowed):
            verb(colleague.driver, visit, MONDAY_9AM)


def test_who_stands_in_from_another_district_solves_the_tickets_too(place: Place) -> None:
    other = make_place()
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=MONDAY, state=VisitState.ON_SITE, user=other.manager)
    stops.record(other.driver, visit, visit.jobs[0], Record(Result.SOLVED), MONDAY_9AM)
    stops.finish(other.driver, visit, LATER)
    assert ticket.state is State.SOLVED


def test_after_a_stop_the_rest_of_the_day_is_reckoned_from_there(place: Place) -> None:
    visit, ahead = make_visit(place, on=MONDAY, state=VisitState.ON_SITE), make_visit(place, on=MONDAY, at=time(8))
    stops.finish(place.driver, visit, LATER)
    assert ahead.starts_at >= LATER
    assert ahead.travel_minutes == 0
