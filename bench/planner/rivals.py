"""Every way to plan a week that is measured, each within so many CPU seconds of one thread."""

import time
from collections.abc import Callable
from enum import StrEnum

from itsm.dispatch.planner.week.arrival_order import greedy, in_order_of_arrival
from itsm.dispatch.planner.week.model import Plan, Problem
from itsm.dispatch.planner.week.solve import Budget, solve
from itsm.dispatch.planner.week.warm import warm_up

SEED = 1


class Way(StrEnum):
    """Who plans."""

    OURS = "wir"
    PYVRP = "PyVRP allein"
    ORTOOLS = "OR-Tools"
    VROOM = "VROOM"
    GREEDY = "gierig"
    ARRIVAL = "nach Eingang"


class CpuStop:
    """Say stop after so many CPU seconds of this process, from the first question on."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.end = seconds, 0.0

    def __call__(self, _: float = 0.0) -> bool:
        """Whether the time is over."""
        now = time.process_time()
        self.end = self.end or now + self.seconds
        return now >= self.end


def planned(way: Way, problem: Problem, seconds: float) -> tuple[Plan, float]:
    """The plan, and the CPU seconds it took."""
    warm_up()
    begun = time.process_time()
    plan = WAYS[way](problem, seconds)
    return plan, time.process_time() - begun


def _ours(problem: Problem, seconds: float) -> Plan:
    return solve(problem, Budget(cpu_seconds=seconds), SEED)


def _pyvrp(problem: Problem, seconds: float) -> Plan:
    from bench.planner import pyvrp_week

    return pyvrp_week.plan(problem, CpuStop(seconds), SEED)


def _ortools(problem: Problem, seconds: float) -> Plan:
    from bench.planner import ortools_week

    return ortools_week.plan(problem, CpuStop(seconds))


def _vroom(problem: Problem, _: float) -> Plan:
    from bench.planner import vroom_week

    return vroom_week.plan(problem)


WAYS: dict[Way, Callable[[Problem, float], Plan]] = {
    Way.OURS: _ours,
    Way.PYVRP: _pyvrp,
    Way.ORTOOLS: _ortools,
    Way.VROOM: _vroom,
    Way.GREEDY: lambda problem, _: greedy(problem),
    Way.ARRIVAL: lambda problem, _: in_order_of_arrival(problem),
}
