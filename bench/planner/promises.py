"""Promises to schools: all that a plan visits, and how many of them another plan breaks."""

from collections.abc import Sequence
from dataclasses import replace

from itsm.dispatch.planner.week.evaluate import places_of
from itsm.dispatch.planner.week.model import Job, Plan, Problem, Promise


def promised(jobs: Sequence[Job], plan: Plan, cents: int) -> tuple[Job, ...]:
    """The jobs, each promised to the worker and day it has in the plan."""
    spots = {key: Promise(route.worker, route.day, cents) for key, route in plan.placed()}
    return tuple(replace(job, promise=spots.get(job.key)) for job in jobs)


def broken_promises(problem: Problem, plan: Plan) -> int:
    """How many promised visits have another worker or day, or are not made."""
    places = places_of(plan)
    return sum(
        job.promise is not None and (job.promise.worker, job.promise.day) not in places.get(job.key, ())
        for job in problem.jobs
    )
