"""The checker notices what a wrong plan hides."""

from dataclasses import replace

import pytest

from itsm.dispatch.planner.day.check import check_day
from itsm.dispatch.planner.day.model import Breach, Day, DayPlan, Stop, Window
from itsm.dispatch.planner.day.order import order_day
from tests.dispatch.planner.days import PAUSE, table_day

NEAR = [[0, 5, 5], [5, 0, 5], [5, 5, 0]]
DAY = table_day(NEAR, Stop(1, 1, 60, (Window(480, 560),)), Stop(2, 2, 60, fixed_start=600))
LONG = table_day(NEAR, Stop(1, 1, 200), Stop(2, 2, 200), pause=PAUSE)


def plan_of(day: Day) -> DayPlan:
    return order_day(day, seed=1, iterations=10)


def moved(plan: DayPlan, at: int, minutes: int) -> DayPlan:
    stop = plan.stops[at]
    late = replace(stop, start_at=stop.start_at + minutes, leave_at=stop.leave_at + minutes)
    return replace(plan, stops=(*plan.stops[:at], late, *plan.stops[at + 1 :]))


def test_a_right_plan_has_no_fault() -> None:
    assert check_day(DAY, plan_of(DAY)) == []
    assert check_day(LONG, plan_of(LONG)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda plan: replace(plan, stops=plan.stops[:1]), "exactly once"),
        (lambda plan: moved(plan, 0, 60), "says None"),
        (lambda plan: moved(plan, 1, 1), "says None"),
        (lambda plan: moved(plan, 1, -60), "before"),
        (lambda plan: replace(plan, leave_base_at=400), "before the shift"),
        (lambda plan: replace(plan, leave_base_at=plan.leave_base_at + 1), "before the drive is over"),
        (lambda plan: replace(plan, last_travel_minutes=0), "drive back"),
        (lambda plan: replace(plan, pause_at=700), "nobody asked"),
        (lambda plan: replace(plan, cost=plan.cost._replace(metres=0)), "metres"),
        (lambda plan: replace(plan, cost=plan.cost._replace(broken_windows=1)), "broken windows"),
    ],
)
def test_a_wrong_plan_is_found_out(wrong: object, said: str) -> None:
    assert any(said in fault for fault in check_day(DAY, wrong(plan_of(DAY))))


def test_a_break_inside_a_visit_or_at_the_wrong_time_is_found_out() -> None:
    plan = plan_of(LONG)
    assert any("break" in fault for fault in check_day(LONG, replace(plan, pause_at=plan.stops[1].start_at + 10)))
    assert check_day(LONG, replace(plan, pause_at=600)) == ["The break begins at the wrong time."]
    assert check_day(LONG, replace(plan, pause_at=None)) == ["A break is missing."]


def test_a_missing_break_must_be_counted_as_broken() -> None:
    plan = replace(plan_of(LONG), pause_at=None, breaches=(Breach.PAUSE,))
    assert check_day(LONG, plan) == ["The plan says 0 broken windows, it is 1."]
