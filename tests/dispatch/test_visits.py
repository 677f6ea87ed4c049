"""Visits come, move and fall through."""

from datetime import date, time

import pytest
import sqlalchemy as sa

from itsm.accounts.models import Absence
from itsm.core.access import Role
from itsm.core.clock import at_local, local
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.dispatch.models import Visit
from itsm.dispatch.service import bundles, routes, timetables, visits
from itsm.dispatch.service.visits import Wish, make_visits
from itsm.dispatch.states import VisitState
from itsm.dispatch.timetable import Rhythm
from itsm.org.models import MovableDay, VisitingHours
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit, make_visiting_time
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

THURSDAY = date(2026, 11, 19)


def days(place: Place) -> list[date]:
    return list(
        db.session.scalars(sa.select(Visit.visit_on).where(Visit.school_id == place.school.id).order_by(Visit.visit_on))
    )


def test_visits_are_made_four_weeks_ahead_and_only_once() -> None:
    place = make_place()
    make_visiting_time(place.school)
    assert [make_visits(MONDAY_9AM) for _ in range(2)] == [4, 0]
    assert days(place) == [WEDNESDAY, date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9)]


def test_the_next_day_adds_only_the_day_that_has_come_into_sight() -> None:
    place = make_place()
    make_visiting_time(place.school)
    make_visits(MONDAY_9AM)
    assert make_visits(at_local(WEDNESDAY, time(4, 30))) == 1
    assert days(place)[-1] == date(2026, 12, 16)


def test_no_visit_on_holidays_and_movable_days() -> None:
    place = make_place()
    place.school.movable_days.append(MovableDay(day=date(2026, 12, 16)))
    make_visiting_time(place.school)
    make_visits(at_local(date(2026, 12, 14), time(4, 30)))
    # 16.12. is movable here, 23.12. to 6.1. are the Christmas holidays.
    assert days(place) == []


def test_the_deputy_drives_while_the_manager_is_away_and_without_one_nobody_does() -> None:
    place = make_place()
    deputy = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id, is_deputy=True)
    make_visiting_time(place.school)
    db.session.add(Absence(user_id=place.manager.id, first_on=WEDNESDAY, last_on=THURSDAY))
    db.session.add(Absence(user_id=place.manager.id, first_on=date(2026, 11, 25), last_on=date(2026, 11, 25)))
    db.session.add(Absence(user_id=deputy.id, first_on=date(2026, 11, 25), last_on=date(2026, 11, 25)))
    db.session.commit()
    make_visits(MONDAY_9AM)
    drivers = {visit.visit_on: visit.user_id for visit in db.session.scalars(sa.select(Visit))}
    assert drivers[WEDNESDAY] == deputy.id
    assert date(2026, 11, 25) not in drivers
    assert drivers[date(2026, 12, 2)] == place.manager.id


def test_a_movable_day_entered_later_calls_its_visit_off() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    make_visiting_time(place.school)
    make_visits(MONDAY_9AM)
    place.school.movable_days.append(MovableDay(day=WEDNESDAY))
    db.session.commit()
    make_visits(MONDAY_9AM)
    first, second = db.session.scalars(sa.select(Visit).order_by(Visit.visit_on).limit(2))
    assert (first.state, first.reason) == (
        VisitState.CANCELLED,
        "An diesem Tag ist die Schule geschlossen (beweglicher Ferientag).",
    )
    assert [job.ticket for job in second.jobs] == [ticket]


def test_a_cancelled_visit_is_not_made_again() -> None:
    place = make_place()
    make_visiting_time(place.school)
    make_visits(MONDAY_9AM)
    first = db.session.scalars(sa.select(Visit).order_by(Visit.visit_on)).first()
    assert first is not None
    visits.cancel(place.driver, first, "Sportfest.", MONDAY_9AM)
    assert make_visits(MONDAY_9AM) == 0


def test_the_clock_puts_open_tickets_on_the_visits_it_makes() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    make_visiting_time(place.school)
    make_visits(MONDAY_9AM)
    assert ticket.state is State.PLANNED


def test_the_stops_of_a_day_are_driven_in_the_shortest_order_within_their_times() -> None:
    place = make_place()
    far = make_school(place.district, site=make_site(latitude=51.56, longitude=7.46))
    near = make_school(place.district, site=make_site(latitude=51.53, longitude=7.46))
    morning = make_school(place.district, site=make_site(latitude=51.45, longitude=7.46))
    morning.visiting_hours.append(VisitingHours(weekday=2, opens=time(7, 30), closes=time(8, 30)))
    stops = {
        school.id: make_visit(place, school=school, site=school.places[0].site, at=time(12))
        for school in (far, near, morning)
    }
    routes.plan_route(place.manager.id, WEDNESDAY, MONDAY_9AM)
    order = sorted(stops.values(), key=lambda visit: visit.position)
    assert order[0] is stops[morning.id]
    assert {visit.school_id for visit in order[1:]} == {far.id, near.id}
    assert all(visit.travel_minutes > 0 and visit.breach is None for visit in order)
    assert local(order[0].starts_at).time() < time(8, 1)


def test_a_fixed_appointment_keeps_its_time_when_the_day_is_ordered() -> None:
    place = make_place()
    appointment = make_visit(place, at=time(11), is_fixed=True)
    other = make_visit(place)
    routes.plan_route(place.manager.id, WEDNESDAY, MONDAY_9AM)
    assert local(appointment.starts_at).time() == time(11)
    assert other.ends_at <= appointment.starts_at or other.starts_at >= appointment.ends_at


def test_a_stop_that_is_under_way_is_not_reshuffled() -> None:
    place = make_place()
    here = make_visit(place, on=MONDAY, at=time(8, 30), state=VisitState.ON_SITE)
    ahead = make_visit(place, on=MONDAY, at=time(8))
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    assert local(here.starts_at).time() == time(8, 30)
    assert (here.position, ahead.position) == (1, 2)
    assert ahead.starts_at >= MONDAY_9AM


def test_a_visit_added_by_hand_takes_the_open_tickets_and_tells_the_school() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    visit = visits.add(
        place.driver, place.school, place.site, Wish(WEDNESDAY, time(9), 45), ["Kabel bringen"], MONDAY_9AM
    )
    assert [job.ticket for job in visit.jobs] == [ticket]
    assert [task.text for task in visit.tasks] == ["Kabel bringen"]
    mail = db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed")).one()
    assert mail.to_address == place.school.email
    assert mail.items[0]["sentence"] == "Wir kommen am Mittwoch um 9:00 Uhr."


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 13), "ab heute"),
        (date(2026, 11, 21), "Samstag"),
        (date(2026, 12, 25), "Weihnachtstag"),
        (date(2026, 12, 28), "Weihnachtsferien"),
        (date(2028, 1, 17), "höchstens ein Jahr"),
    ],
)
def test_a_visit_on_a_day_that_cannot_be_is_refused_with_the_reason(day: date, said: str) -> None:
    place = make_place()
    with pytest.raises(DomainError, match=said):
        visits.add(place.driver, place.school, place.site, Wish(day), [], MONDAY_9AM)


def test_a_stranger_neither_adds_nor_moves_nor_cancels_visits() -> None:
    place, stranger = make_place(), make_place()
    visit = make_visit(place)
    with pytest.raises(NotAllowed):
        visits.add(stranger.driver, place.school, place.site, Wish(WEDNESDAY), [], MONDAY_9AM)
    with pytest.raises(NotAllowed):
        visits.shift(stranger.driver, visit, Wish(THURSDAY), MONDAY_9AM)
    with pytest.raises(NotAllowed):
        visits.cancel(stranger.driver, visit, "So.", MONDAY_9AM)


def test_a_visit_of_the_timetable_moves_and_is_not_made_again_on_its_old_day() -> None:
    place = make_place()
    make_visiting_time(place.school)
    ticket = make_ticket(place.school)
    make_visits(MONDAY_9AM)
    visit = db.session.scalars(sa.select(Visit).where(Visit.visit_on == WEDNESDAY)).one()
    moved = visits.shift(place.driver, visit, Wish(THURSDAY, None, 60), MONDAY_9AM)
    assert (visit.state, visit.reason) == (VisitState.CANCELLED, "Verschoben auf 19.11.2026.")
    assert (moved.state, moved.visit_on) == (VisitState.PLANNED, THURSDAY)
    assert [job.ticket for job in moved.jobs] == [ticket]
    assert ticket.state is State.PLANNED
    assert make_visits(MONDAY_9AM) == 0


def test_a_cancellation_needs_a_reason() -> None:
    place = make_place()
    with pytest.raises(DomainError, match="Grund"):
        visits.cancel(place.driver, make_visit(place), "  ", MONDAY_9AM)


def test_a_new_visiting_time_makes_its_visits_at_once_and_an_ended_one_takes_them_back() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    rhythm = Rhythm(2, time(9), 60, 2, from_on=MONDAY)
    fixed = timetables.add(place.driver, place.school, place.site, rhythm, MONDAY_9AM)
    assert days(place) == [WEDNESDAY, date(2026, 12, 2)]
    timetables.end(place.driver, fixed, MONDAY_9AM)
    assert days(place) == []
    assert ticket.state is State.ACCEPTED


def test_a_changed_visiting_time_takes_the_tickets_along() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    fixed = timetables.add(place.driver, place.school, place.site, Rhythm(2, time(9), 60, 1, MONDAY), MONDAY_9AM)
    timetables.change(place.driver, fixed, place.site, Rhythm(3, time(10), 60, 1, MONDAY), MONDAY_9AM)
    assert days(place)[0] == THURSDAY
    assert ticket.state is State.PLANNED


def test_a_regular_visit_stays_near_its_visiting_time() -> None:
    place = make_place()
    make_visiting_time(place.school, starts=time(13))
    make_visits(MONDAY_9AM)
    visit = db.session.scalars(sa.select(Visit).where(Visit.visit_on == WEDNESDAY)).one()
    assert time(11, 30) <= local(visit.starts_at).time() <= time(14, 30)


def test_the_deputy_from_another_district_sees_and_plans_only_what_they_drive() -> None:
    place, other = make_place(), make_place()
    mine, foreign = make_visit(place, user=other.manager), make_visit(place)
    visits.cancel(actor_for(other.manager), mine, "Stau.", MONDAY_9AM)
    with pytest.raises(NotAllowed):
        visits.cancel(actor_for(other.manager), foreign, "Stau.", MONDAY_9AM)


def test_a_visit_that_grew_has_its_day_ordered_by_the_worker_once() -> None:
    place = make_place()
    make_visit(place)
    waiting = sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'plan-route' AND status = 'todo'")
    for _ in range(2):
        make_ticket(place.school)
        bundles.bundle(place.school.id, MONDAY_9AM)
    assert db.session.scalars(waiting).all() == [{"user_id": place.manager.id, "day": "2026-11-18"}]
