"""Somebody falls ill, a car breaks down, a school closes: what stays, what is planned, who is told when."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.accounts.models import Absence
from itsm.accounts.queries import manager_on
from itsm.accounts.service import absences
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.outbox import Mail
from itsm.dispatch import outage_queries
from itsm.dispatch.models import Cause, Outage, OutageKind, StepKind, Visit, WeekPlan
from itsm.dispatch.planner.week.solve import Budget
from itsm.dispatch.service import bundles, offers, outages, plans, visits, week
from itsm.dispatch.service.outages import Report
from itsm.dispatch.states import OfferState, PlanState, VisitState
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit, make_visiting_time
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_district
from tests.tickets.factories import make_ticket

DAY = timedelta(days=1)
FRIDAY = WEDNESDAY + 2 * DAY
SMALL = Budget(iterations=300)


@pytest.fixture
def place(session: scoped_session) -> Place:
    return make_place()


@pytest.fixture
def lead(session: scoped_session) -> Actor:
    return actor_for(make_user(Role.DISPATCHER))


def ill(place: Place, first_on: date = WEDNESDAY, last_on: date | None = None) -> Report:
    return Report(OutageKind.ILL, first_on, last_on or first_on, user=place.manager)


def car(place: Place, first_on: date = WEDNESDAY) -> Report:
    return Report(OutageKind.CAR, first_on, first_on, user=place.manager)


def closed(place: Place, first_on: date = WEDNESDAY, last_on: date | None = None) -> Report:
    return Report(OutageKind.SCHOOL_CLOSED, first_on, last_on or first_on, school=place.school, note="Wasserschaden")


def mails() -> list[str]:
    return list(db.session.scalars(sa.select(Mail.template).order_by(Mail.id)))


def test_the_visits_of_an_ill_manager_stay_and_no_school_is_told(place: Place, lead: Actor) -> None:
    make_place()
    visit = make_visit(place, make_ticket(place.school, state=State.PLANNED))
    outage = outages.report(lead, ill(place), MONDAY_9AM)
    assert (visit.state, visit.user_id, visit.visit_on) == (VisitState.PLANNED, place.manager.id, WEDNESDAY)
    assert mails() == []
    assert db.session.scalars(sa.select(Absence.user_id)).all() == [place.manager.id]
    assert list(outage_queries.affected_by(outage)) == [visit]
    assert outage_queries.stands_without_driver(visit)
    assert manager_on(place.district.id, WEDNESDAY)[0] is None


def test_no_school_says_yes_to_a_time_at_which_nobody_may_come(place: Place, lead: Actor) -> None:
    make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id)
    visit = make_visit(place)
    asked = offers.offer(lead, visit, MONDAY_9AM)
    outages.report(lead, ill(place), MONDAY_9AM)
    assert asked.state is OfferState.WITHDRAWN
    with pytest.raises(DomainError, match="noch niemand eingeteilt"):
        offers.offer(lead, visit, MONDAY_9AM)


def test_an_absence_that_is_no_outage_still_hands_over_at_once(place: Place, lead: Actor) -> None:
    visit = make_visit(place)
    absences.set_absence(lead, place.manager, WEDNESDAY, WEDNESDAY, None, "", MONDAY_9AM)
    assert visit.state is VisitState.CANCELLED


def test_a_joint_plan_is_asked_for_with_the_four_nearest_districts(place: Place, lead: Actor) -> None:
    others = [make_district(f"{distance}") for distance in range(6)]
    for distance, other in enumerate(others, 1):
        other.base_latitude = 51.5136 + distance / 100
    db.session.commit()
    outage = outages.report(lead, ill(place, WEDNESDAY, FRIDAY), MONDAY_9AM)
    plan = outage.plan
    assert plan is not None
    assert (plan.cause, plan.is_joint, plan.state, plan.first_on) == (Cause.OUTAGE, True, PlanState.QUEUED, WEDNESDAY)
    assert plan.days == 5
    assert set(plan.district_ids) == {place.district.id, *(other.id for other in others[:4])}
    assert plan.note == "Mia Manager krank, Mi 18.11.2026 bis Fr 20.11.2026"


def test_an_outage_of_today_is_planned_from_this_hour_on(place: Place, lead: Actor) -> None:
    outage = outages.report(lead, ill(place, MONDAY), MONDAY_9AM)
    assert outage.plan is not None
    assert outage.plan.first_on == MONDAY


def test_without_a_car_nobody_drives_but_nobody_is_absent(place: Place, lead: Actor) -> None:
    visit = make_visit(place)
    outages.report(lead, car(place), MONDAY_9AM)
    assert db.session.scalars(sa.select(Absence)).all() == []
    assert manager_on(place.district.id, WEDNESDAY)[0] == place.manager
    assert outage_queries.driver_on(place.district.id, WEDNESDAY) is None
    assert outage_queries.driver_on(place.district.id, WEDNESDAY + DAY) == place.manager
    assert outage_queries.stands_without_driver(visit)


def test_nobody_gets_a_new_visit_on_a_day_without_a_car(place: Place, lead: Actor) -> None:
    outages.report(lead, car(place, MONDAY + DAY), MONDAY_9AM)
    outages.report(lead, car(place, MONDAY), MONDAY_9AM)
    make_ticket(place.school, impact=1, urgency=1)
    bundles.bundle(place.school.id, MONDAY_9AM)
    assert db.session.scalars(sa.select(Visit.visit_on)).all() == [WEDNESDAY]
    make_visiting_time(place.school, weekday=1)
    visits.make_visits(MONDAY_9AM, place.school.id)
    assert MONDAY + DAY not in db.session.scalars(sa.select(Visit.visit_on)).all()


def test_a_closed_school_has_holidays_on_its_open_days_only(place: Place, lead: Actor) -> None:
    visit = make_visit(place, on=FRIDAY)
    outage = outages.report(lead, closed(place, FRIDAY, FRIDAY + 3 * DAY), MONDAY_9AM)
    assert [row.day for row in place.school.movable_days] == [FRIDAY, FRIDAY + 3 * DAY]
    assert list(outage_queries.affected_by(outage)) == [visit]
    assert visit.state is VisitState.PLANNED
    assert not outage_queries.stands_without_driver(visit)
    outages.end(lead, outage, MONDAY_9AM)
    assert place.school.movable_days == []


def test_the_plan_gives_the_visit_to_a_neighbour_and_the_school_is_told_once_after_acceptance(
    place: Place, lead: Actor
) -> None:
    helper_id, manager_id, school_id = make_place().manager.id, place.manager.id, place.school.id
    ticket = make_ticket(place.school, state=State.PLANNED, impact=1, urgency=1)
    visit_id = make_visit(place, ticket, on=MONDAY + DAY).id
    make_user(Role.MEDIA_COORDINATOR, school_id=school_id)
    outage = outages.report(lead, ill(place, MONDAY + DAY, FRIDAY), MONDAY_9AM)
    assert outage.plan_id is not None
    outage_id, plan_id = outage.id, outage.plan_id
    db.session.commit()
    plans.run(plan_id, lambda: MONDAY_9AM, SMALL)
    plan, visit = db.session.get_one(WeekPlan, plan_id), db.session.get_one(Visit, visit_id)
    assert plan.state is PlanState.READY
    assert (visit.user_id, mails()) == (manager_id, [])
    step = next(step for step in plan.steps if step.visit_id == visit_id)
    assert (step.kind, step.new_user_id) == (StepKind.MOVED, helper_id)
    plans.accept(lead, plan, None, MONDAY_9AM)
    assert (visit.user_id, visit.visit_on) == (helper_id, MONDAY + DAY)
    assert set(mails()) == {"visit-changed"}
    addresses = db.session.scalars(sa.select(Mail.to_address)).all()
    assert len(addresses) == len(set(addresses)) == 2
    assert outage_queries.affected_by(db.session.get_one(Outage, outage_id)) == []


def test_the_week_has_no_shift_for_who_is_out_and_keeps_the_visit_as_open_work(place: Place, lead: Actor) -> None:
    visit = make_visit(place, make_ticket(place.school, state=State.PLANNED))
    outages.report(lead, car(place), MONDAY_9AM)
    found = week.build(MONDAY, 5, [place.district.id], MONDAY_9AM)
    [worker] = found.problem.workers
    assert [shift.day for shift in worker.shifts] == [0, 1, 3, 4]
    assert f"v{visit.id}" in found.pieces
    assert [job for job, _ in found.in_force.placed()] == []


def test_a_manager_reports_the_own_illness_and_the_lead_hears_of_it(place: Place, lead: Actor) -> None:
    make_visit(place)
    outage = outages.report(place.driver, ill(place), MONDAY_9AM)
    assert outage.plan is not None
    assert outage.plan.asked_by_id is None
    [mail] = db.session.scalars(sa.select(Mail)).all()
    assert (mail.template, mail.to_address, mail.items[0]["visits"]) == ("outage", lead.email, 1)


def test_nobody_reports_somebody_else_but_the_lead(place: Place) -> None:
    other = make_place()
    for person in (
        other.driver,
        actor_for(make_user(Role.AUDITOR)),
        actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id)),
    ):
        for said in (ill(place), car(place), closed(place)):
            with pytest.raises(NotAllowed):
                outages.report(person, said, MONDAY_9AM)
    outages.report(place.driver, closed(place), MONDAY_9AM)
    with pytest.raises(NotAllowed):
        outages.report(
            actor_for(second := make_user(Role.SECOND_LEVEL)),
            Report(OutageKind.ILL, WEDNESDAY, WEDNESDAY, user=second),
            MONDAY_9AM,
        )


@pytest.mark.parametrize(
    ("first_on", "last_on", "sentence"),
    [
        (WEDNESDAY, MONDAY, "vor dem ersten"),
        (MONDAY - DAY, WEDNESDAY, "heute oder später"),
        (WEDNESDAY, MONDAY + 14 * DAY, "zwei Wochen"),
        (date.max, date.max, "zwei Wochen"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    place: Place, lead: Actor, first_on: date, last_on: date, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        outages.report(lead, ill(place, first_on, last_on), MONDAY_9AM)


def test_the_same_outage_is_noted_once(place: Place, lead: Actor) -> None:
    for said in (car(place), closed(place)):
        outages.report(lead, said, MONDAY_9AM)
        with pytest.raises(DomainError, match="schon gemeldet"):
            outages.report(lead, said, MONDAY_9AM)


def test_nobody_without_a_district_falls_out(lead: Actor) -> None:
    with pytest.raises(DomainError, match="nicht zum Campusmanagement"):
        outages.report(lead, Report(OutageKind.CAR, MONDAY, MONDAY, user=make_user(Role.SECOND_LEVEL)), MONDAY_9AM)
    with pytest.raises(DomainError, match="wählen Sie die Person"):
        outages.report(lead, Report(OutageKind.CAR, MONDAY, MONDAY), MONDAY_9AM)
    with pytest.raises(DomainError, match="wählen Sie die Schule"):
        outages.report(lead, Report(OutageKind.SCHOOL_CLOSED, MONDAY, MONDAY), MONDAY_9AM)


def test_while_the_district_is_being_planned_the_outage_is_noted_and_planned_later(place: Place, lead: Actor) -> None:
    running = plans.ask(lead, [place.district.id], MONDAY, MONDAY_9AM)
    outage = outages.report(lead, ill(place), MONDAY_9AM)
    assert outage.plan is None
    plans.cancel(lead, running, MONDAY_9AM)
    assert outages.replan(lead, outage, MONDAY_9AM) is not None


def test_a_neighbour_that_is_being_planned_is_left_out(place: Place, lead: Actor) -> None:
    busy = make_place()
    plans.ask(lead, [busy.district.id], MONDAY, MONDAY_9AM)
    outage = outages.report(lead, ill(place), MONDAY_9AM)
    assert outage.plan is not None
    assert busy.district.id not in outage.plan.district_ids


@pytest.mark.parametrize("by_absence", [True, False])
def test_who_is_back_drives_the_visits_nobody_has_taken(place: Place, lead: Actor, by_absence: bool) -> None:
    visit = make_visit(place)
    outage = outages.report(lead, ill(place, MONDAY, FRIDAY), MONDAY_9AM)
    plan = outage.plan
    tomorrow = MONDAY_9AM + DAY
    if by_absence:
        absences.remove_absence(lead, db.session.scalars(sa.select(Absence)).one(), tomorrow)
    else:
        outages.end(lead, outage, tomorrow)
    assert outage.last_on == MONDAY
    assert not outage_queries.stands_without_driver(visit)
    assert outage_queries.driver_on(place.district.id, WEDNESDAY) == place.manager
    assert plan is not None
    assert plan.state is PlanState.CANCELLED


def test_an_outage_that_has_not_begun_disappears(place: Place, lead: Actor) -> None:
    for said in (ill(place), car(place, FRIDAY)):
        outages.end(lead, outages.report(lead, said, MONDAY_9AM), MONDAY_9AM)
    assert db.session.scalars(sa.select(Outage)).all() == []
    assert db.session.scalars(sa.select(Absence)).all() == []


def test_a_visit_of_today_nobody_takes_is_called_off_when_its_time_has_come(place: Place, lead: Actor) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=MONDAY, at=time(11))
    later = make_visit(place, on=MONDAY, at=time(13))
    beside = make_visit(make_place(), on=MONDAY, at=time(10))
    outages.report(lead, ill(place, MONDAY), MONDAY_9AM)
    starts_at = visit.starts_at
    assert outages.call_off_unserved(starts_at - timedelta(seconds=1)) == 0
    assert [outages.call_off_unserved(starts_at) for _ in range(2)] == [1, 0]
    assert (visit.state, later.state, beside.state) == (
        VisitState.CANCELLED,
        VisitState.PLANNED,
        VisitState.PLANNED,
    )
    assert ticket.state is State.ACCEPTED
    assert "melden uns" in visit.reason


def test_a_visit_to_a_closed_school_is_called_off_the_same_way(place: Place, lead: Actor) -> None:
    visit = make_visit(place, on=MONDAY, at=time(11))
    outages.report(lead, closed(place, MONDAY), MONDAY_9AM)
    outages.call_off_unserved(visit.starts_at)
    assert visit.reason == "Die Schule ist heute geschlossen."


def test_who_is_out_is_told_by_days_in_one_query(place: Place, lead: Actor) -> None:
    other = make_place()
    outages.report(lead, ill(place, WEDNESDAY, FRIDAY), MONDAY_9AM)
    ids = [place.manager.id, other.manager.id]
    found = outage_queries.out_between(ids, FRIDAY, FRIDAY + 10 * DAY)
    assert found == {(place.manager.id, FRIDAY)}
    assert outage_queries.out_between([], MONDAY, FRIDAY) == frozenset()
    edges = [WEDNESDAY - DAY, WEDNESDAY, FRIDAY, FRIDAY + DAY]
    assert [outage_queries.out_on(place.manager.id, day) for day in edges] == [False, True, True, False]


def test_the_rule_for_one_visit_and_the_filter_for_lists_say_the_same(place: Place, lead: Actor) -> None:
    outages.report(lead, car(place), MONDAY_9AM)
    made = [
        make_visit(place),
        make_visit(place, on=FRIDAY),
        make_visit(place, state=VisitState.CANCELLED),
        make_visit(make_place()),
    ]
    among = set(db.session.scalars(sa.select(Visit.id).where(outage_queries.without_driver())))
    assert among == {visit.id for visit in made if outage_queries.stands_without_driver(visit)} == {made[0].id}


def test_a_manager_sees_the_own_outages_and_those_of_the_own_schools(place: Place, lead: Actor) -> None:
    other = make_place()
    mine = [outages.report(lead, said, MONDAY_9AM) for said in (car(place), closed(place))]
    outages.report(lead, car(other), MONDAY_9AM)
    assert set(outage_queries.outages_for(place.driver, MONDAY)) == set(mine)
    assert len(outage_queries.outages_for(lead, MONDAY)) == 3
    with pytest.raises(NotFound):
        outage_queries.get_for(other.driver, mine[0].id)
    with pytest.raises(NotAllowed):
        outage_queries.get_for(actor_for(make_user(Role.AUDITOR)), mine[0].id)
