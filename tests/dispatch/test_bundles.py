"""Tickets find their visit by themselves."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from itsm.accounts.events import AbsenceSet
from itsm.accounts.models import Absence
from itsm.core.access import SYSTEM, Role
from itsm.core.clock import at_local
from itsm.core.db import db
from itsm.core.events import publish
from itsm.dispatch import queries
from itsm.dispatch.models import Visit, VisitKind
from itsm.dispatch.service import bundles, visits
from itsm.dispatch.service.listeners import find_visit
from itsm.dispatch.states import VisitState
from itsm.org.events import SchoolMoved
from itsm.tickets import service as tickets
from itsm.tickets.events import TicketRouted
from itsm.tickets.models import Target, Ticket
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, make_user
from tests.places import make_district, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

TUESDAY = date(2026, 11, 17)


def visit_of(ticket: Ticket) -> Visit | None:
    return queries.next_visit_of(ticket.id)


def text_of_last_entry(ticket: Ticket) -> str:
    db.session.refresh(ticket)
    return ticket.entries[-1].text


def test_an_open_ticket_goes_on_the_next_visit_and_the_school_reads_when_we_come() -> None:
    place = make_place()
    later, sooner = make_visit(place, on=date(2026, 11, 25)), make_visit(place)
    ticket = make_ticket(place.school)
    assert bundles.bundle(place.school.id, MONDAY_9AM) == 1
    assert visit_of(ticket) is sooner
    assert later.jobs == []
    assert ticket.state is State.PLANNED
    assert text_of_last_entry(ticket).startswith("Wir kommen am Mittwoch. ")


def test_bundling_twice_changes_nothing() -> None:
    place = make_place()
    make_visit(place)
    make_ticket(place.school)
    assert [bundles.bundle(place.school.id, MONDAY_9AM) for _ in range(2)] == [1, 0]


def test_a_reported_ticket_is_left_to_the_worker_which_finds_its_visit() -> None:
    place = make_place()
    visit = make_visit(place)
    ticket = make_ticket(place.school)
    publish(TicketRouted(ticket.id, MONDAY_9AM))
    assert visit_of(ticket) is None
    waiting = sa.text("SELECT args ->> 'ticket_id' FROM procrastinate_jobs WHERE task_name = 'find-visit'")
    assert db.session.scalars(waiting).all() == [str(ticket.id)]
    assert [find_visit(ticket.id, MONDAY_9AM) for _ in range(2)] == [1, 0]
    assert visit_of(ticket) is visit


def test_a_ticket_that_went_to_the_systemhaus_meanwhile_finds_no_visit() -> None:
    place = make_place()
    make_visit(place)
    ticket = make_ticket(place.school)
    tickets.escalate(SYSTEM, ticket, "Server", MONDAY_9AM)
    assert find_visit(ticket.id, MONDAY_9AM) == 0


def test_the_visit_of_the_own_building_comes_before_an_earlier_one_elsewhere() -> None:
    place = make_place()
    make_visit(place, on=TUESDAY, site=make_site())
    here = make_visit(place)
    ticket = make_ticket(place.school)
    bundles.bundle(place.school.id, MONDAY_9AM)
    assert visit_of(ticket) is here


def test_tickets_of_others_and_tickets_nobody_must_come_for_stay_where_they_are() -> None:
    place, other = make_place(), make_place()
    make_visit(place)
    make_ticket(other.school)
    make_ticket(place.school, state=State.SOLVED)
    make_ticket(place.school, state=State.WAITING_SCHOOL)
    make_ticket(place.school, target=Target.SECOND_LEVEL)
    assert bundles.bundle(place.school.id, MONDAY_9AM) == 0


def test_a_visit_grows_with_its_tickets() -> None:
    place = make_place()
    visit = make_visit(place)
    for _ in range(3):
        make_ticket(place.school)
    bundles.bundle(place.school.id, MONDAY_9AM)
    assert visit.minutes == 10 + 3 * 20


def test_an_earlier_visit_takes_over_and_the_school_is_told() -> None:
    place = make_place()
    make_visit(place)
    ticket = make_ticket(place.school)
    bundles.bundle(place.school.id, MONDAY_9AM)
    sooner = make_visit(place, on=TUESDAY)
    bundles.bundle(place.school.id, MONDAY_9AM)
    assert visit_of(ticket) is sooner
    assert text_of_last_entry(ticket).startswith("Neuer Termin: Wir kommen am Dienstag")


def test_an_urgent_ticket_gets_an_extra_visit_today_while_there_is_time() -> None:
    place = make_place()
    make_visit(place)
    ticket = make_ticket(place.school, impact=1, urgency=1)
    bundles.bundle(place.school.id, MONDAY_9AM)
    extra = visit_of(ticket)
    assert extra is not None
    assert (extra.kind, extra.visit_on, extra.user_id) == (VisitKind.EXTRA, MONDAY, place.manager.id)
    assert extra.starts_at > MONDAY_9AM
    assert ticket.state is State.PLANNED


def test_an_urgent_ticket_of_the_late_afternoon_gets_an_extra_visit_tomorrow() -> None:
    place = make_place()
    ticket = make_ticket(place.school, impact=1, urgency=1)
    bundles.bundle(place.school.id, at_local(MONDAY, time(15, 10)))
    extra = visit_of(ticket)
    assert extra is not None
    assert extra.visit_on == TUESDAY


def test_an_urgent_ticket_of_a_friday_evening_waits_for_monday() -> None:
    place = make_place()
    ticket = make_ticket(place.school, impact=1, urgency=1)
    bundles.bundle(place.school.id, at_local(date(2026, 11, 20), time(17)))
    extra = visit_of(ticket)
    assert extra is not None
    assert extra.visit_on == date(2026, 11, 23)


def test_an_urgent_ticket_takes_the_visit_of_tomorrow_that_is_there_already() -> None:
    place = make_place()
    tomorrow = make_visit(place, on=TUESDAY)
    ticket = make_ticket(place.school, impact=1, urgency=1)
    bundles.bundle(place.school.id, MONDAY_9AM)
    assert visit_of(ticket) is tomorrow


def test_priority_three_waits_for_the_timetable() -> None:
    place = make_place()
    ticket = make_ticket(place.school, impact=2, urgency=2)
    assert ticket.priority == 3
    assert bundles.bundle(place.school.id, MONDAY_9AM) == 0
    assert visit_of(ticket) is None


def test_an_extra_visit_nobody_needs_any_more_is_called_off() -> None:
    place = make_place()
    ticket = make_ticket(place.school, impact=1, urgency=1)
    bundles.bundle(place.school.id, MONDAY_9AM)
    extra = visit_of(ticket)
    assert extra is not None
    tickets.solve(place.driver, ticket, "Am Telefon geklärt.", MONDAY_9AM)
    assert extra.state is VisitState.CANCELLED
    assert extra.jobs == []


def test_a_ticket_that_waits_for_the_school_leaves_its_visit_and_comes_back_with_the_answer() -> None:
    place = make_place()
    visit = make_visit(place)
    ticket = make_ticket(place.school)
    bundles.bundle(place.school.id, MONDAY_9AM)
    tickets.ask_school(place.driver, ticket, "Welcher Raum?", MONDAY_9AM)
    assert visit.jobs == []
    tickets.answer(place.driver, ticket, "2.14", MONDAY_9AM)
    assert visit_of(ticket) is visit
    assert ticket.state is State.PLANNED


def test_a_cancelled_visit_gives_its_tickets_back_with_the_reason() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    visit = make_visit(place)
    make_visit(place, on=date(2026, 11, 25))
    bundles.bundle(place.school.id, MONDAY_9AM)
    visits.cancel(place.driver, visit, "Das Auto ist kaputt.", MONDAY_9AM)
    assert visit.state is VisitState.CANCELLED
    assert ticket.state is State.ACCEPTED
    assert text_of_last_entry(ticket) == "Das Auto ist kaputt."
    assert visit_of(ticket) is None
    assert db.session.scalars(queries.sa.select(Ticket).where(queries.without_visit())).all() == [ticket]


def test_over_night_a_ticket_without_a_visit_goes_on_the_next_one() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    visit, following = make_visit(place), make_visit(place, on=date(2026, 11, 25))
    bundles.bundle(place.school.id, MONDAY_9AM)
    visits.cancel(place.driver, visit, "Das Auto ist kaputt.", MONDAY_9AM)
    visits.make_visits(MONDAY_9AM + timedelta(hours=20))
    assert visit_of(ticket) is following


def test_a_visit_that_never_began_is_missed_the_day_after() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    visit = make_visit(place)
    bundles.bundle(place.school.id, MONDAY_9AM)
    assert visits.miss_left_over(at_local(WEDNESDAY, time(23, 59))) == 0
    assert [visits.miss_left_over(at_local(date(2026, 11, 19), time(0, 20))) for _ in range(2)] == [1, 0]
    assert visit.state is VisitState.MISSED
    assert ticket.state is State.ACCEPTED


def test_an_absence_hands_the_visits_to_the_deputy_and_without_one_calls_them_off() -> None:
    place, lonely = make_place(), make_place()
    deputy = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id, is_deputy=True)
    covered, uncovered = make_visit(place), make_visit(lonely)
    for manager in (place.manager, lonely.manager):
        db.session.add(Absence(user_id=manager.id, first_on=MONDAY, last_on=date(2026, 11, 20)))
        db.session.commit()
        publish(AbsenceSet(manager.id, MONDAY, date(2026, 11, 20), MONDAY_9AM))
    assert (covered.state, covered.user_id) == (VisitState.PLANNED, deputy.id)
    assert uncovered.state is VisitState.CANCELLED


def test_a_school_that_changes_its_district_takes_its_visits_along() -> None:
    place, other = make_place(), make_place()
    visit, old = make_visit(place), make_visit(place, on=date(2026, 11, 13), state=VisitState.DONE)
    place.school.district_id = other.district.id
    db.session.commit()
    publish(SchoolMoved(place.school.id, place.district.id, other.district.id, MONDAY_9AM))
    assert (visit.district_id, visit.user_id) == (other.district.id, other.manager.id)
    assert (old.district_id, old.user_id) == (place.district.id, place.manager.id)


def test_without_a_manager_an_urgent_ticket_stays_on_the_list() -> None:
    place = make_place()
    place.school.district = make_district()
    db.session.commit()
    ticket = make_ticket(place.school, impact=1, urgency=1)
    assert bundles.bundle(place.school.id, MONDAY_9AM) == 0
    assert ticket.state is State.NEW


def test_the_extra_visit_is_called_off_when_the_report_is_withdrawn() -> None:
    place = make_place()
    ticket = make_ticket(place.school, impact=1, urgency=1)
    bundles.bundle(place.school.id, MONDAY_9AM)
    extra = visit_of(ticket)
    tickets.withdraw(SYSTEM, ticket, "Irrtum", MONDAY_9AM)
    assert extra is not None
    assert extra.state is VisitState.CANCELLED
