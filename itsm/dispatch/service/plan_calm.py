"""The same days with less hurry in them: an order of stops that gains nothing leaves the times schools know."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from itsm.dispatch.planner.week.evaluate import cost_of_day
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import DAY_SECONDS, Plan, Route
from itsm.dispatch.planner.week.timeline import tour
from itsm.dispatch.service.week import Week
from itsm.dispatch.words import ANNOUNCED


def calmed(week: Week, plan: Plan, shift_cents: int) -> Plan:
    """Drive each day in the order that moves the fewest known times, at `shift_cents` for each of them.

    The search does not care whether a day is driven forwards or backwards; a school does.
    Units: cents.
    """
    index = Index.of(week.problem)
    known = {(route.worker, route.day): route.jobs for route in week.kept.routes}

    def calm(route: Route) -> Route:
        if any(index.jobs[key].people > 1 for key in route.jobs):
            return route
        ways = _ways(index, route, known.get((route.worker, route.day), ()))
        return min(ways, key=lambda way: _price(week, index, way, shift_cents))

    return replace(plan, routes=tuple(calm(route) for route in plan.routes))


def _ways(index: Index, route: Route, known: Sequence[str]) -> Iterator[Route]:
    """The order found, the other way round, and the order as it stands with what is new where it costs least."""
    frozen = len(index.work[route.worker, route.day].shift.frozen)
    yield route
    yield replace(route, jobs=(*route.jobs[:frozen], *reversed(route.jobs[frozen:])))
    jobs = tuple(key for key in known if key in route.jobs)
    for key in route.jobs:
        if key not in jobs:
            found = _inserted(index, route, jobs, key, frozen)
            if found is None:
                return
            jobs = found
    yield replace(route, jobs=jobs)


def _inserted(index: Index, route: Route, jobs: tuple[str, ...], key: str, frozen: int) -> tuple[str, ...] | None:
    work = index.work[route.worker, route.day]
    ways = ((*jobs[:at], key, *jobs[at:]) for at in range(frozen, len(jobs) + 1))
    fits = (way for way in ways if tour(index, replace(route, jobs=way)) is not None)
    return min(fits, key=lambda way: cost_of_day(index, work, way).total, default=None)


def _price(week: Week, index: Index, route: Route, shift_cents: int) -> float:
    found = tour(index, route)
    if found is None:
        return float("inf")
    day = cost_of_day(index, index.work[route.worker, route.day], route.jobs).total
    return day + shift_cents * sum(_is_shifted(week, stop.job, stop.start_at) for stop in found.stops)


def _is_shifted(week: Week, key: str, start_at: int) -> bool:
    """Whether a visit of this day leaves the span its school counts on."""
    visit = week.pieces[key].visit
    if visit is None or visit.visit_on != week.day(start_at // DAY_SECONDS):
        return False
    return abs(week.moment(start_at) - visit.starts_at) >= ANNOUNCED
