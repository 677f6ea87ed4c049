"""The exact checker: each rule broken on purpose."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.dispatch.planner.week.check import Rule, check
from itsm.dispatch.planner.week.model import Pin, Plan, Rates
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    at,
    chance_plan,
    chance_problem,
    make_job,
    make_pause,
    make_problem,
    make_shift,
    make_worker,
    plan_of,
    returns,
    route_of,
)

EARLY = ((at(0, 8), at(0, 9.5)),)
A, B = make_job("a"), make_job("b", 2)
TWO = (make_worker(ANNA), make_worker(BERND))


@pytest.mark.parametrize(
    ("problem", "plan", "rules"),
    [
        (make_problem(A, B), plan_of(route_of("a", "b")), ()),
        (make_problem(A), plan_of(route_of("a", "x")), (Rule.UNKNOWN_JOB,)),
        (make_problem(A), plan_of(route_of("a", worker="x")), (Rule.UNKNOWN_ROUTE,)),
        (make_problem(A), plan_of(route_of("a", day=3)), (Rule.UNKNOWN_ROUTE,)),
        (make_problem(A, B), plan_of(route_of("a"), route_of("b")), (Rule.ROUTE_TWICE,)),
        (make_problem(A), plan_of(route_of("a"), route_of("a", day=1)), (Rule.JOB_TWICE,)),
        (make_problem(A), plan_of(route_of("a", "a")), (Rule.JOB_TWICE,)),
        (make_problem(replace(A, skills=frozenset("x"))), plan_of(route_of("a")), (Rule.SKILL,)),
        (make_problem(replace(A, district=1)), plan_of(route_of("a")), (Rule.DISTRICT,)),
        (make_problem(replace(A, district=1), rates=Rates(foreign_cents=600)), plan_of(route_of("a")), ()),
        (make_problem(A, replace(B, windows=EARLY)), plan_of(route_of("a", "b")), (Rule.WINDOW,)),
        (make_problem(A, replace(B, windows=EARLY)), plan_of(route_of("b", "a")), ()),
        (make_problem(replace(A, not_before=at(0, 15.5))), plan_of(route_of("a")), (Rule.NOT_BEFORE,)),
        (make_problem(replace(A, pin=Pin(day=1))), plan_of(route_of("a")), (Rule.PIN,)),
        (make_problem(replace(A, pin=Pin(worker=BERND)), workers=TWO), plan_of(route_of("a")), (Rule.PIN,)),
        (make_problem(B, replace(A, pin=Pin(start=at(0, 9)))), plan_of(route_of("b", "a")), (Rule.PIN,)),
        (
            make_problem(A, B, workers=(make_worker(ANNA, make_shift(0, 8, 10)),)),
            plan_of(route_of("a", "b")),
            (Rule.SHIFT_END,),
        ),
        (
            make_problem(
                make_job("a", 1, 240), workers=(make_worker(ANNA, make_shift(0, pause=make_pause(latest=12))),)
            ),
            plan_of(route_of("a")),
            (),
        ),
        (
            make_problem(
                make_job("a", 1, 240, windows=((at(0, 9), at(0, 15)),)),
                workers=(make_worker(ANNA, make_shift(0, pause=make_pause(latest=12))),),
            ),
            plan_of(route_of("a")),
            (Rule.BREAK,),
        ),
        (
            make_problem(A, B, workers=(make_worker(ANNA, make_shift(0, frozen=("b",))),)),
            plan_of(route_of("a", "b")),
            (Rule.FROZEN_ORDER,),
        ),
        (make_problem(A, workers=(make_worker(ANNA, make_shift(0, frozen=("a",))),)), Plan(), (Rule.FROZEN_ORDER,)),
        (make_problem(replace(A, people=2), workers=TWO), plan_of(route_of("a")), (Rule.PEOPLE_TOGETHER,)),
        (
            make_problem(replace(A, people=2), workers=TWO),
            Plan((route_of("a"), route_of("a", worker=BERND)), (("a", at(0, 9)),)),
            (),
        ),
        (
            make_problem(replace(A, people=2), workers=TWO),
            Plan((route_of("a"), route_of("a", worker=BERND, day=1)), (("a", at(0, 9)),)),
            (Rule.PEOPLE_TOGETHER, Rule.WINDOW),
        ),
    ],
)
def test_each_broken_rule_has_its_name(problem: object, plan: Plan, rules: tuple[Rule, ...]) -> None:
    assert check(problem, plan) == rules  # type: ignore[arg-type]


@given(st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_checker_and_timeline_agree_on_shuffled_routes(seed: int) -> None:
    problem = chance_problem(seed)
    plan = chance_plan(problem, seed)
    assert check(problem, plan) == ()
    for route in plan.routes:
        back = plan_of(replace(route, jobs=route.jobs[::-1]))
        assert (returns(problem, back.routes[0]) is None) == bool(check(problem, back))
