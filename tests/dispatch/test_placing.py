"""Where a visit stands: moved and made without a word to anybody."""

from datetime import date, datetime, time

import pytest
import sqlalchemy as sa

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.outbox import Mail
from itsm.dispatch.models import Assurance, Visit, VisitKind, VisitTask
from itsm.dispatch.service import placing
from itsm.dispatch.service.placing import Spot
from itsm.dispatch.states import VisitState
from itsm.tickets.states import State
from tests.dispatch.factories import make_place, make_visit, make_visiting_time
from tests.people import MONDAY_9AM, make_user
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

THURSDAY = date(2026, 11, 19)


def at_ten(day: date = THURSDAY) -> datetime:
    return clock.at_local(day, time(10))


def test_a_visit_gets_another_person_day_and_time_and_nobody_is_told() -> None:
    place = make_place()
    colleague = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id)
    visit = make_visit(place, position=3, expected_at=MONDAY_9AM, told_late_minutes=20)
    moved = placing.place(visit, Spot(colleague.id, at_ten()), MONDAY_9AM)
    assert moved is visit
    assert (visit.user_id, visit.visit_on, visit.starts_at) == (colleague.id, THURSDAY, at_ten())
    assert (visit.position, visit.expected_at, visit.told_late_minutes) == (0, None, 0)
    assert db.session.scalars(sa.select(Mail)).all() == []


def test_another_time_of_the_same_day_keeps_the_place_in_the_order() -> None:
    place = make_place()
    visit = make_visit(place, on=THURSDAY, position=3)
    placing.place(visit, Spot(place.manager.id, at_ten(), is_fixed=True), MONDAY_9AM)
    assert (visit.position, visit.is_fixed) == (3, True)


def test_a_visit_of_the_timetable_leaves_a_cancelled_one_on_its_day() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    visit = make_visit(
        place,
        ticket,
        kind=VisitKind.REGULAR,
        visiting_time=make_visiting_time(place.school),
        tasks=[VisitTask(text="Lampe")],
    )
    moved = placing.place(visit, Spot(place.manager.id, at_ten()), MONDAY_9AM)
    assert (visit.state, visit.reason) == (VisitState.CANCELLED, "Verschoben auf 19.11.2026.")
    assert (moved.id != visit.id, moved.visit_on, moved.starts_at) == (True, THURSDAY, at_ten())
    assert [job.ticket_id for job in moved.jobs] == [ticket.id]
    assert [task.text for task in moved.tasks] == ["Lampe"]


def test_it_keeps_its_row_when_only_the_time_changes() -> None:
    place = make_place()
    visit = make_visit(place, kind=VisitKind.REGULAR, visiting_time=make_visiting_time(place.school))
    assert placing.place(visit, Spot(place.manager.id, at_ten(visit.visit_on)), MONDAY_9AM) is visit


@pytest.mark.parametrize(
    "state", [VisitState.DRIVING, VisitState.ON_SITE, VisitState.DONE, VisitState.CANCELLED, VisitState.MISSED]
)
def test_what_has_begun_or_is_over_is_not_moved(state: VisitState) -> None:
    place = make_place()
    visit = make_visit(place, state=state)
    with pytest.raises(DomainError, match="nicht mehr verschieben"):
        placing.place(visit, Spot(place.manager.id, at_ten()), MONDAY_9AM)


def test_who_lends_a_hand_comes_along() -> None:
    place = make_place()
    helper, other = (make_user(Role.CAMPUS_MANAGER, district_id=place.district.id) for _ in range(2))
    visit = make_visit(place)
    hand = make_visit(place, user=helper, helps_id=visit.id)
    placing.place(visit, Spot(place.manager.id, at_ten()), MONDAY_9AM)
    assert (hand.user_id, hand.starts_at) == (helper.id, at_ten())
    placing.place(visit, Spot(place.manager.id, at_ten(), helper_id=other.id), MONDAY_9AM)
    assert [one.user_id for one in placing.helpers_of(visit)] == [other.id]


def test_a_new_visit_holds_its_tickets_and_they_say_so() -> None:
    place = make_place()
    tickets = [make_ticket(place.school), make_ticket(place.school, state=State.ACCEPTED)]
    visit = placing.open_visit(tickets, place.site, Spot(place.manager.id, at_ten()), 50, MONDAY_9AM)
    assert (visit.kind, visit.assurance, visit.minutes) == (VisitKind.PLANNED, Assurance.SOFT, 50)
    assert {job.ticket_id for job in visit.waiting} == {ticket.id for ticket in tickets}
    assert [ticket.state for ticket in tickets] == [State.PLANNED] * 2
    assert "Wir kommen am Donnerstag." in tickets[0].entries[-1].text


def test_a_ticket_leaves_the_later_visit_it_was_booked_for() -> None:
    place = make_place()
    ticket = make_ticket(place.school, state=State.PLANNED)
    later = make_visit(place, ticket, on=date(2026, 12, 1))
    placing.open_visit([ticket], place.site, Spot(place.manager.id, at_ten()), 30, MONDAY_9AM)
    db.session.refresh(later)
    assert later.jobs == []
    assert "Neuer Termin" in ticket.entries[-1].text


def test_two_people_make_two_visits_of_which_one_helps() -> None:
    place = make_place()
    helper = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id)
    spot = Spot(place.manager.id, at_ten())
    visit = placing.open_visit([make_ticket(place.school)], place.site, spot, 30, MONDAY_9AM, helper.id)
    hand = db.session.scalars(sa.select(Visit).where(Visit.helps_id == visit.id)).one()
    assert (hand.user_id, hand.starts_at, hand.jobs) == (helper.id, at_ten(), [])
