"""Nobody there, the end of the day, a tap taken back, and what comes next."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.dispatch import next_best
from itsm.dispatch.models import Assurance, Result, Visit, VisitTask, WorkNeed
from itsm.dispatch.service import endings, stops
from itsm.dispatch.service.endings import LeftOver
from itsm.dispatch.service.stops import Record
from itsm.dispatch.states import VisitState
from itsm.org.models import School
from itsm.tickets.models import Ticket
from itsm.tickets.states import State
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

MINUTE = timedelta(minutes=1)


@pytest.fixture
def place() -> Place:
    return make_place()


def school_at(place: Place, latitude: float) -> School:
    return make_school(place.district, site=make_site(latitude=latitude, longitude=7.46))


def stop(place: Place, *tickets: Ticket, latitude: float = 51.52, position: int = 1, **columns: Any) -> Visit:
    school = tickets[0].school if tickets else school_at(place, latitude)
    given: dict[str, Any] = {"on": MONDAY, "school": school, "site": school.places[0].site, "position": position}
    return make_visit(place, *tickets, **(given | columns))


def sentences() -> list[str]:
    mails = db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed").order_by(Mail.id))
    return [item["sentence"] for mail in mails for item in mail.items]


def waiting_at(place: Place, latitude: float, **columns: Any) -> Ticket:
    return make_ticket(school_at(place, latitude), **columns)


@pytest.mark.parametrize("state", [VisitState.DRIVING, VisitState.ON_SITE, VisitState.PLANNED])
def test_nobody_there_gives_the_tickets_back_with_the_reason_and_tells_the_school(
    place: Place, state: VisitState
) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = stop(place, ticket, state=state)
    endings.turn_away(place.driver, visit, MONDAY_9AM)
    assert (visit.state, visit.arrived_at is not None) == (VisitState.MISSED, True)
    assert visit.reason == "Wir waren um 9:00 Uhr da und haben niemanden angetroffen."
    assert ticket.state is State.ACCEPTED
    assert any("niemanden angetroffen" in sentence for sentence in sentences())


def test_with_a_result_somebody_was_there(place: Place) -> None:
    visit = stop(place, make_ticket(place.school, state=State.PLANNED), state=VisitState.ON_SITE)
    stops.record(place.driver, visit, visit.jobs[0], Record(Result.SOLVED), MONDAY_9AM)
    with pytest.raises(DomainError, match="Fertig"):
        endings.turn_away(place.driver, visit, MONDAY_9AM)


def test_only_who_drives_may_say_that_nobody_was_there_and_only_today(place: Place) -> None:
    visit = stop(place, state=VisitState.ON_SITE)
    with pytest.raises(NotAllowed):
        endings.turn_away(make_place().driver, visit, MONDAY_9AM)
    with pytest.raises(DomainError):
        endings.turn_away(place.driver, stop(place, on=MONDAY + timedelta(days=1)), MONDAY_9AM)


def test_a_departure_is_taken_back_within_five_minutes(place: Place) -> None:
    visit = stop(place)
    stops.depart(place.driver, visit, MONDAY_9AM)
    stops.take_back(place.driver, visit, MONDAY_9AM + 5 * MINUTE)
    assert (visit.state, visit.departed_at) == (VisitState.PLANNED, None)
    stops.depart(place.driver, visit, MONDAY_9AM)
    with pytest.raises(DomainError, match="nicht mehr"):
        stops.take_back(place.driver, visit, MONDAY_9AM + 5 * MINUTE + timedelta(seconds=1))


def test_an_arrival_goes_back_to_the_drive_or_to_the_plan(place: Place) -> None:
    visit = stop(place)
    stops.depart(place.driver, visit, MONDAY_9AM)
    stops.arrive(place.driver, visit, MONDAY_9AM + MINUTE)
    stops.take_back(place.driver, visit, MONDAY_9AM + 2 * MINUTE)
    assert (visit.state, visit.arrived_at, visit.departed_at) == (VisitState.DRIVING, None, MONDAY_9AM)
    stops.take_back(place.driver, visit, MONDAY_9AM + 3 * MINUTE)
    stops.arrive(place.driver, visit, MONDAY_9AM + 4 * MINUTE)
    stops.take_back(place.driver, visit, MONDAY_9AM + 4 * MINUTE)
    assert (visit.state, visit.arrived_at) == (VisitState.PLANNED, None)


def test_what_has_a_result_or_a_ticked_task_is_not_taken_back(place: Place) -> None:
    visit = stop(place, make_ticket(place.school, state=State.PLANNED), tasks=[VisitTask(text="Kabel")])
    stops.arrive(place.driver, visit, MONDAY_9AM)
    stops.tick(place.driver, visit, visit.tasks[0], MONDAY_9AM)
    assert not stops.may_take_back(visit, MONDAY_9AM)
    stops.tick(place.driver, visit, visit.tasks[0], MONDAY_9AM)
    assert stops.may_take_back(visit, MONDAY_9AM)
    stops.record(place.driver, visit, visit.jobs[0], Record(Result.SOLVED), MONDAY_9AM)
    with pytest.raises(DomainError):
        stops.take_back(place.driver, visit, MONDAY_9AM)


def test_the_end_of_the_day_gives_back_what_is_left(place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    left, done = stop(place, ticket, position=2), stop(place, state=VisitState.DONE)
    count = [endings.end_day(place.driver, place.manager, MONDAY, LeftOver.NO_TIME, MONDAY_9AM) for _ in range(2)]
    assert count == [1, 0]
    assert (left.state, left.reason) == (VisitState.MISSED, "Heute hat die Zeit nicht gereicht.")
    assert done.state is VisitState.DONE
    assert ticket.state is State.ACCEPTED


def test_the_day_does_not_end_while_a_stop_is_under_way_nor_for_others(place: Place) -> None:
    stop(place, state=VisitState.DRIVING)
    with pytest.raises(DomainError, match="läuft noch"):
        endings.end_day(place.driver, place.manager, MONDAY, LeftOver.CAR, MONDAY_9AM)
    with pytest.raises(DomainError, match="heutige"):
        endings.end_day(place.driver, place.manager, date(2026, 11, 17), LeftOver.CAR, MONDAY_9AM)
    for other in (make_place().driver, actor_for(make_user(Role.AUDITOR))):
        with pytest.raises(NotAllowed):
            endings.end_day(other, place.manager, MONDAY, LeftOver.CAR, MONDAY_9AM)


def options(place: Place, at: datetime = MONDAY_9AM) -> list[next_best.Option]:
    return next_best.options(place.driver, place.manager, MONDAY, at)


def test_a_job_nearby_that_breaks_nothing_comes_before_the_stops_of_today(place: Place) -> None:
    later = stop(place, latitude=51.53, at=time(13))
    near = waiting_at(place, 51.515)
    found = options(place)
    assert [(one.visit, list(one.tickets)) for one in found] == [(None, [near]), (later, [])]
    assert found[0].fits


def test_what_is_far_off_not_ours_or_not_to_be_done_alone_is_no_job_nearby(place: Place) -> None:
    waiting_at(place, 51.7)
    waiting_at(make_place(), 51.515)
    pair, part, later = (waiting_at(place, 51.515) for _ in range(3))
    db.session.add_all(
        [
            WorkNeed(ticket_id=pair.id, people=2),
            WorkNeed(ticket_id=part.id, waits_for="Netzteil"),
            WorkNeed(ticket_id=later.id, not_before_on=MONDAY + timedelta(days=1)),
        ]
    )
    db.session.commit()
    stop(place)
    assert [one.visit is None for one in options(place)] == [False]


def test_a_job_that_would_make_a_school_wait_is_not_offered(place: Place) -> None:
    told = stop(place, latitude=51.52, at=time(9, 5))
    waiting_at(place, 51.515)
    assert [one.visit for one in options(place)] == [told]


def test_thinking_about_jobs_nearby_changes_nothing(place: Place) -> None:
    stop(place)
    waiting_at(place, 51.515)
    options(place)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 1


def test_a_stop_taken_early_is_driven_next_and_its_school_told(place: Place) -> None:
    first, second = stop(place, position=1, at=time(9, 30)), stop(place, position=2, at=time(14), latitude=51.53)
    endings.take_visit(place.driver, second, MONDAY_9AM)
    assert second.position < first.position
    assert second.starts_at == second.expected_at
    assert second.starts_at < clock.at_local(MONDAY, time(9, 30))
    assert sentences()[0].startswith("Wir kommen heute früher als angekündigt, gegen 9:")
    with pytest.raises(DomainError):
        endings.take_visit(place.driver, stop(place, state=VisitState.CANCELLED), MONDAY_9AM)


def test_tickets_nearby_are_taken_on_once(place: Place) -> None:
    stop(place, at=time(13))
    ticket = waiting_at(place, 51.515)
    tickets = next_best.tickets_at(place.driver, ticket.school_id, ticket.site_id, MONDAY)
    visit = endings.take_tickets(place.driver, place.manager, tickets, MONDAY_9AM)
    assert (visit.position, visit.assurance, visit.user_id) == (1, Assurance.TOLD, place.manager.id)
    assert ticket.state is State.PLANNED
    assert visit.starts_at > MONDAY_9AM
    assert visit.minutes == 30
    assert any(sentence.startswith("Wir kommen am Montag zwischen 9:00") for sentence in sentences())
    again = next_best.tickets_at(place.driver, ticket.school_id, ticket.site_id, MONDAY)
    with pytest.raises(DomainError, match="schneller"):
        endings.take_tickets(place.driver, place.manager, again, MONDAY_9AM)


def test_nobody_takes_on_tickets_of_a_foreign_district_or_for_another_person(place: Place) -> None:
    ticket, stranger = waiting_at(place, 51.515), make_place()
    with pytest.raises(NotAllowed):
        endings.take_tickets(stranger.driver, stranger.manager, [ticket], MONDAY_9AM)
    with pytest.raises(NotAllowed):
        endings.take_tickets(stranger.driver, place.manager, [ticket], MONDAY_9AM)
