"""Week plans from the question to the visits: asked, worked out, accepted."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from itsm.accounts.models import Absence
from itsm.core import clock
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.dispatch.jobs import JOBS
from itsm.dispatch.models import Assurance, Cause, Skill, StepKind, Visit, VisitKind, WeekPlan, WorkNeed
from itsm.dispatch.planner.week.solve import Budget
from itsm.dispatch.service import plans
from itsm.dispatch.states import PlanState, VisitState
from itsm.org.models import School
from itsm.tickets.models import Ticket
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit
from tests.dispatch.proposals import add_step, make_plan
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school
from tests.tickets.factories import make_ticket

SUNDAY_NOON = MONDAY_9AM - timedelta(hours=21)
QUICK = Budget(iterations=300)

pytestmark = pytest.mark.usefixtures("session")


def run(plan_id: int, at: datetime = SUNDAY_NOON) -> WeekPlan:
    """Work a plan out as the worker does."""
    plans.run(plan_id, lambda: at, QUICK)
    return db.session.get_one(WeekPlan, plan_id)


def planned(place: Place, at: datetime = SUNDAY_NOON, **options: Any) -> WeekPlan:
    """Ask for the week of a district and work it out."""
    plan_id = plans.ask(SYSTEM, [place.district.id], MONDAY, at, **options).id
    db.session.commit()
    return run(plan_id, at)


def kinds(plan: WeekPlan) -> list[StepKind]:
    return [step.kind for step in plan.steps]


def visits() -> Sequence[Visit]:
    return db.session.scalars(sa.select(Visit).order_by(Visit.starts_at, Visit.id)).all()


def mails() -> Sequence[Mail]:
    return db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed")).all()


def wednesday(hour: int) -> datetime:
    return clock.at_local(WEDNESDAY, time(hour))


def test_a_ticket_nobody_is_booked_for_gets_a_visit_when_the_plan_is_accepted() -> None:
    place = make_place()
    ticket_id = make_ticket(place.school).id
    plan = planned(place)
    assert (plan.state, plan.percent, plan.error) == (PlanState.READY, 100, "")
    assert kinds(plan) == [StepKind.NEW]
    assert plan.before["left_out"] != {} and plan.after["left_out"] == {}
    assert (list(visits()), list(mails())) == ([], [])

    done = plans.accept(SYSTEM, plan, None, SUNDAY_NOON)
    (visit,) = visits()
    assert (done.applied, done.skipped, plan.state) == (1, [], PlanState.ACCEPTED)
    assert (visit.kind, visit.assurance, visit.minutes) == (VisitKind.PLANNED, Assurance.TOLD, 30)
    assert [job.ticket_id for job in visit.jobs] == [ticket_id]
    assert db.session.get_one(Ticket, ticket_id).state is State.PLANNED
    assert len(mails()) == 1


def test_tickets_of_one_school_become_one_visit_and_one_mail() -> None:
    place = make_place()
    for _ in range(3):
        make_ticket(place.school)
    plan = planned(place)
    assert [len(step.ticket_ids) for step in plan.steps] == [3]
    plans.accept(SYSTEM, plan, None, SUNDAY_NOON)
    (visit,) = visits()
    assert (len(visit.jobs), visit.minutes, len(mails())) == (3, 10 + 3 * 20, 1)


def test_a_ticket_goes_on_the_visit_that_is_there_already() -> None:
    place = make_place()
    make_visit(place, make_ticket(place.school, state=State.PLANNED), minutes=30)
    new = make_ticket(place.school, priority=4).id
    plan = planned(place)
    plans.accept(SYSTEM, plan, None, SUNDAY_NOON)
    (visit,) = visits()
    assert new in {job.ticket_id for job in visit.jobs}
    assert visit.minutes == 50


def test_a_week_that_cannot_be_better_has_no_steps() -> None:
    place = make_place()
    make_visit(place, make_ticket(place.school, state=State.PLANNED), on=MONDAY, at=time(8))
    plan = planned(place)
    assert (plan.state, plan.steps, plan.before == plan.after) == (PlanState.READY, [], True)


def test_what_is_left_out_says_why() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    db.session.add(WorkNeed(ticket_id=ticket.id, people=1, skills=[Skill(name="Netzwerk")]))
    db.session.commit()
    plan = planned(place)
    assert kinds(plan) == [StepKind.LEFT_OUT]
    assert plan.steps[0].reason["reason"] == "no-skill"
    assert plan.steps[0].reason["skills"] == ["Netzwerk"]


def test_a_late_ticket_is_brought_forward_from_its_later_visit() -> None:
    place = make_place()
    ticket_id = make_ticket(place.school, state=State.PLANNED, priority=2).id
    later_id = make_visit(place, db.session.get_one(Ticket, ticket_id), on=date(2026, 12, 9)).id
    plan = planned(place)
    assert kinds(plan) == [StepKind.NEW] and plan.steps[0].reason == {"booked_on": "2026-12-09"}
    plans.accept(SYSTEM, plan, None, SUNDAY_NOON)
    moved = [visit for visit in visits() if visit.id != later_id]
    assert [[job.ticket_id for job in visit.jobs] for visit in moved] == [[ticket_id]]
    assert db.session.get_one(Visit, later_id).jobs == []


def test_somebody_ill_is_replaced_and_the_school_is_told_once() -> None:
    place = make_place()
    colleague_id = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id).id
    make_visit(place, make_ticket(place.school, state=State.PLANNED, priority=5))
    db.session.add(Absence(user_id=place.manager.id, deputy_id=colleague_id, first_on=WEDNESDAY, last_on=WEDNESDAY))
    db.session.commit()
    plan = planned(place)
    (step,) = (step for step in plan.steps if step.kind is StepKind.MOVED)
    assert step.new_user_id == colleague_id
    plans.accept(SYSTEM, plan, None, SUNDAY_NOON)
    (visit,) = visits()
    assert (visit.user_id, len(mails())) == (colleague_id, 1)


def test_a_confirmed_visit_stays_where_it_is() -> None:
    place = make_place()
    visit_id = make_visit(
        place, make_ticket(place.school, state=State.PLANNED, priority=1), assurance=Assurance.CONFIRMED
    ).id
    make_ticket(make_school(place.district), priority=1)
    plan = planned(place)
    plans.accept(SYSTEM, plan, None, SUNDAY_NOON)
    visit = db.session.get_one(Visit, visit_id)
    assert (visit.visit_on, visit.assurance) == (WEDNESDAY, Assurance.CONFIRMED)


def test_an_urgent_ticket_goes_between_the_stops_of_a_running_day_which_keep_their_order() -> None:
    place = make_place()
    first, second = (
        make_visit(Place(place.district, make_school(place.district), place.manager), on=MONDAY, at=time(hour))
        for hour in (11, 13)
    )
    order = [first.id, second.id]
    urgent = make_ticket(place.school, priority=1).id
    plan = planned(place, at=MONDAY_9AM)
    (step,) = (step for step in plan.steps if step.kind is StepKind.NEW)
    assert (step.ticket_ids, clock.local_day(step.new_starts_at)) == ([urgent], MONDAY)
    plans.accept(SYSTEM, plan, None, MONDAY_9AM)
    stops = sorted(visits(), key=lambda visit: visit.position)
    assert [visit.id for visit in stops if visit.id in order] == order
    assert {visit.visit_on for visit in stops} == {MONDAY}


def test_only_the_chosen_steps_come_into_force() -> None:
    place = make_place()
    other = make_school(place.district)
    here, there = make_ticket(place.school), make_ticket(other)
    plan = make_plan(place.district)
    chosen = add_step(plan, place.school, StepKind.NEW, here, to=(place.manager.id, wednesday(9)))
    left = add_step(plan, other, StepKind.NEW, there, to=(place.manager.id, wednesday(11)))
    done = plans.accept(SYSTEM, plan, [chosen.id], MONDAY_9AM)
    assert (done.applied, chosen.accepted, left.accepted) == (1, True, False)
    assert [visit.school_id for visit in visits()] == [place.school.id]
    assert there.state is State.NEW


def test_nothing_chosen_is_no_answer() -> None:
    place = make_place()
    plan = make_plan(place.district)
    with pytest.raises(DomainError, match="mindestens eine"):
        plans.accept(SYSTEM, plan, [], MONDAY_9AM)
    assert plan.state is PlanState.READY


def test_a_visit_is_moved_and_its_day_gets_the_order_of_the_proposal() -> None:
    place = make_place()
    other = Place(place.district, make_school(place.district), place.manager)
    stays = make_visit(other, at=time(8), position=1)
    moved = make_visit(place, on=date(2026, 11, 19), at=time(9), position=1)
    plan = make_plan(place.district)
    add_step(plan, place.school, StepKind.MOVED, visit=moved, to=(place.manager.id, wednesday(8)))
    add_step(plan, other.school, StepKind.KEPT, visit=stays, to=(place.manager.id, wednesday(10)))
    plans.accept(SYSTEM, plan, None, MONDAY_9AM)
    assert [(visit.id, visit.position) for visit in visits()] == [(moved.id, 1), (stays.id, 2)]
    assert {visit.visit_on for visit in visits()} == {WEDNESDAY}
    assert [mail.subject.split(":")[0] for mail in mails()] == ["Neuer Termin für unseren Besuch"]


def test_a_visit_that_falls_away_frees_its_tickets() -> None:
    place = make_place()
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket)
    plan = make_plan(place.district)
    add_step(plan, place.school, StepKind.CANCELLED, ticket, visit=visit)
    plans.accept(SYSTEM, plan, None, MONDAY_9AM)
    assert (visit.state, ticket.state, len(mails())) == (VisitState.CANCELLED, State.ACCEPTED, 1)


def test_a_step_the_present_has_overtaken_is_skipped_with_a_reason() -> None:
    place = make_place()
    begun, pinned = make_visit(place, state=VisitState.ON_SITE), make_visit(place, at=time(11))
    solved = make_ticket(place.school)
    plan = make_plan(place.district)
    to = place.manager.id, wednesday(13)
    steps = [
        add_step(plan, place.school, StepKind.MOVED, visit=begun, to=to),
        add_step(plan, place.school, StepKind.MOVED, visit=pinned, to=to),
        add_step(plan, place.school, StepKind.NEW, solved, to=to),
        add_step(plan, place.school, StepKind.NEW, make_ticket(place.school), to=(to[0], MONDAY_9AM)),
    ]
    pinned.is_day_pinned = True
    solved.state, solved.solved_at = State.SOLVED, MONDAY_9AM
    db.session.commit()
    done = plans.accept(SYSTEM, plan, None, MONDAY_9AM)
    assert (done.applied, len(done.skipped)) == (0, 4)
    assert [step.accepted for step in steps] == [False] * 4
    words = [step.reason["skipped"] for step in steps]
    assert ["begonnen" in words[0], "geändert" in words[1], "wartet nicht" in words[2], "vorbei" in words[3]] == [
        True
    ] * 4


def test_a_route_that_was_timed_anew_does_not_make_a_step_stale() -> None:
    place = make_place()
    visit = make_visit(place)
    plan = make_plan(place.district)
    add_step(plan, place.school, StepKind.MOVED, visit=visit, to=(place.manager.id, wednesday(13)))
    visit.starts_at = wednesday(10)
    db.session.commit()
    assert plans.accept(SYSTEM, plan, None, MONDAY_9AM).applied == 1


def test_nobody_is_sent_who_has_fallen_ill_since() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    plan = make_plan(place.district)
    add_step(plan, place.school, StepKind.NEW, ticket, to=(place.manager.id, wednesday(9)))
    db.session.add(Absence(user_id=place.manager.id, first_on=WEDNESDAY, last_on=WEDNESDAY))
    db.session.commit()
    done = plans.accept(SYSTEM, plan, None, MONDAY_9AM)
    assert (done.applied, "nicht mehr im Dienst" in done.skipped[0]) == (0, True)


@pytest.mark.parametrize("state", sorted(set(PlanState) - {PlanState.READY}))
def test_only_a_proposal_that_is_ready_can_be_decided_on(state: PlanState) -> None:
    place = make_place()
    plan = make_plan(place.district, state=state)
    for verb in (lambda: plans.accept(SYSTEM, plan, None, MONDAY_9AM), lambda: plans.reject(SYSTEM, plan, MONDAY_9AM)):
        with pytest.raises(Conflict, match="Der Stand ist inzwischen"):
            verb()


def test_a_rejected_proposal_changes_nothing() -> None:
    place = make_place()
    plan = make_plan(place.district)
    add_step(plan, place.school, StepKind.NEW, make_ticket(place.school), to=(place.manager.id, wednesday(9)))
    plans.reject(place.driver, plan, MONDAY_9AM)
    assert (plan.state, plan.decided_by_id, list(visits())) == (PlanState.REJECTED, place.manager.id, [])


def test_a_newer_proposal_sets_an_older_one_of_the_district_aside() -> None:
    place, other = make_place(), make_place()
    old, elsewhere = make_plan(place.district, other.district).id, make_plan(make_place().district).id
    make_ticket(place.school)
    planned(place)
    assert db.session.get_one(WeekPlan, old).state is PlanState.OUTDATED
    assert db.session.get_one(WeekPlan, elsewhere).state is PlanState.READY


def test_one_district_is_planned_once_at_a_time() -> None:
    place, other = make_place(), make_place()
    first = plans.ask(SYSTEM, [place.district.id], MONDAY, SUNDAY_NOON)
    with pytest.raises(Conflict, match=f"Nr. {first.id}"):
        plans.ask(SYSTEM, [other.district.id, place.district.id], MONDAY, SUNDAY_NOON)
    plans.cancel(SYSTEM, first, SUNDAY_NOON)
    plans.ask(SYSTEM, [other.district.id, place.district.id], MONDAY, SUNDAY_NOON)


def test_a_manager_plans_the_own_district_and_no_other() -> None:
    place, other = make_place(), make_place()
    assert plans.ask(place.driver, [place.district.id], MONDAY, SUNDAY_NOON).asked_by_id == place.manager.id
    with pytest.raises(NotAllowed):
        plans.ask(place.driver, [place.district.id, other.district.id], MONDAY, SUNDAY_NOON)
    foreign = make_plan(other.district)
    for verb in (plans.cancel, plans.reject):
        with pytest.raises(NotAllowed):
            verb(place.driver, foreign, SUNDAY_NOON)


@pytest.mark.parametrize("first_on", [date(2026, 11, 14), date(2027, 11, 16)])
def test_a_day_that_is_over_or_far_away_is_not_planned(first_on: date) -> None:
    place = make_place()
    with pytest.raises(DomainError, match="ab heute"):
        plans.ask(SYSTEM, [place.district.id], first_on, SUNDAY_NOON)


def test_no_district_is_no_plan() -> None:
    with pytest.raises(DomainError, match="mindestens einen Bezirk"):
        plans.ask(SYSTEM, [], MONDAY, SUNDAY_NOON)


def test_a_cancelled_plan_is_not_worked_out() -> None:
    place = make_place()
    make_ticket(place.school)
    plan = plans.ask(SYSTEM, [place.district.id], MONDAY, SUNDAY_NOON)
    plans.cancel(SYSTEM, plan, SUNDAY_NOON)
    db.session.commit()
    assert (run(plan.id).state, plan.steps) == (PlanState.CANCELLED, [])


def test_a_plan_whose_worker_died_is_begun_anew_and_a_decided_one_is_left_alone() -> None:
    place = make_place()
    make_ticket(place.school)
    running = make_plan(place.district, state=PlanState.RUNNING, percent=60).id
    assert run(running).state is PlanState.READY
    steps = [step.id for step in db.session.get_one(WeekPlan, running).steps]
    assert [step.id for step in run(running).steps] == steps
    plans.run(999_999, lambda: SUNDAY_NOON)


def test_a_fault_of_the_program_is_said_in_a_sentence() -> None:
    place = make_place()
    # Longer than any calendar: the week cannot be read.
    plan_id = make_plan(place.district, state=PlanState.QUEUED, first_on=date(9999, 12, 30)).id
    plan = run(plan_id)
    assert plan.state is PlanState.FAILED and "Administration" in plan.error


def test_every_night_there_is_a_proposal_for_each_district_with_work() -> None:
    busy, asked, idle = make_place(), make_place(), make_place()
    for place in (busy, asked):
        make_ticket(place.school)
    make_plan(asked.district, at=SUNDAY_NOON)
    night = clock.at_local(MONDAY, time(5))
    assert {job.name: job.cron for job in JOBS}["plan-weeks"] == {"hour": 5, "minute": 0}
    assert [plans.ask_nightly(night) for _ in range(2)] == [1, 0]
    plan = db.session.scalars(sa.select(WeekPlan).where(WeekPlan.cause == Cause.NIGHTLY)).one()
    assert (plan.district_ids, plan.first_on, plan.days) == ([busy.district.id], MONDAY, 5)
    assert idle.district.id not in plan.district_ids


def test_new_work_without_a_visit_asks_for_a_proposal_once() -> None:
    place, later = make_place(), SUNDAY_NOON + timedelta(minutes=15)
    make_ticket(place.school, at=SUNDAY_NOON)
    school_id = place.school.id
    planned(place)
    make_place()
    assert plans.ask_on_change(later) == 0
    make_ticket(db.session.get_one(School, school_id), at=later)
    # The first proposal was a person's and still waits for a decision.
    assert plans.ask_on_change(later) == 0
    plans.reject(SYSTEM, db.session.scalars(sa.select(WeekPlan)).one(), later)
    db.session.commit()
    assert [plans.ask_on_change(later + timedelta(minutes=15)) for _ in range(2)] == [1, 0]
    assert db.session.scalars(sa.select(WeekPlan.cause).order_by(WeekPlan.id)).all() == [Cause.ASKED, Cause.CHANGE]


def test_the_team_lead_plans_the_whole_city_at_once() -> None:
    places = [make_place() for _ in range(3)]
    for place in places:
        make_ticket(place.school)
    lead = actor_for(make_user(Role.DISPATCHER))
    plan_id = plans.ask(lead, [place.district.id for place in places], MONDAY, SUNDAY_NOON, joint=True).id
    db.session.commit()
    plan = run(plan_id)
    assert (plan.is_joint, kinds(plan)) == (True, [StepKind.NEW] * 3)
