"""What a week looks like to the planner: windows, absences, closed days, pins, parts and deadlines."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from itsm.accounts.models import Absence
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import (
    Assurance,
    Outage,
    OutageKind,
    Skill,
    UserSkill,
    Visit,
    VisitKind,
    Workday,
    WorkNeed,
)
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Pin, Worker
from itsm.dispatch.service import week
from itsm.dispatch.states import VisitState
from itsm.org.models import MovableDay, VisitingHours
from tests.counting import queries_of
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit, make_visiting_time
from tests.people import MONDAY, MONDAY_9AM, make_user
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

SUNDAY_NOON = MONDAY_9AM - timedelta(hours=21)
HOUR = 3600


def build(place: Place, at: datetime = SUNDAY_NOON, days: int = 5, **options: Any) -> week.Week:
    return week.build(MONDAY, days, [place.district.id], at, **options)


def job_of(found: week.Week, thing: Any) -> Job:
    key = f"v{thing.id}" if isinstance(thing, Visit) else f"t{thing.id}"
    return next(job for job in found.problem.jobs if job.key == key)


def worker_of(found: week.Week, user: Any) -> Worker:
    return next(worker for worker in found.problem.workers if worker.key == f"u{user.id}")


def clock_of(day: int, hour: int, minute: int = 0) -> int:
    return day * DAY_SECONDS + hour * HOUR + minute * 60


def windows_on(job: Job, day: int) -> list[tuple[int, int]]:
    return [(start, end) for start, end in job.windows if start // DAY_SECONDS == day]


def test_a_ticket_without_a_visit_is_a_job_for_each_day_the_school_is_open() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    found = build(place)
    job = job_of(found, ticket)
    assert (job.seconds, job.priority, job.people, job.promise, job.pin) == (20 * 60, ticket.priority, 1, None, None)
    # 7:30 to 15:30, and the ten minutes of signing in belong into the window.
    assert job.windows == tuple((clock_of(day, 7, 30), clock_of(day, 15, 20)) for day in range(5))
    assert found.pieces[job.key].minutes == 30


def test_more_work_and_a_skill_come_from_what_was_said_about_the_ticket() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    need = WorkNeed(ticket_id=ticket.id, minutes=90, people=2, skills=[Skill(name="Netzwerk")])
    db.session.add(need)
    db.session.commit()
    job = job_of(build(place), ticket)
    assert (job.seconds, job.people, job.skills) == (90 * 60, 2, frozenset({"Netzwerk"}))


def test_a_part_that_comes_on_wednesday_keeps_the_job_until_then_and_one_without_a_day_for_good() -> None:
    place = make_place()
    waiting, unknown = make_ticket(place.school), make_ticket(place.school)
    db.session.add(WorkNeed(ticket_id=waiting.id, people=1, waits_for="Lampe", not_before_on=WEDNESDAY))
    db.session.add(WorkNeed(ticket_id=unknown.id, people=1, waits_for="Panel"))
    db.session.commit()
    found = build(place)
    assert [job_of(found, ticket).not_before for ticket in (waiting, unknown)] == [clock_of(2, 0), clock_of(5, 0)]
    assert job_of(found, waiting).waits_for == "Lampe"


def test_visiting_hours_bells_and_closed_days_are_the_windows() -> None:
    place = make_place()
    place.school.visiting_hours = [VisitingHours(weekday=day, opens=time(9), closes=time(12)) for day in (0, 1, 2)]
    place.school.movable_days = [MovableDay(day=date(2026, 11, 17))]
    db.session.add(
        Outage(
            kind=OutageKind.SCHOOL_CLOSED,
            school_id=place.school.id,
            first_on=WEDNESDAY,
            last_on=WEDNESDAY,
            made_at=MONDAY_9AM,
        )
    )
    db.session.commit()
    ticket = make_ticket(place.school)
    job = job_of(build(place), ticket)
    assert job.windows == ((clock_of(0, 9), clock_of(0, 11, 50)),)


def test_the_due_day_counts_school_days_from_the_report_and_the_price_grows_after_it() -> None:
    place = make_place()
    # Reported on Thursday with three school days to go: due on Tuesday.
    ticket = make_ticket(place.school, at=datetime(2026, 11, 12, 9, tzinfo=MONDAY_9AM.tzinfo), priority=3)
    job = job_of(build(place), ticket)
    assert job.due_day == 1
    assert job.late_cents == (0, 0, 800, 1600, 2400)
    # 6000 × (half an hour on the way + 20 minutes of 120), and four days late on the Monday after.
    assert job.leave_cents == 4000 + 4 * 800


def test_longer_and_older_work_is_dearer_to_leave_out() -> None:
    place = make_place()
    old = make_ticket(place.school, at=MONDAY_9AM - timedelta(days=30), priority=4)
    new, long = make_ticket(place.school, priority=4), make_ticket(place.school, priority=4)
    db.session.add(WorkNeed(ticket_id=long.id, people=1, minutes=120))
    db.session.commit()
    found = build(place)
    cents = [job_of(found, ticket).leave_cents for ticket in (new, old, long)]
    assert cents[0] < cents[1] and cents[0] < cents[2]


def test_a_ticket_booked_far_too_late_may_come_forward_and_costs_its_lateness_until_then() -> None:
    place = make_place()
    late, in_time = make_ticket(place.school, priority=3), make_ticket(place.school, priority=5)
    make_visit(place, late, in_time, on=date(2026, 11, 26))
    found = build(place, days=3)
    # Due on Thursday the 19th, booked for the Thursday after: five school days.
    assert job_of(found, late).leave_cents == 5 * 800
    assert found.booked == {f"t{late.id}": date(2026, 11, 26), f"t{in_time.id}": date(2026, 11, 26)}
    assert job_of(found, in_time).leave_cents == 0


@pytest.mark.parametrize(
    ("columns", "pin"),
    [
        ({}, None),
        ({"is_day_pinned": True}, (False, 2, None)),
        ({"is_user_pinned": True}, (True, None, None)),
        ({"is_fixed": True}, (False, 2, clock_of(2, 9))),
        ({"assurance": Assurance.CONFIRMED}, (True, 2, None)),
    ],
)
def test_pins_of_a_visit_bind_the_planner(columns: dict[str, Any], pin: tuple[bool, int, int | None] | None) -> None:
    place = make_place()
    visit = make_visit(place, **columns)
    job = job_of(build(place), visit)
    key = f"u{place.manager.id}"
    assert job.pin == (None if pin is None else Pin(key if pin[0] else None, pin[1], pin[2]))
    assert job.promise is not None and (job.promise.worker, job.promise.day) == (key, 2)
    assert (job.leave_cents >= 1_000_000) == bool(columns)


@pytest.mark.parametrize(
    ("assurance", "cents"), [(Assurance.SOFT, 500), (Assurance.TOLD, 1500), (Assurance.CONFIRMED, 15000)]
)
def test_a_promise_has_its_price(assurance: Assurance, cents: int) -> None:
    place = make_place()
    visit = make_visit(place, assurance=assurance)
    job = job_of(build(place), visit)
    assert job.promise is not None and job.promise.cents == cents


def test_a_confirmed_visit_begins_in_the_span_the_school_was_told() -> None:
    place = make_place()
    visit = make_visit(place, at=time(9, 10), assurance=Assurance.CONFIRMED)
    # Told "between 9:00 and 10:30"; the work of 20 minutes ends ten minutes before the visit does.
    assert windows_on(job_of(build(place), visit), 2) == [(clock_of(2, 9), clock_of(2, 10, 50))]


def test_a_visit_of_the_timetable_stays_on_its_day_near_its_time() -> None:
    place = make_place()
    fixed = make_visiting_time(place.school)
    visit = make_visit(place, kind=VisitKind.REGULAR, visiting_time=fixed, minutes=60)
    job = job_of(build(place), visit)
    assert job.pin == Pin(None, 2, None)
    assert windows_on(job, 2) == [(clock_of(2, 7, 30), clock_of(2, 11, 20))]
    assert job.leave_cents > 40_000


def test_nobody_has_a_shift_while_away_and_the_deputy_has_one_on_these_days_only() -> None:
    place = make_place()
    deputy = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id, is_deputy=True)
    db.session.add(Absence(user_id=place.manager.id, first_on=date(2026, 11, 17), last_on=WEDNESDAY))
    db.session.commit()
    found = build(place)
    assert [shift.day for shift in worker_of(found, place.manager).shifts] == [0, 3, 4]
    assert [shift.day for shift in worker_of(found, deputy).shifts] == [1, 2]


def test_without_a_car_there_is_no_shift_and_the_visits_are_open_to_others() -> None:
    place = make_place()
    visit = make_visit(place)
    db.session.add(
        Outage(kind=OutageKind.CAR, user_id=place.manager.id, first_on=WEDNESDAY, last_on=WEDNESDAY, made_at=MONDAY_9AM)
    )
    db.session.commit()
    found = build(place)
    assert [shift.day for shift in worker_of(found, place.manager).shifts] == [0, 1, 3, 4]
    job = job_of(found, visit)
    assert (job.pin, job.promise) == (None, None)
    assert job.late_cents == (1500, 1500, 0, 1500, 1500)
    assert found.in_force.routes == ()


def test_the_hours_of_a_manager_are_the_shift_with_its_break_and_its_skills() -> None:
    place = make_place()
    db.session.add_all(
        [
            Workday(user_id=place.manager.id, weekday=0, starts=time(8), ends=time(16)),
            Workday(user_id=place.manager.id, weekday=1, starts=time(8), ends=time(13)),
        ]
    )
    skill = Skill(name="Netzwerk")
    db.session.add(skill)
    db.session.flush()
    db.session.add(UserSkill(user_id=place.manager.id, skill_id=skill.id))
    db.session.commit()
    worker = worker_of(build(place), place.manager)
    long, short = worker.shifts
    assert worker.skills == {"Netzwerk"}
    assert (long.start, long.end, long.latest_end) == (clock_of(0, 8), clock_of(0, 16), clock_of(0, 16, 30))
    assert long.pause is not None and (long.pause.earliest, long.pause.latest) == (clock_of(0, 11), clock_of(0, 14))
    assert short.pause is None


def test_a_running_day_keeps_its_stops_in_order_and_new_work_comes_behind() -> None:
    place = make_place()
    begun = make_visit(place, on=MONDAY, at=time(8), state=VisitState.ON_SITE)
    second = make_visit(place, on=MONDAY, at=time(11))
    first = make_visit(place, on=MONDAY, at=time(10))
    found = build(place, at=MONDAY_9AM)
    shift = worker_of(found, place.manager).shifts[0]
    assert shift.frozen == (f"v{first.id}", f"v{second.id}")
    assert shift.start == clock_of(0, 9) and shift.from_site is not None
    assert f"v{begun.id}" not in found.pieces
    assert found.kept == found.in_force


def test_a_running_day_that_breaks_a_rule_already_is_driven_as_it_stands() -> None:
    place = make_place()
    visits = [make_visit(place, on=MONDAY, at=time(9 + number), minutes=240) for number in range(3)]
    found = build(place, at=MONDAY_9AM)
    assert found.kept.routes[0].jobs == tuple(f"v{visit.id}" for visit in visits)


def test_a_visit_that_cannot_be_kept_is_in_force_and_not_where_the_search_starts() -> None:
    place = make_place()
    first, second = (make_visit(place, at=time(9), is_fixed=True) for _ in range(2))
    found = build(place)
    assert found.in_force.routes[0].jobs == (f"v{first.id}", f"v{second.id}")
    assert found.kept.routes[0].jobs == (f"v{first.id}",)


def test_signing_in_is_paid_once_for_each_arrival() -> None:
    place = make_place()
    other = make_school(place.district, site=make_site(latitude=51.53))
    here, there = make_ticket(place.school), make_ticket(other)
    found = build(place)
    origin, target = job_of(found, here).site, job_of(found, there).site
    assert found.problem.seconds[origin, target] == found.seconds_driven[origin, target] + 600
    assert found.problem.seconds[origin, origin] == 0
    base = worker_of(found, place.manager).base
    assert found.problem.seconds[base, origin] == found.seconds_driven[base, origin]


def test_two_people_on_a_visit_are_one_job_in_both_routes() -> None:
    place = make_place()
    colleague = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id)
    visit = make_visit(place)
    make_visit(place, user=colleague, helps_id=visit.id)
    found = build(place)
    assert job_of(found, visit).people == 2
    assert [route.jobs for route in found.in_force.routes] == [(f"v{visit.id}",)] * 2
    assert found.kept.together == ((f"v{visit.id}", clock_of(2, 9)),)


def test_a_visit_of_another_district_keeps_its_person_and_day() -> None:
    place, other = make_place(), make_place()
    visit = make_visit(other, user=place.manager)
    found = build(place)
    assert found.guests == {f"v{visit.id}"}
    assert job_of(found, visit).pin == Pin(f"u{place.manager.id}", 2, None)


def test_districts_with_a_person_in_common_are_one_for_the_planner() -> None:
    place, other = make_place(), make_place()
    found = week.build(MONDAY, 5, [place.district.id, other.district.id], SUNDAY_NOON)
    assert len({worker.district for worker in found.problem.workers}) == 2
    db.session.add(Absence(user_id=other.manager.id, deputy_id=place.manager.id, first_on=WEDNESDAY, last_on=WEDNESDAY))
    db.session.commit()
    found = week.build(MONDAY, 5, [place.district.id, other.district.id], SUNDAY_NOON)
    assert len({worker.district for worker in found.problem.workers}) == 1
    assert found.problem.rates.foreign_cents is None
    assert week.build(MONDAY, 5, [place.district.id], SUNDAY_NOON, joint=True).problem.rates.foreign_cents == 600


def test_the_clock_of_the_planner_is_the_clock_on_the_wall() -> None:
    # In the night to Sunday the 25th of October an hour comes twice.
    place = make_place()
    found = week.build(date(2026, 10, 23), 5, [place.district.id], MONDAY_9AM - timedelta(days=30))
    moment = found.moment(clock_of(3, 9, 20))
    assert clock.local(moment).strftime("%d.%m. %H:%M") == "26.10. 09:20"
    assert found.seconds(moment) == clock_of(3, 9, 20)


def test_the_number_of_queries_does_not_depend_on_the_jobs() -> None:
    place = make_place()
    district_id = place.district.id

    def count() -> int:
        with queries_of() as statements:
            week.build(MONDAY, 5, [district_id], SUNDAY_NOON)
        return len(statements)

    make_visit(place, make_ticket(place.school))
    make_ticket(place.school)
    few = count()
    for number in range(8):
        school = make_school(place.district, site=make_site(latitude=51.5 + number / 500))
        make_ticket(school)
        make_visit(
            Place(place.district, school, place.manager), make_ticket(school), on=date(2026, 11, 16 + number % 5)
        )
    assert count() == few
