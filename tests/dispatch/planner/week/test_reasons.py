"""Why a job is left out, and what would let it in."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.dispatch.planner.week.conflicts import Broken
from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.model import Job, Pin, Plan, Problem, Rates, Route
from itsm.dispatch.planner.week.reasons import LeftOut, Reason, explain, explain_all
from itsm.dispatch.planner.week.relief import Relaxed
from itsm.dispatch.planner.week.timeline import tour
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
    public_weeks,
    rich_problem,
    route_of,
    with_slot,
)

SEEDS = st.integers(0, 100_000)
DRIVE = 750 + 150
ONE_DAY = (make_worker(ANNA, make_shift()),)
DULL = make_job("a")


def reason_of(job: Job, *others: Job, plan: Plan | None = None, **more: object) -> LeftOut:
    return explain(make_problem(job, *others, **more), plan or Plan(), "a")  # type: ignore[arg-type]


def kinds(found: LeftOut) -> set[Relaxed]:
    return {relief.kind for relief in found.would_fit_if}


def test_nobody_may_be_sent_to_the_district() -> None:
    found = reason_of(replace(DULL, district=1))
    assert found.reason is Reason.NOBODY
    assert kinds(found) == {Relaxed.FOREIGN}


def test_the_missing_skill_and_those_who_have_it_are_named() -> None:
    workers = (make_worker(ANNA, skills="x"), make_worker(BERND, district=1, skills="xy"))
    found = reason_of(replace(DULL, skills=frozenset("xy")), workers=workers)
    assert (found.reason, found.skills, found.workers) == (Reason.NO_SKILL, ("y",), (BERND,))
    assert kinds(found) == {Relaxed.SKILL, Relaxed.FOREIGN}


def test_a_part_that_comes_too_late_is_waited_for() -> None:
    found = reason_of(replace(DULL, not_before=at(1, 15.5), waits_for="Beamerlampe"))
    assert (found.reason, found.not_before, found.waits_for) == (Reason.WAITS, at(1, 15.5), "Beamerlampe")
    assert kinds(found) == {Relaxed.RELEASE}


@pytest.mark.parametrize(
    ("windows", "nearest", "short_seconds"),
    [
        ((), None, HOUR),
        (((at(0, 9), at(0, 9.5)), (at(0, 13), at(0, 13.75))), (at(0, 13), at(0, 13.75)), HOUR // 4),
        # Long enough, but Anna works until four only.
        (((at(0, 15.5), at(0, 18)), (at(1, 9), at(1, 9.25))), (at(0, 15.5), at(0, 18)), HOUR // 2),
        # Long enough, but nobody works that day.
        (((at(1, 8), at(1, 16)),), (at(1, 8), at(1, 16)), HOUR),
    ],
)
def test_the_window_nearest_to_fitting_is_named(
    windows: tuple[tuple[int, int], ...], nearest: tuple[int, int] | None, short_seconds: int
) -> None:
    found = reason_of(replace(DULL, windows=windows), workers=ONE_DAY)
    assert (found.reason, found.window, found.short_seconds) == (Reason.NO_WINDOW, nearest, short_seconds)
    assert Relaxed.WINDOW in kinds(found)


@pytest.mark.parametrize("pin", [Pin(worker=BERND), Pin(day=1), Pin(start=at(0, 15.5)), Pin(start=at(1, 9))])
def test_its_own_pin_keeps_a_job_out(pin: Pin) -> None:
    found = reason_of(replace(DULL, pin=pin), workers=ONE_DAY)
    assert (found.reason, found.pins) == (Reason.PIN, ("a",))
    assert Relaxed.PIN in kinds(found)


def test_the_pins_of_others_are_in_the_way() -> None:
    pinned = make_job("p", minutes=360, pin=Pin(worker=ANNA, day=0))
    found = reason_of(
        replace(DULL, seconds=2 * HOUR), pinned, make_job("q"), plan=plan_of(route_of("p", "q")), workers=ONE_DAY
    )
    assert (found.reason, found.pins) == (Reason.PIN, ("p",))


def test_two_people_are_needed_and_one_is_there() -> None:
    found = reason_of(replace(DULL, people=2))
    assert (found.reason, found.workers) == (Reason.TWO_PEOPLE, (ANNA,))
    assert kinds(found) == {Relaxed.ONE_PERSON}


def test_two_people_are_never_there_at_the_same_time() -> None:
    workers = (make_worker(ANNA, make_shift(0, 8, 12)), make_worker(BERND, make_shift(0, 12, 16)))
    found = reason_of(replace(DULL, people=2), workers=workers)
    assert (found.reason, found.workers) == (Reason.TWO_PEOPLE, (ANNA, BERND))


def test_two_people_have_no_time_together_unless_others_leave() -> None:
    workers = (make_worker(ANNA, make_shift()), make_worker(BERND, make_shift()))
    others = (make_job("b", minutes=400), make_job("c", minutes=100, windows=((at(0, 8), at(0, 16)),)))
    plan = plan_of(route_of("b"), route_of("c", worker=BERND))
    found = reason_of(replace(DULL, people=2, seconds=3 * HOUR), *others, plan=plan, workers=workers)
    assert (found.reason, found.displaced) == (Reason.TWO_PEOPLE, ("b",))
    assert found.slot is not None


def test_too_far_is_too_long_for_an_empty_day() -> None:
    found = reason_of(replace(DULL, seconds=7 * HOUR), drive_minutes=40, workers=ONE_DAY)
    assert (found.reason, found.workers) == (Reason.TOO_FAR, (ANNA,))
    assert [(one.kind, one.seconds) for one in found.conflicts] == [(Broken.SHIFT_END, 1200)]
    assert kinds(found) == {Relaxed.OVERTIME}


def test_a_drive_dearer_than_the_job_is_not_worth_it() -> None:
    found = reason_of(replace(DULL, leave_cents=2 * DRIVE))
    assert (found.reason, found.cents, found.leave_cents) == (Reason.NOT_WORTH, 2 * DRIVE, 2 * DRIVE)
    assert found.slot is not None and found.slot.delta_cents == 0
    assert found.would_fit_if == ()


def test_what_fits_and_pays_is_said_to_fit() -> None:
    found = reason_of(DULL)
    assert (found.reason, found.cents) == (Reason.FITS, 2 * DRIVE - 10_000)


def test_the_cheapest_job_in_the_way_is_named() -> None:
    others = tuple(make_job(key, minutes=220, leave_cents=cents) for key, cents in (("dear", 9_000), ("cheap", 8_000)))
    found = reason_of(
        replace(DULL, leave_cents=5_000, seconds=2 * HOUR),
        *others,
        plan=plan_of(route_of("dear", "cheap")),
        workers=ONE_DAY,
    )
    assert (found.reason, found.displaced, found.cents) == (Reason.NO_ROOM, ("cheap",), 8_000 - 5_000)
    assert found.slot is not None and found.slot.worker == ANNA


@pytest.mark.parametrize(("minutes", "displaced"), [(190, 2), (300, 3)])
def test_as_many_jobs_as_needed_are_displaced(minutes: int, displaced: int) -> None:
    others = tuple(make_job(f"j{number}", minutes=110) for number in range(4))
    found = reason_of(
        replace(DULL, seconds=minutes * 60),
        *others,
        plan=plan_of(route_of("j0", "j1", "j2", "j3")),
        workers=ONE_DAY,
    )
    assert found.reason is Reason.NO_ROOM
    assert len(found.displaced) == displaced


def test_each_rule_is_relaxed_alone() -> None:
    full = make_job("b", minutes=420)
    evening = replace(DULL, windows=((at(0, 8), at(0, 10)),))
    found = reason_of(evening, full, plan=plan_of(route_of("b")), workers=(make_worker(ANNA, make_shift(end=17)),))
    assert found.reason is Reason.NO_ROOM
    [opened] = [relief for relief in found.would_fit_if if relief.kind is Relaxed.WINDOW]
    assert (opened.slot.worker, opened.slot.day, opened.slot.start_at) == (ANNA, 0, at(0, 15) + 600)


def test_a_planned_job_has_no_reason() -> None:
    with pytest.raises(ValueError, match="is planned"):
        explain(make_problem(DULL), plan_of(route_of("a")), "a")
    assert explain_all(make_problem(DULL), plan_of(route_of("a"))) == {}


def test_a_job_with_somebody_who_is_away_is_left_out() -> None:
    found = explain_all(make_problem(DULL), plan_of(route_of("a", worker="ill")))
    assert found["a"].reason is Reason.FITS


@given(SEEDS, SEEDS)
def test_every_reason_is_true(week: int, order: int) -> None:
    problem = rich_problem(week)
    plan = chance_plan(problem, order)
    if not is_sound(problem, plan):
        return
    before = cost(problem, plan).total
    for key, found in explain_all(problem, plan).items():
        assert found == explain(problem, plan, key)
        job = next(one for one in problem.jobs if one.key == key)
        if found.slot is not None:
            after = with_slot(plan, key, found.slot, *found.displaced)
            assert is_sound(problem, after)
            assert cost(problem, after).total - before == found.slot.delta_cents
        match found.reason:
            case Reason.FITS:
                assert found.cents is not None and found.cents < 0
            case Reason.NOT_WORTH:
                assert found.cents is not None and found.cents >= job.leave_cents
            case Reason.NO_ROOM:
                assert found.displaced and not _fits_somewhere(problem, plan, job)
                if job.people == 1 and len(found.displaced) == 1:
                    assert found.cents == min(_by_one(problem, plan, job))
                elif job.people == 1:
                    assert not _by_one(problem, plan, job)
            case Reason.PIN:
                assert found.pins
            case Reason.TWO_PEOPLE:
                assert job.people == 2
            case _:
                assert not _fits_somewhere(problem, _frozen_only(problem, plan), job)


def _frozen_only(problem: Problem, plan: Plan) -> Plan:
    frozen = {key for worker in problem.workers for shift in worker.shifts for key in shift.frozen}
    return Plan(tuple(replace(route, jobs=tuple(k for k in route.jobs if k in frozen)) for route in plan.routes))


def _fits_somewhere(problem: Problem, plan: Plan, job: Job) -> bool:
    return job.people == 1 and bool(_insertions(problem, plan, job.key))


def _insertions(problem: Problem, plan: Plan, key: str) -> list[Plan]:
    days = {(worker.key, shift.day): () for worker in problem.workers for shift in worker.shifts}
    days.update({(route.worker, route.day): route.jobs for route in plan.routes})
    plans = []
    for day, jobs in days.items():
        for position in range(len(jobs) + 1):
            route = Route(*day, (*jobs[:position], key, *jobs[position:]))
            if tour(problem, route, dict(plan.together)) is not None:
                others = tuple(Route(*at_, jobs_) for at_, jobs_ in days.items() if at_ != day)
                plans.append(Plan((*others, route), plan.together))
    return plans


def _by_one(problem: Problem, plan: Plan, job: Job) -> list[int]:
    """What it costs to get the job in for one other, for each way there is."""
    before, found = cost(problem, plan).total, []
    loose = {one.key for one in problem.jobs if one.pin is None and one.people == 1}
    for gone, where in plan.placed():
        shift = next(
            shift
            for worker in problem.workers
            for shift in worker.shifts
            if (worker.key, shift.day) == (where.worker, where.day)
        )
        if gone not in loose or gone in shift.frozen:
            continue
        thinned = Plan(
            tuple(replace(route, jobs=tuple(key for key in route.jobs if key != gone)) for route in plan.routes),
            plan.together,
        )
        for one in _insertions(problem, thinned, job.key):
            changed = next(route for route in one.routes if job.key in route.jobs)
            # Room is made on the day that loses the other job.
            if (changed.worker, changed.day) == (where.worker, where.day):
                found.append(cost(problem, one).total - before)
    return found


def test_the_jobs_left_out_of_public_weeks_are_explained_while_somebody_waits(shared: Path) -> None:
    for week in public_weeks(shared):
        begun = time.process_time()
        found = explain_all(week.problem, week.plan)
        assert time.process_time() - begun < 3
        planned = {key for key, _ in week.plan.placed()}
        assert set(found) == {job.key for job in week.problem.jobs} - planned
        # Nothing is left out of a good plan that fits and pays.
        assert all(one.reason is not Reason.FITS for one in found.values())


def test_foreign_managers_may_help_at_their_price() -> None:
    workers = (make_worker(ANNA, make_shift()), make_worker(BERND, make_shift(), district=1))
    full = make_job("b", minutes=440)
    closed = reason_of(DULL, full, plan=plan_of(route_of("b")), workers=workers)
    assert closed.reason is Reason.NO_ROOM
    [relief] = [one for one in closed.would_fit_if if one.kind is Relaxed.FOREIGN]
    assert relief.slot.worker == BERND
    opened = reason_of(DULL, full, plan=plan_of(route_of("b")), workers=workers, rates=Rates(foreign_cents=600))
    assert opened.reason is Reason.FITS
