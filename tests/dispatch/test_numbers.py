"""Figures of the weeks, against weeks counted by hand."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch import numbers, savings
from itsm.dispatch.models import Assurance, Result, Visit, VisitTicket
from itsm.dispatch.states import VisitState
from tests.counting import queries_of
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, make_user, sign_in
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

DAY = timedelta(days=1)
SUNDAY = clock.at_local(MONDAY + 6 * DAY, time(18))


@pytest.fixture
def place() -> Place:
    return make_place()


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return clock.at_local(day, time(hour, minute))


def done(
    place: Place, arrived: tuple[int, int] = (9, 0), *results: Result, day: date = MONDAY, **columns: Any
) -> Visit:
    """A visit announced for 9:00, with a result for each of its tickets."""
    arrived_at = at(*arrived, day)
    tickets = columns.pop("tickets", [make_ticket(place.school, created_at=at(8), priority=4) for _ in results])
    jobs = [
        VisitTicket(ticket=ticket, is_waiting=False, result=result)
        for ticket, result in zip(tickets, results, strict=True)
    ]
    moments: dict[str, Any] = {"arrived_at": arrived_at, "left_at": arrived_at + timedelta(minutes=30)}
    return make_visit(place, on=day, state=VisitState.DONE, jobs=jobs, **(moments | columns))


def week() -> numbers.Week:
    return numbers.numbers(MONDAY, 1, SUNDAY).weeks[0]


def test_a_week_counts_what_was_done_and_what_fell_through(place: Place) -> None:
    done(place)
    done(place, day=MONDAY + 6 * DAY)
    done(place, day=MONDAY + 7 * DAY)
    make_visit(place, on=MONDAY, state=VisitState.CANCELLED)
    make_visit(place, on=MONDAY, state=VisitState.MISSED)
    make_visit(place, on=MONDAY)
    assert (week().visits, week().fallen_through) == (2, 2)


def test_solved_at_the_first_visit_counts_each_ticket_where_it_was_first_seen(place: Place) -> None:
    done(place, (9, 0), Result.SOLVED, Result.FOLLOW_UP)
    second = make_ticket(place.school, created_at=at(8))
    done(place, (9, 0), Result.NOT_SOLVED, day=MONDAY - 7 * DAY, tickets=[second])
    done(place, (10, 0), Result.SOLVED, tickets=[second])
    assert (week().first_time.part, week().first_time.whole, week().first_time.percent) == (1, 2, 50)


@pytest.mark.parametrize(
    ("arrived", "is_fixed", "punctual"),
    [
        ((9, 0), False, 1),
        ((10, 30), False, 1),
        ((10, 31), False, 0),
        ((8, 59), False, 0),
        ((9, 15), True, 1),
        ((9, 16), True, 0),
        ((8, 44), True, 0),
    ],
)
def test_punctual_is_who_arrives_in_the_span_that_was_announced(
    place: Place, arrived: tuple[int, int], is_fixed: bool, punctual: int
) -> None:
    done(place, arrived, is_fixed=is_fixed)
    assert (week().punctual.part, week().punctual.whole) == (punctual, 1)


def test_a_visit_nobody_was_told_of_is_neither_punctual_nor_late(place: Place) -> None:
    done(place, assurance=Assurance.SOFT)
    assert week().punctual.percent is None


def test_the_share_of_driving_takes_what_was_tapped_else_what_was_planned(place: Place) -> None:
    done(place, (9, 0), departed_at=at(8, 50))
    done(place, (10, 0), travel_minutes=20)
    assert (week().travel.part, week().travel.whole, week().travel.percent) == (30, 90, 33)


def test_late_is_a_ticket_first_visited_after_its_deadline_in_school_days(place: Place) -> None:
    form = make_school(place.district, site=make_site())
    form.form_key = "20"
    friday = MONDAY - 3 * DAY
    urgent = [make_ticket(form, priority=2, created_at=at(8, 0, friday)) for _ in range(2)]
    # Priority 2 is due on the next school day: Monday is in time, Tuesday is one day late.
    done(place, (9, 0), Result.SOLVED, tickets=urgent[:1])
    done(place, (9, 0), Result.SOLVED, day=MONDAY + DAY, tickets=urgent[1:])
    done(place, (9, 0), Result.SOLVED)
    found = numbers.numbers(MONDAY, 1, SUNDAY)
    assert [(one.name, one.late.part, one.late.whole, one.mean_days) for one in found.by_priority] == [
        ("Priorität 2", 1, 2, 1.0),
        ("Priorität 4", 0, 1, 0.0),
    ]
    assert [(one.name, one.late.percent) for one in found.by_form] == [("Gymnasium", 50), ("Grundschule", 0)]


def test_weeks_add_up_across_the_change_of_the_clocks(place: Place) -> None:
    for day in (date(2026, 10, 19), date(2026, 10, 25), date(2026, 10, 26)):
        done(place, day=day)
    found = numbers.numbers(date(2026, 10, 28), 2, SUNDAY)
    assert [one.visits for one in found.weeks] == [2, 1]
    assert (found.total.visits, found.total.punctual.percent) == (3, 100)


def test_the_number_of_queries_does_not_depend_on_the_visits(place: Place) -> None:
    done(place, (9, 0), Result.SOLVED)
    db.session.expire_all()
    with queries_of() as few:
        numbers.numbers(MONDAY, 4, SUNDAY)
    for _ in range(5):
        done(place, (9, 0), Result.SOLVED, Result.FOLLOW_UP)
    db.session.expire_all()
    with queries_of() as many:
        numbers.numbers(MONDAY, 4, SUNDAY)
    assert len(many) == len(few)


def test_the_plan_is_compared_with_the_same_jobs_in_the_order_they_came(place: Place) -> None:
    monday = MONDAY + 7 * DAY
    for latitude, position in ((51.58, 3), (51.50, 1), (51.57, 4), (51.51, 2)):
        school = make_school(place.district, site=make_site(latitude=latitude, longitude=7.46))
        make_visit(
            place,
            make_ticket(school),
            school=school,
            site=school.places[0].site,
            on=monday,
            at=time(8 + position),
            position=position,
        )
    make_ticket(make_school(place.district))
    found = savings.savings(monday, 5, SUNDAY)
    assert found is not None
    assert (found.planned.jobs, found.by_arrival.jobs) == (4, 4)
    assert found.minutes == found.by_arrival.travel_minutes - found.planned.travel_minutes > 0
    assert found.metres > 5_000
    assert found.cents > 0


def test_a_day_that_ends_after_midnight_is_reckoned_all_the_same(place: Place) -> None:
    for position in (1, 2, 3):
        make_visit(place, make_ticket(place.school), on=MONDAY, at=time(8 + position), position=position)
    found = savings.savings(MONDAY, 5, at(23, 30))
    assert found is not None and found.planned.jobs == 3


def test_nothing_planned_saves_nothing(place: Place) -> None:
    make_ticket(place.school)
    assert savings.savings(MONDAY + 7 * DAY, 5, SUNDAY) is None


def test_the_page_says_it_in_sentences(client: FlaskClient, place: Place) -> None:
    sign_in(client, make_user(Role.DISPATCHER))
    done(place, (9, 0), Result.SOLVED)
    text = client.get("/einsatz/zahlen?wochen=4&bis=2026-11-20").text
    assert "In 4 Wochen waren wir <strong>1 Mal</strong> vor Ort" in text
    assert "<strong>100 %</strong> (1 von 1 Störungen)" in text
    assert client.get("/einsatz/zahlen/ersparnis").status_code == 200


@pytest.mark.parametrize(
    "query", ["", "?wochen=0", "?wochen=99999", "?bis=9999-12-31", "?bis=0001-01-01", "?bis=x", "?wochen=x"]
)
def test_any_span_in_the_address_gives_a_page(client: FlaskClient, query: str) -> None:
    sign_in(client, make_user(Role.AUDITOR))
    assert client.get(f"/einsatz/zahlen{query}").status_code == 200
