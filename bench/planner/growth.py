"""How time, memory and quality grow with the number of districts: invented ones, made of the public ones."""

import resource
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from bench import table
from bench.planner import weeks
from bench.planner.pool import alone
from itsm.dispatch.planner.week import format
from itsm.dispatch.planner.week.arrival_order import greedy
from itsm.dispatch.planner.week.check import check
from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.model import Job, Problem, Table
from itsm.dispatch.planner.week.solve import Budget, solve
from itsm.dispatch.planner.week.warm import warm_up

DISTRICTS = 11
# How many times the districts, CPU seconds for each, workers.
RUNS = ((1, 1.0, 1), (1, 1.0, 2), (10, 1.0, 1), (10, 1.0, 2), (30, 0.3, 1), (30, 0.3, 2))
QUICK_RUNS = ((1, 1.0, 1), (1, 1.0, 2), (3, 0.3, 1), (3, 0.3, 2))
LOUD_PERCENT = 10
MINUTES_5 = 300
KIB_OF_MIB = 1024


@dataclass(frozen=True)
class Row:
    """So many districts planned by so many workers. The search lets other threads run, so workers are threads."""

    times: int
    districts: int
    jobs: int
    workers: int
    budget: float
    wall_seconds: float
    cpu_seconds_each: float
    to_greedy: float
    broken: int
    peak_mib: float


def rows(quick: bool) -> list[Row]:
    """Plan each number of districts in a process of its own."""
    return [alone(_measured, *run) for run in (QUICK_RUNS if quick else RUNS)]


def _measured(times: int, budget: float, workers: int) -> Row:
    problems = invented(times * DISTRICTS)
    warm_up()
    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(workers) as pool:
        plans = list(pool.map(lambda one: solve(one, Budget(cpu_seconds=budget), 1), problems))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_OF_MIB
    ours = sum(cost(problem, plan).avoidable for problem, plan in zip(problems, plans, strict=True))
    simple = sum(cost(problem, greedy(problem)).avoidable for problem in problems)
    return Row(
        times,
        len(problems),
        sum(len(problem.jobs) for problem in problems),
        workers,
        budget,
        wall,
        cpu / len(problems),
        ours / simple,
        sum(len(check(problem, plan)) for problem, plan in zip(problems, plans, strict=True)),
        peak,
    )


def invented(count: int) -> list[Problem]:
    """Districts like those of the public weeks, no two alike, each with the drives between its own sites."""
    rng = np.random.default_rng(1)
    originals: list[Problem] = []
    for name in weeks.weeks():
        originals += [_own_sites(format.read(weeks.text(name), district=one)) for one in weeks.districts(name)]
    weeks.read.cache_clear(), weeks.text.cache_clear()
    return [_like(originals[number % len(originals)], rng) for number in range(count)]


def _own_sites(problem: Problem) -> Problem:
    used = sorted({job.site for job in problem.jobs} | {worker.base for worker in problem.workers})
    place = {site: number for number, site in enumerate(used)}
    return replace(
        problem,
        site_districts=tuple(problem.site_districts[site] for site in used),
        workers=tuple(replace(worker, base=place[worker.base]) for worker in problem.workers),
        jobs=tuple(replace(job, site=place[job.site]) for job in problem.jobs),
        seconds=problem.seconds[np.ix_(used, used)],
        metres=problem.metres[np.ix_(used, used)],
    )


def _like(problem: Problem, rng: np.random.Generator) -> Problem:
    """Drives and work a little longer or shorter, and each job at the place of another."""
    noise = 1 + rng.uniform(-LOUD_PERCENT, LOUD_PERCENT, problem.seconds.shape) / 100
    places = rng.permutation([job.site for job in problem.jobs])
    return replace(
        problem,
        jobs=tuple(_like_job(job, int(site), rng) for job, site in zip(problem.jobs, places, strict=True)),
        seconds=_times(problem.seconds, noise),
        metres=_times(problem.metres, noise),
    )


def _like_job(job: Job, site: int, rng: np.random.Generator) -> Job:
    shorter = MINUTES_5 * int(rng.integers(0, 2))
    return replace(job, site=site, seconds=max(2 * MINUTES_5, job.seconds - shorter))


def _times(values: Table, noise: np.ndarray) -> Table:
    return np.rint(values * noise).astype(np.int64)


def lines(measured: Sequence[Row]) -> list[str]:
    """The rows as a table."""
    heads = ("Bezirke", "Störungen", "Arbeiter", "Budget s", "Dauer s", "CPU s je Bezirk", "zu gierig", "Brüche", "MiB")
    return table.lines(
        heads,
        [
            (
                f"{row.districts} ({row.times}×)",
                str(row.jobs),
                str(row.workers),
                table.number(row.budget, 1),
                table.number(row.wall_seconds, 1),
                table.number(row.cpu_seconds_each, 2),
                table.number(row.to_greedy, 2),
                str(row.broken),
                table.number(row.peak_mib, 0),
            )
            for row in measured
        ],
    )
