"""The search for a good week within a budget of iterations or CPU seconds."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from itsm.dispatch.planner.week.model import Plan, Problem
from itsm.dispatch.planner.week.together import hold

if TYPE_CHECKING:
    from itsm.dispatch.planner.week.encode import Encoded

# The walk takes a plan dearer by so many cents at its begin, from a given plan on, and at its end.
HOT, WARM, COLD = 3000.0, 300.0, 30.0
# How many stops are taken out at a time on average, and how often a good place is overlooked.
REMOVED, BLINK = 10.0, 0.01
CHUNK_STEPS = 1000
CHUNK_SECONDS = 0.02

Progress = Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class Budget:
    """When the search stops: after so many iterations or CPU seconds of its thread, whichever comes first.

    Never wall time: on a busy server that would buy a worse plan. One of the two must be given.
    """

    iterations: int | None = None
    cpu_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.iterations is None and self.cpu_seconds is None:
            raise ValueError("A search without an end was asked for.")


def solve(
    problem: Problem, budget: Budget, seed: int = 0, start: Plan | None = None, progress: Progress | None = None
) -> Plan:
    """Return the best plan found; never dearer than `start` as far as that can still be driven.

    The same seed and number of iterations give the same plan. `progress` hears the share done, from
    time to time; the search ends where it answers False.
    """
    # Imported here: numba takes half a second and 60 MB, and the web server has no use for it.
    from itsm.dispatch.planner.week.encode import encode

    start = start or Plan()
    held = hold(problem, start)
    code = encode(problem, held)
    together = tuple(sorted({key: begin for (key, _), begin in held.items()}.items()))
    if not code.rows or not code.tours:
        return Plan()
    search = _Search(code, start, seed)
    search.run(budget, WARM if start.routes else HOT, progress or _go_on)
    return code.plan(search.room.best_heads, search.room.best_stops, together)


def _go_on(_: float) -> bool:
    return True


class _Search:
    """One walk of the compiled search, interrupted to look at the clock."""

    def __init__(self, code: "Encoded", start: Plan, seed: int) -> None:
        from itsm.dispatch.planner.week import kernel, tables

        self.week = code.week
        self.now = code.place(start)
        self.next = tables.twin(self.now)
        self.room = tables.scratch(self.week, self.now, seed)
        self._search = kernel.search
        # Compiled or loaded now, so that the budget does not pay for it.
        self._walk(0, 0.0, 1.0, HOT)

    def run(self, budget: Budget, hot: float, progress: Progress) -> None:
        begun, done, share = time.thread_time(), 0, 0.0
        while share < 1.0 and progress(share):
            steps, whole = self._chunk(budget, done, time.thread_time() - begun)
            if steps <= 0:
                break
            self._walk(steps, max(share * whole, 0.0), whole, hot)
            done += steps
            share = _share(budget, done, time.thread_time() - begun)

    def _chunk(self, budget: Budget, done: int, seconds: float) -> tuple[int, float]:
        """How many steps to walk until the clock is looked at again, and how many there will be in all."""
        if budget.cpu_seconds is None:
            whole = budget.iterations or 0
            return min(CHUNK_STEPS, whole - done), float(whole)
        pace = done / max(seconds, 1e-6) if done else 5000.0
        steps = int(pace * min(CHUNK_SECONDS, budget.cpu_seconds - seconds))
        if budget.iterations is not None:
            steps = min(steps, budget.iterations - done)
        return max(1, steps), max(1.0, pace * budget.cpu_seconds)

    def _walk(self, steps: int, begun: float, whole: float, hot: float) -> None:
        self._search(self.week, self.now, self.next, self.room, steps, begun, whole, hot, COLD, REMOVED, BLINK)


def _share(budget: Budget, done: int, seconds: float) -> float:
    by_steps = done / max(budget.iterations, 1) if budget.iterations is not None else 0.0
    by_clock = seconds / max(budget.cpu_seconds, 1e-9) if budget.cpu_seconds is not None else 0.0
    return max(by_steps, by_clock)


def districts(problem: Problem) -> Iterator[Problem]:
    """Cut a week into one problem per district, in the order of their numbers."""
    numbers = {worker.district for worker in problem.workers} | {job.district for job in problem.jobs}
    for number in sorted(numbers):
        yield replace(
            problem,
            workers=tuple(worker for worker in problem.workers if worker.district == number),
            jobs=tuple(job for job in problem.jobs if job.district == number),
        )


def solve_districts(
    problem: Problem,
    budget: Budget,
    seed: int = 0,
    start: Plan | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> Plan:
    """Solve each district alone, each with the whole budget, on so many threads; the search lets others run."""
    parts = list(districts(problem))
    ended: list[Problem] = []

    def solve_one(part: Problem) -> Plan:
        plan = solve(part, budget, seed, _part_of(start, part), heard)
        ended.append(part)
        return plan

    def heard(share: float) -> bool:
        return progress is None or progress(min(1.0, (len(ended) + share) / len(parts)))

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        plans = list(pool.map(solve_one, parts))
    return Plan(
        tuple(route for plan in plans for route in plan.routes),
        tuple(one for plan in plans for one in plan.together),
    )


def _part_of(start: Plan | None, part: Problem) -> Plan | None:
    if start is None:
        return None
    workers, jobs = {worker.key for worker in part.workers}, {job.key for job in part.jobs}
    return Plan(
        tuple(route for route in start.routes if route.worker in workers),
        tuple(one for one in start.together if one[0] in jobs),
    )
