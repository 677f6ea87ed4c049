"""The cases the bench makes of a week, and how it counts."""

import numpy as np
import pytest

from bench.planner.growth import invented
from bench.planner.promises import broken_promises, promised
from bench.planner.repair import kept
from bench.planner.sickness import squeezed_in
from bench.planner.tuesday import CUT_AT, NEW_PRIORITIES, TUESDAY, on_tuesday
from bench.planner.weeks import weeks
from bench.table import lines, number
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import DAY_SECONDS, Rates
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    make_job,
    make_problem,
    make_shift,
    make_worker,
    plan_of,
    route_of,
)


def test_neighbours_take_the_urgent_and_leave_the_rest() -> None:
    far = {"district": 1, "site": 2}
    problem = make_problem(
        make_job("own", priority=3),
        make_job("urgent", priority=2, **far),
        make_job("patient", priority=3, **far),
        workers=(make_worker(ANNA),),
        rates=Rates(foreign_cents=600),
    )
    plan = squeezed_in(problem, plan_of(route_of("own", worker=ANNA)), district=1)
    assert sorted(key for key, _ in plan.placed()) == ["own", "urgent"]


def test_an_urgent_job_not_worth_the_way_stays() -> None:
    problem = make_problem(
        make_job("cheap", priority=1, leave_cents=10, district=1),
        workers=(make_worker(ANNA),),
        rates=Rates(foreign_cents=600),
    )
    assert not squeezed_in(problem, plan_of(), district=1).routes


def test_another_person_another_day_and_left_out_break_a_promise() -> None:
    told = plan_of(route_of("kept", "day", "person", "gone", worker=ANNA))
    jobs = promised([make_job(key) for key in ("kept", "day", "person", "gone", "free")], told, 500)
    problem = make_problem(*jobs, workers=(make_worker(ANNA), make_worker(BERND)))
    plan = plan_of(route_of("kept"), route_of("day", day=1), route_of("person", worker=BERND), route_of("free"))
    assert broken_promises(problem, plan) == 3


def test_on_tuesday_monday_is_done_and_four_jobs_are_new() -> None:
    jobs = [make_job(f"j{one}", late_cents=(0, 0)) for one in range(6)]
    week = make_problem(*jobs, workers=(make_worker(ANNA, make_shift(0), make_shift(1)),))
    running = on_tuesday(week, plan_of(route_of("j0", "j1")), np.random.default_rng(1))
    keys = [job.key for job in running.jobs]
    assert keys == ["j2", "j3", "j4", "j5", *(f"new{one}" for one in range(len(NEW_PRIORITIES)))]
    assert [job.priority for job in running.jobs[4:]] == list(NEW_PRIORITIES)
    assert all(start >= DAY_SECONDS for job in running.jobs for start, _ in job.windows)
    [shift] = running.workers[0].shifts
    assert (shift.day, shift.end, shift.pause) == (TUESDAY, DAY_SECONDS + CUT_AT, None)


def test_of_a_route_that_cannot_be_driven_the_cheapest_jobs_go() -> None:
    jobs = [make_job("dear", minutes=300, leave_cents=900), make_job("cheap", minutes=300, leave_cents=100)]
    plan = kept(Index(make_problem(*jobs)), {(ANNA, 0): ["cheap", "dear"]})
    assert [route.jobs for route in plan.routes] == [("dear",)]


def test_no_two_invented_districts_are_alike() -> None:
    if not weeks():
        pytest.skip("the public weeks are not beside the project")
    first, *_, second = invented(34)
    assert len(first.jobs) == len(second.jobs)
    assert (first.seconds != second.seconds).any()


def test_a_table_has_one_width_per_column() -> None:
    assert lines(("Name", "Zahl"), [("langer Name", number(0.5)), ("x", number(None))]) == [
        "Name          Zahl",
        "langer Name  0,500",
        "x                –",
    ]
