"""The order of a manager's day."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.dispatch.planner.day import large, timeline
from itsm.dispatch.planner.day.check import check_day
from itsm.dispatch.planner.day.model import Breach, Day, Pause, Stop, Window
from itsm.dispatch.planner.day.order import order_day
from tests.dispatch.planner.days import PAUSE, SHIFT, cheapest, make_day, make_narrow_day, table_day

NEAR = [[0, 5, 5, 5], [5, 0, 5, 5], [5, 5, 0, 5], [5, 5, 5, 0]]


def keys(day: Day) -> list[int]:
    return [stop.key for stop in order_day(day, seed=1, iterations=100).stops]


@pytest.mark.parametrize("seed", range(4))
def test_eight_stops_are_driven_in_the_cheapest_of_all_40320_orders(seed: int) -> None:
    day = make_day(8, seed, pause=None)
    plan = order_day(day, seed=1, iterations=100)
    assert check_day(day, plan) == []
    assert tuple(plan.cost) == cheapest(day)


@pytest.mark.parametrize("seed", range(4))
def test_with_a_break_to_place_the_day_is_still_the_cheapest(seed: int) -> None:
    day = make_day(6, seed, services=(40, 60, 75))
    plan = order_day(day, seed=1, iterations=100)
    assert check_day(day, plan) == []
    assert tuple(plan.cost) == cheapest(day)


@pytest.mark.parametrize("seed", range(6))
def test_a_day_of_twelve_stops_has_no_better_order_and_breaks_no_window_it_could_keep(seed: int) -> None:
    day = make_narrow_day(12, seed)
    plan = order_day(day, seed=1, iterations=100)
    assert check_day(day, plan) == []
    assert plan.cost.broken_windows == 0
    assert cheapest(day, below=tuple(plan.cost)) is None


@pytest.mark.parametrize("seed", [11, 12])
def test_beyond_the_exact_size_the_order_is_at_most_two_in_a_hundred_longer(seed: int) -> None:
    day = make_day(11, seed)
    exact = order_day(day, seed=1, iterations=100)
    near = timeline.plan(day, large.good_order(day, seed=1, iterations=30))
    assert check_day(day, near) == []
    assert near.cost[:3] == exact.cost[:3]
    assert near.cost.back_at - SHIFT.start <= 1.02 * (exact.cost.back_at - SHIFT.start)


def test_a_day_of_sixteen_stops_is_planned_and_passes_the_checker() -> None:
    day = make_day(16, 3, services=(10, 15))
    plan = order_day(day, seed=1, iterations=20)
    assert check_day(day, plan) == []
    assert plan.cost.broken_windows == 0
    assert plan == order_day(day, seed=1, iterations=20)


def test_an_empty_day_stays_at_the_base() -> None:
    plan = order_day(table_day([[0]]), seed=1, iterations=100)
    assert plan.stops == ()
    assert plan.cost == (0, 0, 0, SHIFT.start, 0)


def test_a_fixed_appointment_keeps_its_minute_and_the_others_go_round_it() -> None:
    appointment = Stop(2, 2, 30, fixed_start=500)
    day = table_day(NEAR, Stop(1, 1, 60), appointment, Stop(3, 3, 20))
    plan = order_day(day, seed=1, iterations=100)
    assert {stop.key: stop.start_at for stop in plan.stops}[2] == 500
    assert plan.cost[:3] == (0, 0, 0)
    assert keys(day)[0] == 3


def test_a_stop_between_two_windows_waits_when_that_breaks_nothing() -> None:
    day = table_day(NEAR, Stop(1, 1, 30, (Window(400, 440), Window(795, 900))))
    plan = order_day(day, seed=1, iterations=100)
    assert plan.stops[0].start_at == 795
    assert plan.stops[0].breach is None


def test_a_window_is_broken_only_where_two_exclude_each_other_and_the_plan_says_which() -> None:
    morning = (Window(450, 490),)
    day = table_day(NEAR, Stop(1, 1, 30, morning), Stop(2, 2, 30, morning), Stop(3, 3, 30))
    plan = order_day(day, seed=1, iterations=100)
    assert plan.cost.broken_windows == 1
    assert [stop.breach for stop in plan.stops].count(Breach.WINDOW) == 1
    broken = next(stop for stop in plan.stops if stop.breach)
    assert broken.late_minutes == 30


def test_an_appointment_outweighs_any_number_of_windows() -> None:
    morning = (Window(450, 485),)
    far = [[0, 5, 5, 40], [5, 0, 5, 40], [5, 5, 0, 40], [40, 40, 40, 0]]
    day = table_day(far, Stop(1, 1, 30, morning), Stop(2, 2, 30, morning), Stop(3, 3, 10, fixed_start=490))
    plan = order_day(day, seed=1, iterations=100)
    assert plan.cost.missed_appointments == 0
    assert plan.cost.broken_windows == 2


def test_a_window_too_short_for_the_work_is_named_and_does_not_disturb_the_others() -> None:
    day = table_day(NEAR, Stop(1, 1, 60, (Window(600, 630),)), Stop(2, 2, 30, (Window(450, 490),)))
    plan = order_day(day, seed=1, iterations=100)
    assert {stop.key: stop.breach for stop in plan.stops} == {1: Breach.WINDOW_TOO_SHORT, 2: None}


def test_a_day_over_six_hours_holds_a_break_and_a_shorter_one_needs_none() -> None:
    long = table_day(NEAR, Stop(1, 1, 200), Stop(2, 2, 200), pause=PAUSE)
    short = table_day(NEAR, Stop(1, 1, 100), Stop(2, 2, 100), pause=PAUSE)
    assert order_day(long, seed=1, iterations=100).pause_at is not None
    assert order_day(short, seed=1, iterations=100).pause_at is None


def test_a_break_that_cannot_be_had_is_said() -> None:
    day = table_day(NEAR, Stop(1, 1, 450), pause=Pause(30, 451, 452))
    plan = order_day(day, seed=1, iterations=100)
    assert plan.breaches == (Breach.PAUSE,)
    assert plan.cost.broken_windows == 1


def test_more_work_than_hours_is_planned_to_the_end_and_called_overtime() -> None:
    day = table_day(NEAR, Stop(1, 1, 300), Stop(2, 2, 300))
    plan = order_day(day, seed=1, iterations=100)
    assert len(plan.stops) == 2
    assert plan.breaches == (Breach.SHIFT_END,)
    assert plan.cost.late_minutes == plan.cost.back_at - SHIFT.end


def test_the_manager_waits_at_the_base_and_not_in_front_of_a_locked_school() -> None:
    day = table_day(NEAR, Stop(1, 1, 30, (Window(540, 600),)))
    plan = order_day(day, seed=1, iterations=100)
    assert plan.leave_base_at == 535
    assert plan.stops[0].waiting_minutes == 0


def test_one_way_streets_are_driven_in_their_direction() -> None:
    ring = [[0, 1, 9, 9], [9, 0, 1, 9], [9, 9, 0, 1], [1, 9, 9, 0]]
    day = table_day(ring, Stop(3, 3, 10), Stop(1, 1, 10), Stop(2, 2, 10))
    assert keys(day) == [1, 2, 3]


def test_two_stops_in_one_building_need_no_drive_between_them() -> None:
    day = table_day(NEAR, Stop(1, 1, 10), Stop(2, 2, 10), Stop(3, 1, 10))
    travels = [stop.travel_minutes for stop in order_day(day, seed=1, iterations=100).stops]
    assert sorted(travels) == [0, 5, 5]


def test_two_stops_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        table_day(NEAR, Stop(1, 1, 10), Stop(1, 2, 10))


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Window(600, 500)


def windows() -> st.SearchStrategy[tuple[Window, ...]]:
    window = st.tuples(st.integers(450, 900), st.integers(0, 240)).map(lambda w: Window(w[0], w[0] + w[1]))
    return st.lists(window, max_size=2).map(tuple)


def stops(key: int) -> st.SearchStrategy[Stop]:
    return st.builds(
        Stop,
        key=st.just(key),
        site=st.integers(0, 4),
        service_minutes=st.integers(0, 120),
        windows=windows(),
        fixed_start=st.none() | st.integers(450, 900),
    )


@st.composite
def days(draw: st.DrawFn, most: int = 4) -> Day:
    drives = draw(st.binary(min_size=25, max_size=25))
    minutes = [[0 if at == site else 1 + drives[5 * site + at] % 60 for at in range(5)] for site in range(5)]
    count = draw(st.integers(0, most))
    pause = draw(st.none() | st.just(PAUSE))
    return table_day(minutes, *(draw(stops(key)) for key in range(count)), pause=pause)


@settings(max_examples=150, deadline=None)
@given(days())
def test_any_day_is_ordered_at_the_lowest_cost_and_passes_the_checker(day: Day) -> None:
    plan = order_day(day, seed=1, iterations=50)
    assert check_day(day, plan) == []
    assert tuple(plan.cost) == cheapest(day)


@settings(max_examples=50, deadline=None)
@given(days(), st.integers(0, 3))
def test_a_stop_without_its_window_never_costs_more(day: Day, which: int) -> None:
    eased = tuple(
        Stop(stop.key, stop.site, stop.service_minutes) if at == which else stop for at, stop in enumerate(day.stops)
    )
    freer = Day(day.shift, 0, 0, eased, day.minutes, day.metres, day.pause)
    assert order_day(freer, seed=1, iterations=50).cost <= order_day(day, seed=1, iterations=50).cost


@settings(max_examples=50, deadline=None)
@given(days(most=5))
def test_the_near_search_also_returns_days_that_can_be_driven(day: Day) -> None:
    plan = timeline.plan(day, large.good_order(day, seed=1, iterations=20))
    assert check_day(day, plan) == []
    assert plan.cost >= order_day(day, seed=1, iterations=20).cost
