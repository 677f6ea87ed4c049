"""What the plan of a week saves against jobs taken in the order in which they came, reckoned by the planner."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from itsm.core.db import db
from itsm.dispatch.planner.week.arrival_order import in_order_of_arrival
from itsm.dispatch.service import plan_numbers, week
from itsm.dispatch.service.week_jobs import Piece
from itsm.org.models import District


@dataclass(frozen=True)
class Side:
    """One way to do the week.

    Units: minutes, metres, cents; `late` and `left_out` in jobs.
    """

    jobs: int
    travel_minutes: int
    travel_metres: int
    late: int
    left_out: int
    cents: int


@dataclass(frozen=True)
class Savings:
    """The plan in force, and the same jobs in the order in which they came."""

    planned: Side
    by_arrival: Side

    @property
    def minutes(self) -> int:
        """Driving saved; less than nothing if the plan drives more."""
        return self.by_arrival.travel_minutes - self.planned.travel_minutes

    @property
    def metres(self) -> int:
        """Way saved."""
        return self.by_arrival.travel_metres - self.planned.travel_metres

    @property
    def cents(self) -> int:
        """What it is worth by the prices of week planning."""
        return self.by_arrival.cents - self.planned.cents


def savings(first_on: date, days: int, at: datetime) -> Savings | None:
    """Compare the rest of a week as it is planned with the order of arrival; nothing where nothing is planned.

    Both do the same jobs: what has no visit yet counts for neither.
    Source: docs/rules/visits.md, VI-38.
    """
    districts = db.session.scalars(sa.select(District.id)).all()
    found = week.build(first_on, days, districts, at)
    placed = {key for key, _ in found.kept.placed()}
    if not placed:
        return None
    jobs = (job for job in found.problem.jobs if job.key in placed)
    problem = replace(found.problem, jobs=tuple(sorted(jobs, key=lambda job: _arrival(found.pieces[job.key]))))
    found = found.with_problem(problem, found.kept)
    return Savings(
        planned=_side(plan_numbers.numbers(found, found.kept)),
        by_arrival=_side(plan_numbers.numbers(found, in_order_of_arrival(problem))),
    )


def _arrival(piece: Piece) -> tuple[bool, int]:
    """The place in the queue: by the oldest ticket; a visit without one was there for its own sake."""
    oldest = min((ticket.id for ticket in piece.tickets), default=None)
    return oldest is None, oldest or 0


def _side(said: dict[str, Any]) -> Side:
    cost = said["cost"]
    return Side(
        jobs=said["jobs"],
        travel_minutes=said["travel_seconds"] // 60,
        travel_metres=said["travel_metres"],
        late=sum(said["late"].values()),
        left_out=sum(said["left_out"].values()) + said["untenable"],
        # A promise moved is no fault of the order of arrival: it made none.
        cents=sum(cents for part, cents in cost.items() if part != "moved"),
    )
