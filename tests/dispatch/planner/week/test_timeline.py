"""When a route begins and ends, where its break lies, and what it breaks."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.dispatch.planner.week.conflicts import Broken, Conflict, conflicts
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import Job, Pin, Problem, Rates, Route, Tour
from itsm.dispatch.planner.week.timeline import tour
from tests.dispatch.planner.week.weeks import (
    ANNA,
    BERND,
    MINUTE,
    PublicWeek,
    at,
    chance_problem,
    make_job,
    make_pause,
    make_problem,
    make_shift,
    make_worker,
    public_weeks,
    returns,
    rich_problem,
    route_of,
)

SEEDS = st.integers(0, 100_000)


def chance_route(problem: Problem, seed: int) -> Route:
    chance = random.Random(seed)
    worker = chance.choice(problem.workers)
    jobs = chance.sample(problem.jobs, chance.randint(1, min(5, len(problem.jobs))))
    return Route(worker.key, chance.randrange(2), tuple(job.key for job in jobs))


def test_jobs_are_begun_as_early_as_drives_and_windows_allow() -> None:
    problem = make_problem(make_job("a"), make_job("b", site=2, windows=((at(0, 11), at(0, 12)),)))
    found = tour(problem, route_of("a", "b"))
    assert found is not None
    assert [(stop.arrive_at, stop.start_at, stop.leave_at) for stop in found.stops] == [
        (at(0, 8) + 600, at(0, 8) + 600, at(0, 9) + 600),
        (at(0, 9) + 1200, at(0, 11), at(0, 12)),
    ]
    assert (found.leave_at, found.pause_at, found.back_at) == (at(0, 8), None, at(0, 12) + 600)
    assert (found.back_seconds, found.back_metres) == (600, 5_000)
    assert [(stop.travel_seconds, stop.travel_metres) for stop in found.stops] == [(600, 5_000)] * 2


def test_nobody_waits_in_front_of_a_locked_school_in_the_morning() -> None:
    problem = make_problem(make_job("a", windows=((at(0, 10), at(0, 12)),)))
    found = tour(problem, route_of("a"))
    assert found is not None
    assert (found.leave_at, found.stops[0].arrive_at, found.stops[0].start_at) == (
        at(0, 10) - 600,
        at(0, 10),
        at(0, 10),
    )


@pytest.mark.parametrize(
    ("windows", "pause_at"),
    [
        # Before the first drive: the only window opens after the latest break.
        ((at(0, 14), at(0, 16)), at(0, 11)),
        # On arrival or after: whichever delays least.
        ((at(0, 8), at(0, 16)), at(0, 12) + 600),
    ],
)
def test_the_break_lies_where_it_delays_least(windows: tuple[int, int], pause_at: int) -> None:
    shift = make_shift(pause=make_pause())
    long = make_job("a", minutes=240 if windows[0] == at(0, 8) else 60, windows=(windows,))
    found = tour(make_problem(long, workers=(make_worker(ANNA, shift),)), route_of("a"))
    assert found is not None
    assert found.pause_at == pause_at


def test_a_break_on_arrival_is_taken_at_the_door() -> None:
    worker = make_worker(ANNA, make_shift(start=11.5, end=16, pause=make_pause(earliest=11.7, latest=12)))
    problem = make_problem(make_job("a", minutes=120, windows=((at(0, 12.5), at(0, 15)),)), workers=(worker,))
    found = tour(problem, route_of("a"))
    assert found is not None and found.pause_at is not None
    assert found.pause_at + 30 * MINUTE <= found.stops[0].start_at


def test_without_a_place_for_the_break_the_route_does_not_fit() -> None:
    worker = make_worker(ANNA, make_shift(pause=make_pause(earliest=12, latest=12.25)))
    problem = make_problem(make_job("a", minutes=300, windows=((at(0, 8.5), at(0, 15)),)), workers=(worker,))
    assert tour(problem, route_of("a")) is None
    # From 8:30 on for five hours: a break at 13:30 instead of 12:15 at the latest.
    assert conflicts(problem, route_of("a")) == (
        Conflict(Broken.PAUSE, None, 75 * MINUTE, at(0, 13.5), (at(0, 12), at(0, 12.25))),
    )


def test_overtime_is_allowed_up_to_the_latest_end() -> None:
    job = make_job("a", minutes=470, windows=((at(0, 8), at(0, 20)),))
    with_overtime = make_worker(ANNA, make_shift(latest_end=at(0, 16) + 600))
    without = make_worker(ANNA, make_shift())
    found = tour(make_problem(job, workers=(with_overtime,)), route_of("a"))
    assert found is not None and found.back_at == at(0, 16) + 600
    assert tour(make_problem(job, workers=(without,)), route_of("a")) is None
    assert conflicts(make_problem(job, workers=(without,)), route_of("a")) == (
        Conflict(Broken.SHIFT_END, None, 600, at(0, 16) + 600, (at(0, 8), at(0, 16))),
    )


def test_a_running_day_goes_on_from_where_the_worker_is() -> None:
    worker = make_worker(ANNA, make_shift(start=10, from_site=1))
    problem = make_problem(make_job("a", site=1), make_job("b", site=2), workers=(worker,))
    found = tour(problem, route_of("a", "b"))
    assert found is not None
    assert (found.leave_at, found.stops[0].travel_seconds, found.back_at) == (at(0, 10), 0, at(0, 12) + 1200)
    empty = tour(problem, route_of())
    assert empty is not None
    assert (empty.back_at, empty.back_metres) == (at(0, 10) + 600, 5_000)


def test_frozen_jobs_stay_the_first_in_their_order() -> None:
    problem = make_problem(
        make_job("a"), make_job("b"), make_job("c"), workers=(make_worker(ANNA, make_shift(frozen=("b", "a"))),)
    )
    assert tour(problem, route_of("b", "a", "c")) is not None
    for wrong in (("a", "b"), ("b", "c", "a"), ("b",), ()):
        assert tour(problem, route_of(*wrong)) is None
        assert {one.kind for one in conflicts(problem, route_of(*wrong))} == {Broken.FROZEN}


def test_what_several_do_begins_at_the_common_moment() -> None:
    problem = make_problem(make_job("a", people=2))
    found = tour(problem, route_of("a"), {"a": at(0, 9)})
    assert found is not None and found.stops[0].start_at == at(0, 9)
    assert tour(problem, route_of("a"), {"a": at(0, 8)}) is None
    late = conflicts(problem, route_of("a"), {"a": at(0, 8)})
    assert [(one.kind, one.seconds) for one in late] == [(Broken.TOGETHER, 600)]


DULL = make_job("a")


@pytest.mark.parametrize(
    ("job", "route", "kind", "seconds"),
    [
        (DULL, route_of("a", day=7), Broken.NO_SHIFT, 0),
        (DULL, route_of("a", "a"), Broken.TWICE, 0),
        (replace(DULL, district=1), route_of("a"), Broken.DISTRICT, 0),
        (replace(DULL, skills=frozenset("x")), route_of("a"), Broken.SKILL, 0),
        (replace(DULL, pin=Pin(worker=BERND)), route_of("a"), Broken.PIN, 0),
        (replace(DULL, pin=Pin(day=1)), route_of("a"), Broken.PIN, 0),
        (replace(DULL, pin=Pin(start=at(1, 9))), route_of("a"), Broken.PIN, 0),
        (replace(DULL, pin=Pin(start=at(0, 8))), route_of("a"), Broken.PIN, 600),
        (replace(DULL, pin=Pin(start=at(0, 7))), route_of("a"), Broken.PIN, 4200),
        (replace(DULL, not_before=at(1, 8)), route_of("a"), Broken.NOT_BEFORE, 24 * 3600 - 600),
        (replace(DULL, windows=((at(0, 7), at(0, 9)),)), route_of("a"), Broken.WINDOW, 600),
        (replace(DULL, windows=((at(0, 8), at(0, 8.9)),)), route_of("a"), Broken.WINDOW, 0),
        (replace(DULL, windows=((at(1, 8), at(1, 16)),)), route_of("a"), Broken.WINDOW, 0),
    ],
)
def test_what_a_route_breaks_is_named(job: Job, route: Route, kind: Broken, seconds: int) -> None:
    problem = make_problem(job)
    assert tour(problem, route) is None
    first = conflicts(problem, route)[0]
    assert (first.kind, first.seconds) == (kind, seconds)


def test_the_missed_window_is_told() -> None:
    problem = make_problem(make_job("a", minutes=120), make_job("b", site=2, windows=((at(0, 8), at(0, 10.5)),)))
    assert conflicts(problem, route_of("a", "b")) == (
        Conflict(Broken.WINDOW, "b", 50 * MINUTE, at(0, 10) + 1200, (at(0, 8), at(0, 10.5))),
    )


@given(SEEDS, SEEDS)
def test_the_return_is_that_of_the_best_place_of_the_break(week: int, order: int) -> None:
    problem = chance_problem(week)
    route = chance_route(problem, order)
    found = tour(problem, route)
    index = Index(problem)
    work = index.work.get((route.worker, route.day))
    if work is None or not all(index.may_serve(work, index.jobs[job]) for job in route.jobs):
        assert found is None
        return
    assert (found and found.back_at) == returns(problem, route)


@given(SEEDS, SEEDS)
def test_the_times_of_a_tour_can_be_driven(week: int, order: int) -> None:
    problem = chance_problem(week)
    route = chance_route(problem, order)
    found = tour(problem, route)
    if found is None:
        return
    index = Index(problem)
    work = index.work[route.worker, route.day]
    assert found.leave_at >= work.shift.start
    free_at, site = found.leave_at, work.from_site
    for stop in found.stops:
        job = index.jobs[stop.job]
        assert stop.start_at >= stop.arrive_at >= free_at + stop.travel_seconds
        assert stop.travel_seconds == index.seconds[site][job.site]
        assert stop.leave_at == stop.start_at + job.seconds
        assert any(opens <= stop.start_at and stop.leave_at <= closes for opens, closes in job.windows)
        free_at, site = stop.leave_at, job.site
    assert work.last_back_at >= found.back_at >= free_at + found.back_seconds
    pause = work.shift.pause
    assert (found.pause_at is None) == (pause is None)
    if pause is not None and found.pause_at is not None:
        assert pause.earliest <= found.pause_at <= pause.latest
        ends_at = found.pause_at + pause.seconds
        assert any(start <= found.pause_at and ends_at <= end for start, end in _idle(found, work.shift.start))


def _idle(found: Tour, start: int) -> list[tuple[int, int]]:
    """When the worker is at a stop or at the base and not at work."""
    departures = [stop.arrive_at - stop.travel_seconds for stop in found.stops[1:]]
    departures.append(found.back_at - found.back_seconds)
    idle = [(start, found.leave_at)]
    for stop, departure in zip(found.stops, departures, strict=True):
        idle += [(stop.arrive_at, stop.start_at), (stop.leave_at, departure)]
    return idle


@given(SEEDS, SEEDS)
def test_a_route_has_conflicts_exactly_if_it_has_no_times(week: int, order: int) -> None:
    problem = rich_problem(week)
    route = chance_route(problem, order)
    together = {job: at(route.day, 10) for job in route.jobs if order % 3 == 0}
    assert (tour(problem, route, together) is None) == bool(conflicts(problem, route, together))


def test_the_checker_of_the_public_weeks_agrees_on_every_route(shared: Path) -> None:
    chance = random.Random(5)
    fitting = 0
    for week in public_weeks(shared):
        index = Index(week.problem)
        for route in week.plan.routes:
            vehicle = week.vehicle(route.worker, route.day)
            for _ in range(40):
                others = [job.key for job in week.problem.jobs if vehicle in week.check.allow[_number(week, job.key)]]
                jobs = [*chance.sample(route.jobs, chance.randint(1, len(route.jobs))), chance.choice(others)]
                jobs = sorted(
                    set(jobs), key=lambda key: chance.random() * 4 + (route.jobs.index(key) if key in route.jobs else 3)
                )
                found = tour(index, Route(route.worker, route.day, tuple(jobs)))
                expected = week.check.schedule(vehicle, [_number(week, key) for key in jobs])
                assert (found and found.back_at) == expected
                fitting += found is not None
    assert fitting > 100


def _number(week: PublicWeek, key: str) -> int:
    return next(number for number, job in enumerate(week.check.jobs) if job["id"] == key)


def test_a_foreign_district_is_open_at_its_price_only() -> None:
    job = make_job("a", district=1)
    assert tour(make_problem(job), route_of("a")) is None
    assert tour(make_problem(job, rates=Rates(foreign_cents=600)), route_of("a")) is not None
