"""The order in which one manager drives the stops of one day."""

from itsm.dispatch.planner.day import exact, large, timeline
from itsm.dispatch.planner.day.model import Day, DayPlan

# Up to here every order is weighed; beyond, a beam search and PyVRP look for a good one.
EXACT_STOPS = 12


def order_day(day: Day, seed: int, iterations: int) -> DayPlan:
    """The best order of the stops: exact up to EXACT_STOPS, near it beyond.

    No window is broken that any order could keep; then the fewest minutes late, the
    earliest return, the fewest metres. The same arguments give the same plan.
    `iterations` bounds the search of the days with more stops.
    Source: docs/rules/visits.md, VI-7.
    """
    if len(day.stops) <= EXACT_STOPS:
        return timeline.plan(day, exact.best_order(day, seed))
    return timeline.plan(day, large.good_order(day, seed, iterations))
