"""Visits moved and removed by hand."""

import random
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from itsm.dispatch.planner.week.change import move, remove
from itsm.dispatch.planner.week.conflicts import Broken, Conflict
from itsm.dispatch.planner.week.evaluate import cost, difference, travel_of
from itsm.dispatch.planner.week.model import Cost, Pin, Plan, Problem, Promise
from itsm.dispatch.planner.week.timeline import tour
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    MINUTE,
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
)

SEEDS = st.integers(0, 100_000)
DRIVE = 750 + 150
BOTH = (make_worker(ANNA), make_worker(BERND))


def test_a_visit_goes_to_the_cheapest_place_of_a_day() -> None:
    problem = make_problem(make_job("a"), make_job("b"), make_job("c", site=2), workers=BOTH)
    change = move(problem, plan_of(route_of("a"), route_of("b", "c", worker=BERND)), "a", BERND, 0)
    assert change.plan == plan_of(route_of("a", "b", "c", worker=BERND))
    assert (change.feasible, change.conflicts, change.displaced) == (True, (), ())
    assert change.delta == Cost(travel=-2 * DRIVE)
    assert (change.delta_seconds, change.delta_metres) == (-1200, -10_000)


def test_a_visit_goes_to_the_position_it_is_dropped_at() -> None:
    problem = make_problem(make_job("a"), make_job("b"), make_job("c", site=2))
    plan = plan_of(route_of("a", "b", "c"))
    assert move(problem, plan, "a", ANNA, 0, position=1).plan == plan_of(route_of("b", "a", "c"))
    assert move(problem, plan, "a", ANNA, 0, position=99).plan == plan_of(route_of("b", "c", "a"))
    assert move(problem, plan, "a", ANNA, 0, position=-1).plan == plan


def test_an_unplanned_visit_is_planned() -> None:
    problem = make_problem(make_job("a", leave_cents=500, promise=Promise(ANNA, 0, 70)))
    change = move(problem, Plan(), "a", ANNA, 1)
    assert change.delta == Cost(travel=2 * DRIVE, moved=70, left_out=-500)


def test_a_visit_dropped_at_a_time_is_pinned_there() -> None:
    problem = make_problem(make_job("a"), make_job("b"))
    change = move(problem, plan_of(route_of("a", "b")), "a", ANNA, 0, start=at(0, 14))
    assert (change.plan, change.pin) == (plan_of(route_of("b", "a")), Pin(start=at(0, 14)))
    pinned = make_problem(make_job("a", pin=change.pin), make_job("b"))
    found = tour(pinned, change.plan.routes[0])
    assert found is not None and found.stops[1].start_at == at(0, 14)


def test_what_breaks_is_said_and_the_plan_repaired() -> None:
    problem = make_problem(
        make_job("a", windows=((at(1, 8), at(1, 10)),)),
        make_job("b", windows=((at(1, 8), at(1, 9.5)),), leave_cents=100),
        make_job("c"),
    )
    plan = plan_of(route_of("c"), route_of("b", day=1))
    change = move(problem, plan, "a", ANNA, 1)
    assert not change.feasible
    assert change.conflicts == (Conflict(Broken.WINDOW, "a", 10 * MINUTE, at(1, 9) + 600, (at(1, 8), at(1, 10))),)
    assert (change.repaired, change.displaced, change.left_out) == (True, ("b",), ("b",))
    assert change.plan == plan_of(route_of("c"), route_of("a", day=1))


def test_the_displaced_find_another_day() -> None:
    job = make_job("a", minutes=300, windows=((at(0, 8), at(0, 16)),))
    problem = make_problem(job, make_job("b", minutes=300))
    change = move(problem, plan_of(route_of("b")), "a", ANNA, 0)
    assert (change.feasible, change.displaced, change.left_out) == (False, ("b",), ())
    assert [one.kind for one in change.conflicts] == [Broken.WINDOW, Broken.SHIFT_END]
    assert change.plan == plan_of(route_of("a"), route_of("b", day=1))
    assert change.delta == difference(cost(problem, plan_of(route_of("b"))), cost(problem, change.plan))


def test_some_rules_no_repair_helps() -> None:
    workers = (make_worker(ANNA), make_worker(BERND, district=1))
    plan = plan_of(route_of("a"))
    for job, kind in (
        (make_job("a"), Broken.DISTRICT),
        (make_job("a", pin=Pin(worker=ANNA)), Broken.PIN),
    ):
        change = move(make_problem(job, workers=workers), plan, "a", BERND, 0)
        assert (change.plan, change.repaired, change.delta) == (plan, False, Cost())
        assert kind in {one.kind for one in change.conflicts}
    assert [one.kind for one in move(make_problem(make_job("a")), plan, "a", "ill", 0).conflicts] == [Broken.NO_SHIFT]


def test_a_frozen_visit_is_neither_moved_nor_removed() -> None:
    worker = make_worker(ANNA, make_shift(frozen=("a",)), make_shift(1))
    problem = make_problem(make_job("a"), make_job("b"), workers=(worker,))
    plan = plan_of(route_of("a", "b"))
    for change in (move(problem, plan, "a", ANNA, 1), remove(problem, plan, "a")):
        assert (change.feasible, change.plan) == (False, plan)
        assert [(one.kind, one.job) for one in change.conflicts] == [(Broken.FROZEN, "a")]
    before_it = move(problem, plan, "b", ANNA, 0, position=0)
    assert Broken.FROZEN in {one.kind for one in before_it.conflicts}


def test_a_visit_of_two_takes_both_along() -> None:
    problem = make_problem(make_job("a", people=2), workers=BOTH)
    plan = Plan((route_of("a"), route_of("a", worker=BERND)), (("a", at(0, 9)),))
    change = move(problem, plan, "a", BERND, 1)
    assert change.feasible
    assert change.plan == Plan((route_of("a", day=1), route_of("a", worker=BERND, day=1)), (("a", at(1, 8) + 600),))


def test_a_visit_of_two_cannot_go_where_only_one_is() -> None:
    workers = (make_worker(ANNA), make_worker(BERND, make_shift(0)))
    problem = make_problem(make_job("a", people=2), workers=workers)
    change = move(problem, Plan(), "a", ANNA, 1)
    assert [one.kind for one in change.conflicts] == [Broken.PEOPLE]


def test_a_removed_visit_is_left_out() -> None:
    problem = make_problem(make_job("a", leave_cents=500), make_job("b"))
    change = remove(problem, plan_of(route_of("a", "b")), "a")
    assert (change.plan, change.delta) == (plan_of(route_of("b")), Cost(left_out=500))
    assert (change.delta_seconds, change.delta_metres) == (0, 0)


def test_days_of_others_stay_as_they_are() -> None:
    problem = make_problem(make_job("a"))
    foreign = route_of("x", worker="somebody in another district")
    change = move(problem, plan_of(foreign), "a", ANNA, 0)
    assert change.plan == plan_of(route_of("a"), foreign)


@given(SEEDS, SEEDS)
def test_after_every_edit_the_plan_can_be_driven_at_the_price_told(week: int, order: int) -> None:
    problem, chance = rich_problem(week), random.Random(order)
    plan = chance_plan(problem, order)
    if not is_sound(problem, plan):
        return
    before, driven = cost(problem, plan), travel_of(problem, plan)
    for job in problem.jobs:
        position = chance.choice((None, 0, 1, 2))
        start = chance.choice((None, None, at(0, 9), at(1, 14)))
        worker, day = chance.choice(problem.workers).key, chance.randrange(2)
        change = move(problem, plan, job.key, worker, day, position, start)
        assert change.feasible == (not change.conflicts)
        after = _pinned(problem, job.key, change.pin)
        assert is_sound(after, change.plan)
        seconds, metres = travel_of(problem, change.plan)
        assert (change.delta_seconds, change.delta_metres) == (seconds - driven[0], metres - driven[1])
        assert replace(difference(before, cost(after, change.plan)), offset=0) == change.delta
        places = [(route.worker, route.day) for key, route in change.plan.placed() if key == job.key]
        if change.feasible or change.repaired:
            assert (worker, day) in places and len(places) == job.people
        else:
            assert _days(change.plan) == _days(plan)
        kept = {key for key, _ in plan.placed()} - set(change.left_out)
        assert kept <= {key for key, _ in change.plan.placed()}
        assert set(change.left_out) <= set(change.displaced)


@given(SEEDS, SEEDS)
def test_after_every_removal_the_rest_stays(week: int, order: int) -> None:
    problem = rich_problem(week)
    plan = chance_plan(problem, order)
    if not is_sound(problem, plan):
        return
    for key in {key for key, _ in plan.placed()}:
        change = remove(problem, plan, key)
        assert is_sound(problem, change.plan)
        assert difference(cost(problem, plan), cost(problem, change.plan)) == change.delta
        gone = {key} if change.feasible else set()
        assert {one for one, _ in change.plan.placed()} == {one for one, _ in plan.placed()} - gone


def _days(plan: Plan) -> dict[tuple[str, int], tuple[str, ...]]:
    return {(route.worker, route.day): route.jobs for route in plan.routes if route.jobs}


def _pinned(problem: Problem, key: str, pin: Pin | None) -> Problem:
    if pin is None:
        return problem
    return replace(problem, jobs=tuple(replace(job, pin=pin) if job.key == key else job for job in problem.jobs))


def test_visits_of_public_weeks_are_moved_at_the_price_told(shared: Path) -> None:
    for week in public_weeks(shared):
        before = cost(week.problem, week.plan)
        first, second = week.plan.routes[0], week.plan.routes[1]
        for key in first.jobs:
            change = move(week.problem, week.plan, key, second.worker, second.day)
            assert difference(before, cost(week.problem, change.plan)) == change.delta
