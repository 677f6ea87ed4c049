"""A near-best order of more stops than can be weighed one by one."""

from itsm.dispatch.planner.day import exact, improve, pyvrp_order
from itsm.dispatch.planner.day.model import Day
from itsm.dispatch.planner.day.timeline import Timeline


def good_order(day: Day, seed: int, iterations: int) -> list[int]:
    """The better of PyVRP's order and of a narrow sweep, after a local search.

    `iterations` is the number of PyVRP's iterations and the width of the sweep.
    """
    clock = Timeline(day)
    proposed = improve.insertion(clock, pyvrp_order.order(day, seed, iterations))
    known = improve.local_search(clock, proposed, seed, rounds=1)
    swept = exact.sweep(clock, known, width=iterations)
    return improve.local_search(clock, swept[1], seed, rounds=1)[1]
