"""Where else a job could go."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from itsm.dispatch.planner.week.evaluate import cost, difference, travel_of
from itsm.dispatch.planner.week.model import Pin, Plan, Problem, Route
from itsm.dispatch.planner.week.rota import Rota, best_place, places_for
from itsm.dispatch.planner.week.slots import HALF_DAY, Slot, best_slots, slots_at
from itsm.dispatch.planner.week.timeline import tour
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    at,
    chance_plan,
    is_sound,
    make_job,
    make_problem,
    make_shift,
    make_worker,
    plan_of,
    public_weeks,
    rich_problem,
    route_of,
    with_slot,
)

SEEDS = st.integers(0, 100_000)
DRIVE = 750 + 150


def test_a_planned_job_is_taken_out_first() -> None:
    problem = make_problem(make_job("a"), make_job("b", site=2))
    slots = best_slots(problem, plan_of(route_of("a", "b")), "b", 9)
    assert slots == [
        Slot(ANNA, 0, 0, at(0, 8) + 600, at(0, 9) + 600, 0, 0, 0),
        Slot(ANNA, 1, 0, at(1, 8) + 600, at(1, 9) + 600, DRIVE, 600, 5_000),
    ]


def test_each_worker_and_half_day_is_offered_once() -> None:
    problem = make_problem(make_job("a"), make_job("b", minutes=230), workers=(make_worker(ANNA), make_worker(BERND)))
    slots = best_slots(problem, plan_of(route_of("b")), "a", 9)
    assert [(slot.worker, slot.day, slot.start_at // HALF_DAY % 2) for slot in slots] == [
        (ANNA, 0, 0),
        (ANNA, 0, 1),
        (BERND, 0, 0),
        (ANNA, 1, 0),
        (BERND, 1, 0),
    ]
    assert best_slots(problem, plan_of(route_of("b")), "a", 2) == slots[:2]


def test_half_days_not_wanted_again_are_left_out() -> None:
    problem = make_problem(make_job("a"))
    assert [slot.day for slot in best_slots(problem, Plan(), "a", 9)] == [0, 1]
    assert [slot.day for slot in best_slots(problem, Plan(), "a", 9, avoid=[at(0, 11)])] == [1]


def test_all_places_of_a_day_come_in_driving_order() -> None:
    problem = make_problem(make_job("a"), make_job("b", site=2), make_job("c", site=3))
    slots = slots_at(problem, plan_of(route_of("a", "b")), "c", ANNA, 0)
    assert [slot.position for slot in slots] == [0, 1, 2]
    assert slots_at(problem, Plan(), "c", "nobody", 0) == []
    assert slots_at(problem, Plan(), "c", ANNA, 9) == []


def test_a_frozen_job_stays() -> None:
    worker = make_worker(ANNA, make_shift(frozen=("a",)), make_shift(1))
    problem = make_problem(make_job("a"), workers=(worker,))
    assert best_slots(problem, plan_of(route_of("a")), "a", 9) == []


def test_a_job_nobody_knows_has_no_slots() -> None:
    assert best_slots(make_problem(make_job("a")), Plan(), "b", 3) == []


def test_two_people_come_at_the_same_moment() -> None:
    workers = (make_worker(ANNA), make_worker(BERND))
    problem = make_problem(make_job("a", people=2), make_job("b", site=2, minutes=120), workers=workers)
    [slot, *_] = best_slots(problem, plan_of(route_of("b", worker=BERND)), "a", 1)
    assert (slot.worker, slot.day, slot.start_at) == (BERND, 0, at(0, 8) + 600)
    assert [(seat.worker, seat.position) for seat in slot.others] == [(ANNA, 0)]
    after = with_slot(plan_of(route_of("b", worker=BERND)), "a", slot)
    assert after.together == (("a", at(0, 8) + 600),)
    assert is_sound(problem, after)


def test_the_person_of_the_pin_is_one_of_the_two() -> None:
    workers = (make_worker(ANNA), make_worker(BERND), make_worker("carla", base=2))
    problem = make_problem(make_job("a", people=2, pin=Pin(worker="carla")), workers=workers)
    slots = best_slots(problem, Plan(), "a", 9)
    assert slots and all(slot.worker == "carla" for slot in slots)
    assert [
        (slot.worker, *[seat.worker for seat in slot.others]) for slot in slots_at(problem, Plan(), "a", ANNA, 0)
    ] == [("carla", ANNA)]


@given(SEEDS, SEEDS)
def test_every_slot_leaves_a_plan_that_can_be_driven_at_its_price(week: int, order: int) -> None:
    problem = rich_problem(week)
    plan = chance_plan(problem, order)
    if not is_sound(problem, plan):
        return
    before, driven = cost(problem, plan), travel_of(problem, plan)
    for job in problem.jobs:
        slots = best_slots(problem, plan, job.key, 100)
        assert len({(slot.worker, slot.start_at // HALF_DAY) for slot in slots}) == len(slots)
        for slot in slots + [one for day in (0, 1) for one in slots_at(problem, plan, job.key, ANNA, day)]:
            after = with_slot(plan, job.key, slot)
            assert is_sound(problem, after)
            assert slot.delta_cents == difference(before, cost(problem, after)).total
            seconds, metres = travel_of(problem, after)
            assert (slot.delta_seconds, slot.delta_metres) == (seconds - driven[0], metres - driven[1])
            found = tour(
                problem,
                next(r for r in after.routes if (r.worker, r.day) == (slot.worker, slot.day)),
                dict(after.together),
            )
            assert found is not None
            assert (slot.start_at, slot.leave_at) == next(
                (stop.start_at, stop.leave_at) for stop in found.stops if stop.job == job.key
            )


@given(SEEDS, SEEDS)
def test_the_best_place_is_that_of_trying_every_position(week: int, order: int) -> None:
    problem = rich_problem(week)
    plan = chance_plan(problem, order)
    if not is_sound(problem, plan):
        return
    for job in problem.jobs:
        rota = Rota(problem, plan).without(job.key)
        if job.people > 1 or not is_sound(problem, rota.plan()):
            continue
        best = best_place(rota, job.key)
        tried = [cost(problem, one).total for one in _everywhere(problem, rota.plan(), job.key)]
        now = cost(problem, rota.plan()).total - job.leave_cents
        assert (best and best.cents + now) == min(tried, default=None)
        assert len(list(places_for(rota, job.key))) == len(tried)


def _everywhere(problem: Problem, plan: Plan, key: str) -> list[Plan]:
    """The plans with the job at each position of each day, as far as they can be driven."""
    days = {(worker.key, shift.day): () for worker in problem.workers for shift in worker.shifts}
    days.update({(route.worker, route.day): route.jobs for route in plan.routes})
    plans = []
    for day, jobs in days.items():
        for position in range(len(jobs) + 1):
            changed = {**days, day: (*jobs[:position], key, *jobs[position:])}
            one = Plan(tuple(Route(*at_, jobs_) for at_, jobs_ in changed.items()), plan.together)
            if is_sound(problem, one):
                plans.append(one)
    return plans


def test_a_visit_of_a_public_week_has_alternatives(shared: Path) -> None:
    for week in public_weeks(shared):
        before = cost(week.problem, week.plan).total
        key = week.plan.routes[0].jobs[0]
        slots = best_slots(week.problem, week.plan, key, 3)
        assert slots
        for slot in slots:
            assert cost(week.problem, with_slot(week.plan, key, slot)).total - before == slot.delta_cents
