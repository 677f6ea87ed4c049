"""Weeks of the tests: small ones by hand or by chance, and the public ones with their own checker."""

import importlib.util
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from itsm.dispatch.planner.week.model import (
    DAY_SECONDS,
    Job,
    Pause,
    Pin,
    Plan,
    Problem,
    Promise,
    Rates,
    Route,
    Shift,
    Worker,
)
from itsm.dispatch.planner.week.rota import Rota, places_for
from itsm.dispatch.planner.week.slots import Slot
from itsm.dispatch.planner.week.timeline import tour

HOUR = 3600
MINUTE = 60
ANNA = "anna"
BERND = "bernd"


def at(day: int, hours: float) -> int:
    """A time of a day of the week.

    Units: seconds after midnight of the first day.
    """
    return day * DAY_SECONDS + round(hours * HOUR)


def make_shift(day: int = 0, start: float = 8, end: float = 16, **more: Any) -> Shift:
    return Shift(day, at(day, start), at(day, end), **more)


def make_pause(day: int = 0, minutes: int = 30, earliest: float = 11, latest: float = 13.5) -> Pause:
    return Pause(minutes * MINUTE, at(day, earliest), at(day, latest))


def make_worker(
    key: str = ANNA, *shifts: Shift, district: int = 0, base: int = 0, skills: Sequence[str] = ()
) -> Worker:
    return Worker(key, district, base, shifts or (make_shift(0), make_shift(1)), frozenset(skills))


def make_job(key: str, site: int = 1, minutes: int = 60, **more: Any) -> Job:
    """An hour at a site, on both days of the week from eight to four."""
    dull: dict[str, Any] = {
        "district": 0,
        "windows": ((at(0, 8), at(0, 16)), (at(1, 8), at(1, 16))),
        "leave_cents": 10_000,
        "late_cents": (0, 0),
    }
    return Job(key=key, site=site, seconds=minutes * MINUTE, **{**dull, **more})


def make_problem(
    *jobs: Job, workers: Sequence[Worker] | None = None, rates: Rates | None = None, drive_minutes: int = 10
) -> Problem:
    """Two days, ten minutes and five kilometres between any two sites."""
    workers = (make_worker(),) if workers is None else workers
    sites = 1 + max([job.site for job in jobs] + [worker.base for worker in workers])
    apart = 1 - np.eye(sites, dtype=np.int64)
    return Problem(
        days=2,
        site_districts=tuple(next((job.district for job in jobs if job.site == site), 0) for site in range(sites)),
        workers=tuple(workers),
        jobs=tuple(jobs),
        seconds=apart * drive_minutes * MINUTE,
        metres=apart * 5_000,
        rates=rates or Rates(),
    )


def chance_problem(seed: int) -> Problem:
    """A crooked little week: everything the model knows, at random."""
    chance = random.Random(seed)
    sites, days = chance.randint(2, 6), 2
    seconds = np.array([[0 if a == b else chance.randrange(0, 2400) for b in range(sites)] for a in range(sites)])
    metres = np.array([[0 if a == b else chance.randrange(0, 20_000) for b in range(sites)] for a in range(sites)])
    workers = tuple(
        Worker(
            key,
            number,
            chance.randrange(sites),
            _shifts(chance, sites),
            frozenset(chance.sample("xy", chance.choice((1, 2)))),
        )
        for number, key in enumerate((ANNA, BERND)[: chance.choice((1, 2))])
    )
    jobs = tuple(_job(chance, f"j{number}", sites, days) for number in range(chance.randint(1, 7)))
    rates = Rates(foreign_cents=chance.choice((None, 600)))
    return Problem(days, tuple(chance.randrange(2) for _ in range(sites)), workers, jobs, seconds, metres, rates)


def _shifts(chance: random.Random, sites: int) -> tuple[Shift, ...]:
    shifts = []
    for day in range(2):
        if chance.random() < 0.9:
            end = chance.choice((12, 14, 16))
            shifts.append(
                make_shift(
                    day,
                    chance.choice((7.5, 8, 10)),
                    end,
                    pause=make_pause(day) if chance.random() < 0.7 else None,
                    latest_end=at(day, end + 1) if chance.random() < 0.3 else None,
                    from_site=chance.randrange(sites) if chance.random() < 0.2 else None,
                )
            )
    return tuple(shifts)


def _job(chance: random.Random, key: str, sites: int, days: int) -> Job:
    windows = []
    for day in range(days):
        for first, last in chance.sample([(7.5, 9.5), (9, 12), (8, 16), (13, 15.5)], chance.choice((1, 1, 2))):
            windows.append((at(day, first), at(day, last)))
    pin = None
    if chance.random() < 0.15:
        pin = Pin(
            worker=chance.choice((None, ANNA, BERND)),
            day=chance.choice((None, 0, 1)),
            start=chance.choice((None, at(0, 9), at(1, 14))),
        )
    return Job(
        key=key,
        site=chance.randrange(sites),
        district=chance.choice((0, 0, 1)),
        seconds=chance.randrange(5, 150) * MINUTE,
        windows=tuple(windows),
        leave_cents=chance.randrange(500, 20_000),
        late_cents=(chance.choice((0, 0, 800)), chance.choice((0, 800, 3000))),
        priority=chance.randint(1, 4),
        skills=frozenset("x") if chance.random() < 0.2 else frozenset(),
        not_before=at(0, 10) if chance.random() < 0.1 else 0,
        pin=pin,
    )


def rich_problem(seed: int) -> Problem:
    """A crooked little week with promises, jobs for two and a frozen morning besides."""
    problem, chance = chance_problem(seed), random.Random(seed)
    jobs = tuple(
        replace(
            job,
            people=2 if chance.random() < 0.2 else 1,
            promise=Promise(chance.choice((ANNA, BERND)), chance.randrange(2), 500) if chance.random() < 0.3 else None,
        )
        for job in problem.jobs
    )
    first = next((job.key for job in jobs if job.pin is None and job.people == 1), None)
    workers = problem.workers
    if first is not None and chance.random() < 0.3:
        anna = workers[0]
        frozen = tuple(replace(shift, frozen=(first,) if shift.day == 0 else ()) for shift in anna.shifts)
        workers = (replace(anna, shifts=frozen), *workers[1:])
    return replace(problem, jobs=jobs, workers=workers)


def chance_plan(problem: Problem, seed: int) -> Plan:
    """Jobs dropped anywhere they fit, some of them nowhere."""
    chance = random.Random(seed)
    rota = Rota(problem, frozen_plan(problem))
    for job in chance.sample(problem.jobs, len(problem.jobs)):
        places = [] if job.key in rota.places() else list(places_for(rota, job.key))
        if places and chance.random() < 0.8:
            rota = rota.with_job(job.key, chance.choice(places))
    return rota.plan()


def frozen_plan(problem: Problem) -> Plan:
    """What cannot be otherwise: the frozen jobs at the begin of their days."""
    return Plan(
        tuple(
            Route(worker.key, shift.day, shift.frozen)
            for worker in problem.workers
            for shift in worker.shifts
            if shift.frozen
        )
    )


def is_sound(problem: Problem, plan: Plan) -> bool:
    """Whether every day of the plan can be driven, and what needs several people has them at one time."""
    routes = {(route.worker, route.day): route for route in plan.routes}
    together = dict(plan.together)
    days = [(worker.key, shift.day) for worker in problem.workers for shift in worker.shifts]
    tours = [tour(problem, routes.pop(day, Route(*day, ())), together) for day in days]
    starts: dict[str, list[int]] = {}
    for one in tours:
        for stop in one.stops if one is not None else ():
            starts.setdefault(stop.job, []).append(stop.start_at)
    people = {job.key: job.people for job in problem.jobs}
    return (
        not routes
        and None not in tours
        and all(len(at) == people[key] and len(set(at)) == 1 for key, at in starts.items())
    )


def with_slot(plan: Plan, key: str, slot: Slot, *gone: str) -> Plan:
    """The plan with the job where the slot says, without those gone; shares no line with the planner."""
    days = {(route.worker, route.day): [job for job in route.jobs if job not in (key, *gone)] for route in plan.routes}
    for worker, day, position in [(slot.worker, slot.day, slot.position)] + [
        (seat.worker, seat.day, seat.position) for seat in slot.others
    ]:
        days.setdefault((worker, day), []).insert(position, key)
    together = {job: at for job, at in plan.together if job not in (key, *gone)}
    if slot.others:
        together[key] = slot.start_at
    routes = tuple(Route(*day, tuple(jobs)) for day, jobs in sorted(days.items()) if jobs)
    return Plan(routes, tuple(sorted(together.items())))


def route_of(*jobs: str, worker: str = ANNA, day: int = 0) -> Route:
    return Route(worker, day, jobs)


def plan_of(*routes: Route) -> Plan:
    return Plan(routes)


def returns(problem: Problem, route: Route) -> int | None:
    """When the day ends, by trying every place of the break on its own; shares no line with the planner.

    The rules of persons are not looked at.
    """
    worker = next(one for one in problem.workers if one.key == route.worker)
    shift = next(one for one in worker.shifts if one.day == route.day)
    jobs = [next(job for job in problem.jobs if job.key == key) for key in route.jobs]
    moments: list[int | None] = [None] if shift.pause is None else list(range(2 * len(jobs) + 1))
    ends = [_end(problem, worker, shift, jobs, moment) for moment in moments]
    limit = shift.end if shift.latest_end is None else shift.latest_end
    return min((end for end in ends if end is not None and end <= limit), default=None)


def _end(problem: Problem, worker: Worker, shift: Shift, jobs: Sequence[Job], moment: int | None) -> int | None:
    """The day with its break at departure (0), on arrival at (1, 3, …) or after (2, 4, …) one stop."""
    now: int | None = shift.start
    site = worker.base if shift.from_site is None else shift.from_site
    if moment == 0:
        now = _after_pause(shift.pause, now)
    for number, job in enumerate(jobs):
        if now is None:
            return None
        now += int(problem.seconds[site, job.site])
        if moment == 2 * number + 1:
            now = _after_pause(shift.pause, now)
        now = _after_job(job, shift.day, now)
        if moment == 2 * number + 2:
            now = _after_pause(shift.pause, now)
        site = job.site
    return None if now is None else now + int(problem.seconds[site, worker.base])


def _after_pause(pause: Pause | None, now: int | None) -> int | None:
    if pause is None or now is None or now > pause.latest:
        return None
    return max(now, pause.earliest) + pause.seconds


def _after_job(job: Job, day: int, now: int | None) -> int | None:
    if now is None:
        return None
    best = None
    for opens, closes in job.windows:
        if opens // DAY_SECONDS != day:
            continue
        start = max(now, opens, job.not_before)
        if job.pin is not None and job.pin.start is not None:
            if start > job.pin.start:
                continue
            start = job.pin.start
        if start + job.seconds <= closes:
            best = start if best is None else min(best, start)
    return None if best is None else best + job.seconds


@dataclass(frozen=True)
class PublicWeek:
    """One district of a public week, for us and for its own checker."""

    problem: Problem
    check: Any
    plan: Plan

    def vehicle(self, worker: str, day: int) -> int:
        return next(
            number
            for number, one in enumerate(self.check.veh)
            if (self.check.mans[one["m"]]["id"], one["day"]) == (worker, day)
        )

    def checked(self, plan: Plan) -> dict[int, list[int]]:
        """The plan as the checker wants it."""
        numbers = {job["id"]: number for number, job in enumerate(self.check.jobs)}
        return {self.vehicle(route.worker, route.day): [numbers[key] for key in route.jobs] for route in plan.routes}


PUBLIC = tuple(product(("week_s201_l0.75", "week_s202_l1.0", "week_s203_l1.3"), (0, 4, 9)))


def public_weeks(shared: Path, cross: bool = False) -> Iterator[PublicWeek]:
    for name, district in PUBLIC:
        yield public_week(shared, name, (district, district + 1) if cross else (district,), cross)


@cache
def public_week(shared: Path, name: str, districts: tuple[int, ...], cross: bool = False) -> PublicWeek:
    """A public week, which nobody changes: read once for all tests."""
    folder = shared / "data" / "dispatch"
    facts, known = _read(folder / f"{name}.json"), _read(folder / f"{name}.ref.json")
    checker = week_check(folder)
    check = checker.Week(facts, districts, cross=cross)
    routes = tuple(
        Route(check.mans[number]["id"], int(day), tuple(jobs))
        for number, district in enumerate(districts)
        for day, jobs in known[str(district)]["best_plan"].items()
    )
    return PublicWeek(_public_problem(facts, check, cross), check, Plan(routes))


@cache
def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


@cache
def week_check(folder: Path) -> ModuleType:
    """The checker that comes with the public weeks."""
    spec = importlib.util.spec_from_file_location("week_check", folder / "week_check.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _public_problem(facts: dict[str, Any], check: Any, cross: bool) -> Problem:
    return Problem(
        days=facts["meta"]["days"],
        site_districts=tuple(site["district"] for site in facts["sites"]),
        workers=tuple(_public_worker(one) for one in check.mans),
        jobs=tuple(
            Job(
                key=job["id"],
                site=job["site"],
                district=job["district"],
                seconds=job["dur"],
                windows=tuple((start, end) for start, end in job["windows"]),
                leave_cents=check.U[number],
                late_cents=tuple(check.late[number]),
                priority=job["prio"],
                due_day=job["due"],
                skills=frozenset(job["skills"]),
            )
            for number, job in enumerate(check.jobs)
        ),
        seconds=np.array(facts["travel_s"], dtype=np.int64),
        metres=np.array(facts["travel_m"], dtype=np.int64),
        rates=Rates(foreign_cents=600 if cross else None),
    )


def _public_worker(facts: dict[str, Any]) -> Worker:
    def shift(day: int, start: int, end: int) -> Shift:
        midnight = day * DAY_SECONDS
        pause = Pause(facts["break_min"] * MINUTE, midnight + facts["break_earliest"], midnight + facts["break_latest"])
        return Shift(day, midnight + start, midnight + end, pause if end - start > 6 * HOUR else None)

    shifts = tuple(shift(*one) for one in facts["shifts"])
    return Worker(facts["id"], facts["district"], facts["base"], shifts, frozenset(facts["skills"]))
