"""The search for a good week."""

from dataclasses import replace
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.dispatch.planner.week.arrival_order import greedy, in_order_of_arrival
from itsm.dispatch.planner.week.check import check
from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.model import Job, Pin, Plan, Problem, Promise, Rates, Route
from itsm.dispatch.planner.week.solve import Budget, districts, solve, solve_districts
from itsm.dispatch.planner.week.timeline import tour
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    at,
    chance_plan,
    chance_problem,
    is_sound,
    make_job,
    make_pause,
    make_problem,
    make_shift,
    make_worker,
    plan_of,
    public_week,
    rich_problem,
    route_of,
)

QUICK = Budget(iterations=300)
SEEDS = st.integers(0, 10_000)


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_every_plan_passes_the_checker_and_the_timeline(seed: int) -> None:
    problem = rich_problem(seed)
    plan = solve(problem, QUICK, seed)
    if any(check(problem, plan_of(route_of(*one))) for one in frozen_days(problem)):
        return
    assert check(problem, plan) == ()
    assert is_sound(problem, plan)


def frozen_days(problem: Problem) -> list[tuple[str, ...]]:
    return [shift.frozen for worker in problem.workers for shift in worker.shifts if shift.frozen]


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_a_plan_is_never_dearer_than_its_start(seed: int) -> None:
    problem = chance_problem(seed)
    start = chance_plan(problem, seed)
    plan = solve(problem, Budget(iterations=20), seed, start)
    assert cost(problem, plan).total <= cost(problem, start).total


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_same_seed_and_number_of_steps_give_the_same_plan(seed: int) -> None:
    problem = rich_problem(seed)
    assert solve(problem, QUICK, seed) == solve(problem, QUICK, seed)


# A search promises no optimum: the same weeks every time, so that a rare miss does not come and go.
@given(SEEDS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_small_weeks_are_solved_as_cheaply_as_by_trying_all_plans(seed: int) -> None:
    problem = little_problem(seed, 4)
    assert cost(problem, solve(problem, Budget(iterations=3000), seed)).total == least_of_all(problem)


@given(SEEDS)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_rule_less_never_makes_the_best_plan_dearer(seed: int) -> None:
    problem = chance_problem(seed)
    problem = replace(problem, jobs=problem.jobs[:5])
    freer = replace(
        problem, jobs=tuple(replace(job, pin=None, skills=frozenset(), not_before=0) for job in problem.jobs)
    )
    budget = Budget(iterations=3000)
    assert cost(freer, solve(freer, budget, seed)).total <= cost(problem, solve(problem, budget, seed)).total


def little_problem(seed: int, count: int) -> Problem:
    """A crooked week of few jobs in which no way is longer than one past another site."""
    problem = chance_problem(seed)
    seconds, metres = problem.seconds.copy(), problem.metres.copy()
    for via in range(len(seconds)):
        for table in (seconds, metres):
            np.minimum(table, table[:, [via]] + table[[via], :], out=table)
    return replace(problem, jobs=problem.jobs[:count], seconds=seconds, metres=metres)


def least_of_all(problem: Problem) -> int:
    """Try every order of every set of jobs on every day."""
    days = [(worker.key, shift.day) for worker in problem.workers for shift in worker.shifts]
    jobs = [job.key for job in problem.jobs]
    prices: dict[tuple[tuple[str, int], frozenset[str]], Route | None] = {}
    best = cost(problem, Plan()).total
    for places in product([None, *days], repeat=len(jobs)):
        routes = []
        for day in days:
            key = day, frozenset(job for job, place in zip(jobs, places, strict=True) if place == day)
            if key[1] and key not in prices:
                prices[key] = cheapest_order(problem, *key)
            routes.append(prices.get(key) if key[1] else Route(*day, ()))
        if None not in routes:
            best = min(best, cost(problem, Plan(tuple(route for route in routes if route and route.jobs))).total)
    return best


def cheapest_order(problem: Problem, day: tuple[str, int], jobs: frozenset[str]) -> Route | None:
    orders = (Route(*day, order) for order in permutations(sorted(jobs)))
    fitting = [route for route in orders if tour(problem, route) is not None]
    return min(fitting, key=lambda route: cost(problem, Plan((route,))).total, default=None)


def test_a_week_without_jobs_or_without_people_has_an_empty_plan() -> None:
    job = make_job("a")
    assert solve(make_problem(), QUICK) == Plan()
    assert solve(make_problem(job, workers=()), QUICK) == Plan()
    assert solve_districts(make_problem(), QUICK) == Plan()


def test_a_job_not_worth_its_way_stays_out_and_a_better_paid_one_is_done() -> None:
    poor, rich = make_job("poor", leave_cents=1), make_job("rich", site=2)
    assert [key for key, _ in solve(make_problem(poor, rich), QUICK).placed()] == ["rich"]


def test_a_pin_holds_worker_day_and_moment() -> None:
    job = make_job("a", pin=Pin(BERND, 1, at(1, 13)))
    problem = make_problem(job, make_job("b"), make_job("c"), workers=(make_worker(ANNA), make_worker(BERND)))
    plan = solve(problem, QUICK)
    route = next(route for route in plan.routes if "a" in route.jobs)
    driven = tour(problem, route)
    assert driven is not None and (route.worker, route.day) == (BERND, 1)
    assert next(stop.start_at for stop in driven.stops if stop.job == "a") == at(1, 13)


def test_a_promise_is_broken_only_where_that_pays() -> None:
    dear = make_job("a", promise=Promise(ANNA, 1, 5_000))
    other = make_job("b", site=1, windows=((at(0, 8), at(0, 16)),))
    assert {key: route.day for key, route in solve(make_problem(dear, other), QUICK).placed()} == {"a": 1, "b": 0}
    cheap = replace(dear, promise=Promise(ANNA, 1, 1))
    assert {key: route.day for key, route in solve(make_problem(cheap, other), QUICK).placed()} == {"a": 0, "b": 0}


def test_what_has_begun_stays_first() -> None:
    shift = make_shift(0, frozen=("b", "a"))
    problem = make_problem(
        make_job("a", 1), make_job("b", 2), make_job("c", 1), make_job("d", 2), workers=(make_worker(ANNA, shift),)
    )
    plan = solve(problem, QUICK)
    assert plan.routes[0].jobs[:2] == ("b", "a") and len(plan.routes[0].jobs) == 4


def test_overtime_is_worked_where_it_costs_less_than_leaving_out() -> None:
    shift = make_shift(0, 8, 9, latest_end=at(0, 10))
    problem = make_problem(make_job("a", leave_cents=20_000), workers=(make_worker(ANNA, shift),))
    assert cost(problem, solve(problem, QUICK)).overtime == round(20 * 60 * Rates().overtime_second_cents)
    cheap = replace(problem, jobs=(make_job("a", leave_cents=4_000),))
    assert solve(cheap, QUICK) == Plan()


def test_two_people_begin_at_one_moment_beside_their_other_work() -> None:
    people = tuple(make_worker(key, make_shift(0, pause=make_pause())) for key in (ANNA, BERND))
    window = ((at(0, 8), at(0, 16)),)
    jobs = [make_job(f"j{number}", number % 3 + 1, 90, windows=window) for number in range(6)]
    shared = make_job("shared", 2, 60, people=2, windows=((at(0, 9), at(0, 15)),), leave_cents=50_000)
    problem = make_problem(*jobs, shared, workers=people)
    plan = solve(problem, QUICK)
    assert check(problem, plan) == () and is_sound(problem, plan)
    assert dict(plan.together).keys() == {"shared"}
    assert [route.worker for key, route in plan.placed() if key == "shared"] == [ANNA, BERND]


def test_one_person_does_not_begin_a_job_for_two() -> None:
    assert solve(make_problem(make_job("a", people=2)), QUICK) == Plan()


def test_a_meeting_of_the_given_plan_stays() -> None:
    people = (make_worker(ANNA), make_worker(BERND))
    problem = make_problem(make_job("a", people=2), workers=people)
    start = Plan((route_of("a", day=1), route_of("a", worker=BERND, day=1)), (("a", at(1, 11)),))
    assert solve(problem, QUICK, 0, start) == start


def test_a_start_that_fits_no_more_loses_only_what_does_not_fit() -> None:
    problem = make_problem(
        *(make_job(key, number + 1, 180) for number, key in enumerate("abc")),
        workers=(make_worker(ANNA, make_shift(0)),),
    )
    plan = solve(problem, Budget(iterations=0), 0, plan_of(route_of("a", "b", "c", "gone")))
    assert plan == plan_of(route_of("a", "b"))


def test_the_search_stops_when_told_and_says_how_far_it_is() -> None:
    problem = make_problem(make_job("a"))
    heard: list[float] = []

    def stop_at_half(share: float) -> bool:
        heard.append(share)
        return share < 0.5

    plan = solve(problem, Budget(iterations=200_000), 0, None, stop_at_half)
    assert [key for key, _ in plan.placed()] == ["a"]
    assert heard == sorted(heard) and 0.5 <= heard[-1] < 0.6


def test_a_budget_of_cpu_seconds_ends() -> None:
    assert [key for key, _ in solve(make_problem(make_job("a")), Budget(cpu_seconds=0.05)).placed()] == ["a"]


def test_a_search_needs_an_end() -> None:
    with pytest.raises(ValueError, match="without an end"):
        Budget()


def test_districts_are_planned_alone_and_on_threads_alike() -> None:
    jobs = [make_job(f"j{number}", number % 4 + 1, district=number % 2) for number in range(12)]
    problem = make_problem(*jobs, workers=(make_worker(ANNA, district=0), make_worker(BERND, district=1)))
    alone = [solve(part, QUICK, 3) for part in districts(problem)]
    both = solve_districts(problem, QUICK, 3)
    assert both.routes == tuple(route for plan in alone for route in plan.routes)
    assert solve_districts(problem, QUICK, 3, workers=2) == both
    assert check(problem, both) == ()


@pytest.mark.parametrize("name", ["week_s201_l0.75", "week_s203_l1.3"])
def test_public_weeks_beat_greedy_and_order_of_arrival(shared: Path, name: str) -> None:
    week = public_week(shared, name, (4,))
    plan = solve(week.problem, Budget(iterations=5000), 1)
    priced = week.check.evaluate(week.checked(plan))
    assert priced["Z"] == cost(week.problem, plan).total
    assert check(week.problem, plan) == ()
    offset = cost(week.problem, plan).offset
    for other, ratio in ((greedy(week.problem), 1.0), (in_order_of_arrival(week.problem), 0.6)):
        assert check(week.problem, other) == ()
        assert priced["Z"] - offset <= ratio * (cost(week.problem, other).total - offset)


def all_jobs(count: int) -> tuple[Job, ...]:
    return tuple(make_job(f"j{number}") for number in range(count))


def test_jobs_at_one_site_share_a_drive() -> None:
    problem = make_problem(*all_jobs(4))
    assert cost(problem, solve(problem, QUICK)).travel == 2 * round(600 * 1.25 + 5000 * 0.03)
