"""The order of a day that runs, and new stops on it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from itsm.core import clock
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.dispatch.models import Assurance, Visit, VisitKind, Workday
from itsm.dispatch.service import bundles, routes, stops, visits
from itsm.dispatch.service.visits import Wish
from itsm.dispatch.states import VisitState
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

BEFORE_WORK = clock.at_local(MONDAY, time(6))


@pytest.fixture
def place() -> Place:
    return make_place()


def stop(place: Place, latitude: float, position: int = 0, on: date = MONDAY, **columns: Any) -> Visit:
    """A stop at a school of its own, the further north the greater the latitude."""
    school = make_school(place.district, site=make_site(latitude=latitude, longitude=7.46))
    return make_visit(place, school=school, site=school.places[0].site, on=on, position=position, **columns)


def order(place: Place, day: date = MONDAY) -> list[int]:
    found = db.session.scalars(
        sa.select(Visit.id)
        .where(Visit.user_id == place.manager.id, Visit.visit_on == day, Visit.state == VisitState.PLANNED)
        .order_by(Visit.position)
    )
    return list(found)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return clock.at_local(day, time(hour, minute))


def test_retiming_keeps_an_order_that_is_not_the_shortest(place: Place) -> None:
    near, far = stop(place, 51.52, 2, WEDNESDAY), stop(place, 51.58, 1, WEDNESDAY)
    between = stop(place, 51.55, 3, WEDNESDAY)
    routes.retime(place.manager.id, WEDNESDAY, MONDAY_9AM)
    assert order(place, WEDNESDAY) == [far.id, near.id, between.id]
    assert far.starts_at < near.starts_at < between.starts_at
    routes.plan_route(place.manager.id, WEDNESDAY, MONDAY_9AM)
    assert order(place, WEDNESDAY) == [far.id, near.id, between.id]
    routes.reorder(place.driver, place.manager, WEDNESDAY, MONDAY_9AM)
    assert order(place, WEDNESDAY)[1] == between.id


def test_a_new_stop_goes_where_it_delays_least_on_a_day_somebody_has_decided_about(place: Place) -> None:
    near, far = stop(place, 51.52, 2, WEDNESDAY), stop(place, 51.58, 1, WEDNESDAY)
    routes.retime(place.manager.id, WEDNESDAY, MONDAY_9AM)
    beyond = stop(place, 51.585, 0, WEDNESDAY)
    routes.plan_route(place.manager.id, WEDNESDAY, MONDAY_9AM)
    found = order(place, WEDNESDAY)
    assert found.index(far.id) < found.index(near.id)
    assert abs(found.index(beyond.id) - found.index(far.id)) == 1


def test_a_new_stop_goes_where_it_delays_least(place: Place) -> None:
    near, far = stop(place, 51.52, 1, WEDNESDAY), stop(place, 51.58, 2, WEDNESDAY)
    new = stop(place, 51.55, on=WEDNESDAY)
    routes.retime(place.manager.id, WEDNESDAY, MONDAY_9AM)
    assert order(place, WEDNESDAY) == [near.id, new.id, far.id]


def test_the_day_runs_from_the_start_of_the_shift_or_from_the_first_stop(place: Place) -> None:
    assert not routes.is_running(place.manager.id, MONDAY, at(7, 29))
    assert routes.is_running(place.manager.id, MONDAY, at(7, 30))
    assert not routes.is_running(place.manager.id, WEDNESDAY, at(7, 30))
    make_visit(place, on=MONDAY, state=VisitState.DRIVING)
    assert routes.is_running(place.manager.id, MONDAY, BEFORE_WORK)


def test_somebody_who_begins_late_has_no_running_day_before(place: Place) -> None:
    db.session.add(Workday(user_id=place.manager.id, weekday=0, starts=time(10), ends=time(16)))
    assert not routes.is_running(place.manager.id, MONDAY, MONDAY_9AM)


def test_a_running_day_keeps_its_order_and_appends_what_is_new(place: Place) -> None:
    far, near = stop(place, 51.58, 1), stop(place, 51.52, 2)
    new = stop(place, 51.55)
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    assert order(place) == [far.id, near.id, new.id]


def test_before_the_shift_the_same_day_is_ordered_freely(place: Place) -> None:
    far, near, middle = stop(place, 51.58, 1), stop(place, 51.52, 2), stop(place, 51.55, 3)
    routes.plan_route(place.manager.id, MONDAY, BEFORE_WORK)
    assert order(place)[1] == middle.id
    assert {order(place)[0], order(place)[2]} == {far.id, near.id}


def test_on_a_running_day_the_most_urgent_goes_between_the_others(place: Place) -> None:
    near, far = stop(place, 51.52, 1), stop(place, 51.58, 2)
    school = make_school(place.district, site=make_site(latitude=51.55, longitude=7.46))
    urgent = make_ticket(school, priority=1, state=State.PLANNED)
    new = make_visit(place, urgent, school=school, site=school.places[0].site, on=MONDAY)
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    assert order(place) == [near.id, new.id, far.id]


def test_on_a_running_day_an_appointment_takes_its_place_by_its_time(place: Place) -> None:
    first, second = stop(place, 51.52, 1, minutes=60), stop(place, 51.53, 2, minutes=180)
    appointment = stop(place, 51.52, is_fixed=True, at=time(10, 45))
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    assert order(place) == [first.id, appointment.id, second.id]
    assert appointment.breach is None


def test_the_manager_may_order_a_running_day_anew(place: Place) -> None:
    far, near, middle = stop(place, 51.58, 1), stop(place, 51.52, 2), stop(place, 51.55, 3)
    routes.reorder(place.driver, place.manager, MONDAY, MONDAY_9AM)
    assert order(place)[1] == middle.id
    with pytest.raises(NotAllowed):
        routes.reorder(make_place().driver, place.manager, MONDAY, MONDAY_9AM)
    assert {far.id, near.id} < set(order(place))


def test_what_a_school_was_told_stays_and_what_is_expected_moves(place: Place) -> None:
    told = stop(place, 51.52, 1, at=time(8))
    soft = stop(place, 51.53, 2, at=time(8), assurance=Assurance.SOFT)
    new = stop(place, 51.54, at=time(8))
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    assert told.starts_at == at(8)
    assert told.expected_at is not None
    assert told.expected_at > MONDAY_9AM
    assert soft.starts_at == soft.expected_at
    assert new.starts_at == new.expected_at
    assert told.expected_at < soft.starts_at < new.starts_at


def test_a_confirmed_visit_keeps_its_moment_and_its_span(place: Place) -> None:
    confirmed = stop(place, 51.52, 1, WEDNESDAY, at=time(13, 20), assurance=Assurance.CONFIRMED)
    routes.plan_route(place.manager.id, WEDNESDAY, MONDAY_9AM)
    assert confirmed.starts_at == at(13, 20, WEDNESDAY)
    assert confirmed.expected_at == at(13, 0, WEDNESDAY)
    assert confirmed.breach is None


def test_the_stop_somebody_drives_to_is_expected_after_its_drive(place: Place) -> None:
    visit = stop(place, 51.52, 1, at=time(9), travel_minutes=12)
    stops.depart(place.driver, visit, MONDAY_9AM)
    assert visit.expected_at == at(9, 12)
    routes.plan_route(place.manager.id, MONDAY, at(9, 40))
    assert visit.expected_at == at(9, 40)


def test_a_stop_turned_away_from_is_where_the_next_drive_begins(place: Place) -> None:
    stop(place, 51.58, 1, state=VisitState.MISSED, arrived_at=MONDAY_9AM)
    following = stop(place, 51.58, 2)
    routes.plan_route(place.manager.id, MONDAY, at(9, 20))
    assert following.travel_minutes <= 4
    assert following.expected_at is not None
    assert following.expected_at <= at(9, 24)


def test_a_stop_brought_forward_is_driven_next(place: Place) -> None:
    first, second, third = stop(place, 51.52, 1), stop(place, 51.53, 2), stop(place, 51.54, 3)
    routes.bring_forward(third, MONDAY_9AM)
    assert order(place) == [third.id, first.id, second.id]
    assert [visit.position for visit in (third, first, second)] == [1, 2, 3]


def test_a_visit_moved_within_a_running_day_is_new_on_it(place: Place) -> None:
    first, second = stop(place, 51.52, 1), stop(place, 51.53, 2)
    visits.shift(place.driver, first, Wish(MONDAY, None, 30), MONDAY_9AM)
    assert order(place) == [second.id, first.id]
    assert first.starts_at == first.expected_at


def test_an_extra_visit_that_does_not_fit_today_leaves_the_times_of_today_alone(place: Place) -> None:
    ahead = stop(place, 51.52, 1, minutes=240)
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    before = (ahead.expected_at, ahead.position)
    school = make_school(place.district, site=make_site(latitude=51.5, longitude=7.4))
    make_ticket(school, priority=2)
    bundles.bundle(school.id, at(13, 30))
    extra = db.session.scalars(sa.select(Visit).where(Visit.kind == VisitKind.EXTRA)).one()
    assert extra.visit_on == MONDAY + timedelta(days=1)
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    assert (ahead.expected_at, ahead.position) == before


def test_the_night_the_clocks_go_back_leaves_the_times_of_the_day_as_they_are(place: Place) -> None:
    day = date(2026, 10, 25)
    visit = stop(place, 51.52, 1, day, at=time(9), is_fixed=True)
    routes.plan_route(place.manager.id, day, clock.at_local(day, time(8)))
    assert visit.expected_at == datetime.fromisoformat("2026-10-25T08:00:00+00:00")


def test_on_a_running_day_nobody_stands_at_a_door_before_the_span_that_was_told(place: Place) -> None:
    visit = stop(place, 51.52, 1, at=time(13, 20))
    routes.plan_route(place.manager.id, MONDAY, MONDAY_9AM)
    assert (visit.starts_at, visit.expected_at) == (at(13, 20), at(13))
    routes.bring_forward(visit, MONDAY_9AM)
    assert visit.starts_at == visit.expected_at
    assert MONDAY_9AM < visit.starts_at < at(9, 30)
