"""What a plan costs."""

from pathlib import Path

import pytest

from itsm.dispatch.planner.week.evaluate import cost, difference, offset, travel_of
from itsm.dispatch.planner.week.model import Cost, Plan, Promise, Rates
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    at,
    make_job,
    make_problem,
    make_shift,
    make_worker,
    plan_of,
    public_weeks,
    route_of,
    week_check,
)

DRIVE = 750 + 150


def test_a_week_without_routes_leaves_everything_out() -> None:
    problem = make_problem(make_job("a", leave_cents=700), make_job("b", leave_cents=40))
    assert cost(problem, Plan()) == Cost(left_out=740)


def test_each_part_of_the_price_stands_alone() -> None:
    problem = make_problem(
        make_job("late", late_cents=(300, 0)),
        make_job("moved", site=1, promise=Promise(ANNA, 1, 500)),
        make_job("kept", site=1, promise=Promise(ANNA, 0, 500)),
        make_job("far", site=2, district=1),
        make_job("left", leave_cents=44),
        rates=Rates(foreign_cents=600),
    )
    found = cost(problem, plan_of(route_of("late", "moved", "kept", "far")))
    assert found == Cost(travel=3 * DRIVE, foreign=600, late=300, moved=500, left_out=44)
    assert found.total == 3 * DRIVE + 600 + 300 + 500 + 44


def test_only_the_time_after_the_shift_is_overtime() -> None:
    worker = make_worker(ANNA, make_shift(latest_end=at(0, 18)))
    job = make_job("a", minutes=480, windows=((at(0, 8), at(0, 20)),))
    assert cost(make_problem(job, workers=(worker,)), plan_of(route_of("a"))).overtime == round(1200 * 1.9)


def test_the_drive_home_is_paid_on_an_idle_day_too() -> None:
    worker = make_worker(ANNA, make_shift(from_site=1))
    problem = make_problem(make_job("a", leave_cents=5), workers=(worker,))
    assert cost(problem, Plan()) == Cost(travel=DRIVE, left_out=5)


def test_what_two_do_is_paid_once_and_left_out_if_one_is_missing() -> None:
    both = (make_worker(ANNA), make_worker(BERND))
    problem = make_problem(make_job("a", people=2, late_cents=(70, 0), leave_cents=900), workers=both)
    together = (("a", at(0, 9)),)
    two = cost(problem, Plan((route_of("a"), route_of("a", worker=BERND)), together))
    assert (two.travel, two.late, two.left_out) == (4 * DRIVE, 70, 0)
    one = cost(problem, Plan((route_of("a"),), together))
    assert (one.late, one.left_out) == (0, 900)


@pytest.mark.parametrize(("late", "leave", "least"), [((50, 80), 60, 50), ((50, 80), 40, 40), ((0, 80), 60, 0)])
def test_nobody_can_save_the_least_lateness(late: tuple[int, int], leave: int, least: int) -> None:
    assert offset(make_problem(make_job("a", late_cents=late, leave_cents=leave))) == least


def test_the_offset_knows_on_which_days_a_job_can_begin() -> None:
    late = make_job("a", late_cents=(10, 90), leave_cents=500, not_before=at(0, 15.5))
    assert offset(make_problem(late)) == 90


def test_a_route_that_breaks_a_rule_has_no_price() -> None:
    problem = make_problem(make_job("a", district=1))
    with pytest.raises(ValueError, match="breaks a rule"):
        cost(problem, plan_of(route_of("a")))
    with pytest.raises(ValueError, match="Nobody of that name"):
        cost(problem, plan_of(route_of(worker="nobody")))


def test_travel_is_the_sum_of_the_drives() -> None:
    problem = make_problem(make_job("a"), make_job("b", site=2))
    assert travel_of(problem, plan_of(route_of("a", "b"), route_of(day=1))) == (1800, 15_000)


def test_a_difference_is_taken_part_by_part() -> None:
    assert difference(Cost(1, 2, 3, 4, 5, 6, 7), Cost(2, 4, 6, 8, 10, 12, 14)) == Cost(1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize("cross", [False, True])
def test_the_public_weeks_cost_what_their_checker_says(shared: Path, cross: bool) -> None:
    checker = week_check(shared / "data" / "dispatch")
    for week in public_weeks(shared, cross):
        expected = week.check.evaluate(week.checked(week.plan))
        found = cost(week.problem, week.plan)
        assert found.total == expected["Z"]
        assert (found.late, found.left_out) == (expected["late"], expected["unserved_cost"])
        assert found.offset == checker.offset(week.check)
        seconds, metres = travel_of(week.problem, week.plan)
        assert (seconds / 60, metres / 1000) == (expected["travel_min"], expected["km"])
