"""Two plans of one week side by side."""

from hypothesis import given
from hypothesis import strategies as st

from itsm.dispatch.planner.week.compare import DayLoad, Late, Lateness, Load, Moved, Retimed, compare
from itsm.dispatch.planner.week.evaluate import cost, travel_of
from itsm.dispatch.planner.week.model import Plan, Promise
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    HOUR,
    at,
    chance_plan,
    is_sound,
    make_job,
    make_problem,
    make_shift,
    make_worker,
    plan_of,
    rich_problem,
    route_of,
)

SEEDS = st.integers(0, 100_000)


def test_every_job_stands_in_one_list() -> None:
    problem = make_problem(*(make_job(key) for key in ("dropped", "kept", "moved", "new", "out")))
    old = plan_of(route_of("dropped", "kept", "moved"))
    found = compare(problem, old, plan_of(route_of("kept"), route_of("new", "moved", day=1)))
    assert found.moved == (Moved("moved", ((ANNA, 0),), ((ANNA, 1),)),)
    assert (found.new, found.left_out, found.still_out, found.unchanged) == (
        ("new",),
        ("dropped",),
        ("out",),
        ("kept",),
    )
    assert found.retimed == (Retimed("kept", at(0, 9) + 600, at(0, 8) + 600),)
    assert (found.seconds_before, found.seconds_after) == (1200, 2400)
    assert (found.metres_before, found.metres_after) == (10_000, 20_000)


def test_broken_promises_are_told_apart_from_those_broken_before() -> None:
    problem = make_problem(
        make_job("long", promise=Promise(BERND, 0, 5)),
        make_job("now", promise=Promise(ANNA, 0, 5)),
        make_job("dropped", promise=Promise(ANNA, 0, 5)),
        make_job("kept", promise=Promise(ANNA, 1, 5)),
    )
    found = compare(
        problem, plan_of(route_of("long", "now", "dropped")), plan_of(route_of("long", "now", "kept", day=1))
    )
    assert found.promises_broken == ("dropped", "long", "now")
    assert found.promises_newly_broken == ("dropped", "now")


def test_the_load_of_each_day_is_told() -> None:
    worker = make_worker(ANNA, make_shift(0), make_shift(1, 8, 12))
    problem = make_problem(make_job("a"), make_job("b", site=2), workers=(worker,))
    found = compare(problem, plan_of(route_of("a", "b")), plan_of(route_of("a", "b", day=1)))
    full = Load(2, 2 * HOUR, 1800)
    assert found.loads == (
        DayLoad(ANNA, 0, 8 * HOUR, full, Load()),
        DayLoad(ANNA, 1, 4 * HOUR, Load(), full),
    )


def test_lateness_is_told_by_priority() -> None:
    problem = make_problem(
        make_job("a", priority=1, due_day=-2),
        make_job("b", priority=1, due_day=0),
        make_job("c", priority=4, due_day=0),
    )
    found = compare(problem, Plan(), plan_of(route_of("a"), route_of("c", day=1)))
    assert found.lateness == (
        Lateness(1, Late(left_out=2), Late(jobs=1, days=2, left_out=1)),
        Lateness(4, Late(left_out=1), Late(jobs=1, days=1)),
    )


def test_routes_of_somebody_who_is_away_count_as_left_out() -> None:
    problem = make_problem(make_job("a", leave_cents=500))
    found = compare(problem, plan_of(route_of("a", worker="ill")), plan_of(route_of("a")))
    assert (found.new, found.cost_before.left_out, found.cost_after.left_out) == (("a",), 500, 0)


def test_visits_done_since_are_not_compared() -> None:
    problem = make_problem(make_job("a"))
    found = compare(problem, plan_of(route_of("done", "a")), plan_of(route_of("a")))
    assert (found.unchanged, found.left_out) == (("a",), ())


def test_a_visit_of_two_with_another_second_person_is_moved() -> None:
    workers = (make_worker(ANNA), make_worker(BERND), make_worker("carla"))
    problem = make_problem(make_job("a", people=2), workers=workers)
    together = (("a", at(0, 9)),)
    old = Plan((route_of("a"), route_of("a", worker=BERND)), together)
    new = Plan((route_of("a"), route_of("a", worker="carla")), together)
    assert compare(problem, old, new).moved == (Moved("a", ((ANNA, 0), (BERND, 0)), ((ANNA, 0), ("carla", 0))),)
    half = compare(problem, old, Plan((route_of("a"),), together))
    assert half.left_out == ("a",)


@given(SEEDS, SEEDS, SEEDS)
def test_a_comparison_agrees_with_the_price_of_each_plan(week: int, first: int, second: int) -> None:
    problem = rich_problem(week)
    old, new = chance_plan(problem, first), chance_plan(problem, second)
    if not (is_sound(problem, old) and is_sound(problem, new)):
        return
    found = compare(problem, old, new)
    assert (found.cost_before, found.cost_after) == (cost(problem, old), cost(problem, new))
    assert (found.seconds_before, found.metres_before) == travel_of(problem, old)
    assert (found.seconds_after, found.metres_after) == travel_of(problem, new)
    lists = [*(one.job for one in found.moved), *found.new, *found.left_out, *found.still_out, *found.unchanged]
    assert sorted(lists) == sorted(job.key for job in problem.jobs)
    assert {one.job for one in found.retimed} <= set(found.unchanged)
    back = compare(problem, new, old)
    assert (back.new, back.left_out, back.unchanged) == (found.left_out, found.new, found.unchanged)
    same = compare(problem, old, old)
    assert (same.moved, same.new, same.left_out, same.retimed, same.promises_newly_broken) == ((), (), (), (), ())
