"""What a plan of a week costs and drives, as the comparison shows it."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from itsm.dispatch.planner.week.evaluate import cost, places_of, sites_of, travel_of
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import Plan
from itsm.dispatch.planner.week.timeline import tour
from itsm.dispatch.service.week import Week
from itsm.dispatch.service.week_prices import FIRM_CENTS


def numbers(week: Week, plan: Plan) -> dict[str, Any]:
    """Return the cost by part and what it is made of; the plan must break no rule.

    Units: `cost` in cents, `travel_seconds` without signing in, `late` and `left_out` jobs by priority,
    `days` in minutes per person and day.
    """
    index, places = Index.of(week.problem), places_of(plan)
    done = {key for key, where in places.items() if len(where) >= index.jobs[key].people}
    left = [job for job in index.jobs.values() if job.key not in done]
    untenable = sum(job.leave_cents >= FIRM_CENTS for job in left)
    parts = cost(index, plan)
    late = Counter(index.jobs[key].priority for key in done if index.jobs[key].late_cents[places[key][0][1]])
    return {
        "cost": {
            "travel": parts.travel,
            "foreign": parts.foreign,
            "overtime": parts.overtime,
            "late": parts.late,
            "moved": parts.moved,
            # A fixed visit that cannot be kept has no price one could weigh against another.
            "left_out": parts.left_out - untenable * FIRM_CENTS,
        },
        "offset": parts.offset,
        "travel_seconds": sum(_driven(week, index, plan)),
        "travel_metres": travel_of(index, plan)[1],
        "jobs": len(done),
        "late": {str(priority): count for priority, count in sorted(late.items())},
        "left_out": {
            str(priority): count
            for priority, count in sorted(Counter(job.priority for job in left if job.leave_cents < FIRM_CENTS).items())
        },
        "untenable": untenable,
        "days": list(_days(week, index, plan)),
    }


def total(week: Week, plan: Plan) -> int:
    """Return what a plan costs in all.

    Units: cents.
    """
    return cost(week.problem, plan).total


def _driven(week: Week, index: Index, plan: Plan) -> Iterator[int]:
    for route in plan.routes:
        sites = sites_of(index, index.work[route.worker, route.day], route.jobs)
        yield from (int(week.seconds_driven[start, end]) for start, end in pairwise(sites))


def _days(week: Week, index: Index, plan: Plan) -> Iterator[dict[str, Any]]:
    together = dict(plan.together)
    for route in plan.routes:
        found = tour(index, route, together)
        if found is None:
            continue
        shift = index.work[route.worker, route.day].shift
        yield {
            "user_id": week.user(route.worker).id,
            "day": week.day(route.day).isoformat(),
            "stops": len(route.jobs),
            "minutes": (found.back_at - found.leave_at) // 60,
            "overtime_minutes": max(0, found.back_at - shift.end) // 60,
        }
