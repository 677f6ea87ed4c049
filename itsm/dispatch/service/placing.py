"""Where a visit stands: moved or newly made, without a word to the school and without a route.

Whoever calls this retimes the days it touches (routes.retime) and tells the schools.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from itsm.core import clock
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.dispatch import words
from itsm.dispatch.models import Assurance, Visit, VisitKind, VisitTicket
from itsm.dispatch.service import bundles
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.moves import move
from itsm.dispatch.service.withdrawals import withdraw_for
from itsm.dispatch.states import LABELS, VisitState
from itsm.org.models import Site
from itsm.tickets.models import Ticket


@dataclass(frozen=True)
class Spot:
    """Who comes when. `helper_id` is who lends a hand; None leaves whoever does."""

    user_id: int
    starts_at: datetime
    is_fixed: bool = False
    helper_id: int | None = None

    @property
    def day(self) -> date:
        """The day in Berlin."""
        return clock.local_day(self.starts_at)


def place(visit: Visit, spot: Spot, at: datetime) -> Visit:
    """Move a planned visit to another person, day or time; return the visit that now stands for it.

    A visit of the timetable that leaves its day keeps it as cancelled, else the clock would make it again.
    Raises: DomainError for a visit that has begun or is over.
    """
    hold(visit.district_id)
    db.session.refresh(visit)
    if visit.state is not VisitState.PLANNED:
        raise DomainError(
            f"Der Besuch bei {visit.school.short_name} ist schon {LABELS[visit.state]}. "
            "Er lässt sich nicht mehr verschieben."
        )
    moved = visit
    if visit.visiting_time_id is not None and spot.day != visit.visit_on:
        moved = stand_in(visit, spot.day, at)
    _set(moved, spot)
    db.session.flush()
    helpers = helpers_of(visit)
    for helper in helpers:
        helper.helps_id = moved.id
        _set(helper, Spot(spot.helper_id or helper.user_id, spot.starts_at, spot.is_fixed))
    if spot.helper_id is not None and not helpers:
        db.session.add(_helper(moved, spot.helper_id))
    db.session.flush()
    db.session.refresh(moved, ["district", "user"])
    return moved


def open_visit(
    tickets: Sequence[Ticket], site: Site, spot: Spot, minutes: int, at: datetime, helper_id: int | None = None
) -> Visit:
    """Make a visit for these tickets of one school; they leave any later visit and become "Besuch geplant"."""
    school = tickets[0].school
    hold(school.district_id)
    for ticket in tickets:
        bundles.detach(ticket.id, at)
    visit = Visit(
        school=school,
        site=site,
        district_id=school.district_id,
        user_id=spot.user_id,
        kind=VisitKind.PLANNED,
        assurance=Assurance.SOFT,
        is_fixed=spot.is_fixed,
        visit_on=spot.day,
        starts_at=spot.starts_at,
        minutes=minutes,
        jobs=[VisitTicket(ticket_id=ticket.id, ticket=ticket) for ticket in tickets],
        tasks=[],
    )
    db.session.add(visit)
    db.session.flush()
    db.session.refresh(visit, ["district", "user"])
    helper = helper_id or spot.helper_id
    if helper is not None:
        db.session.add(_helper(visit, helper))
        db.session.flush()
    for ticket in tickets:
        bundles.note_planned(ticket, visit, at)
    return visit


def stand_in(visit: Visit, day: date, at: datetime) -> Visit:
    """Make a visit that takes over tickets and tasks of one of the timetable, which is cancelled."""
    moved = Visit(
        school=visit.school,
        site=visit.site,
        district_id=visit.district_id,
        user_id=visit.user_id,
        kind=VisitKind.MANUAL,
        assurance=visit.assurance,
        visit_on=day,
        starts_at=visit.starts_at,
        minutes=visit.minutes,
        jobs=[],
        tasks=[],
    )
    db.session.add(moved)
    move(visit, "cancel", at, words.moved_to(day))
    for job in list(visit.jobs):
        visit.jobs.remove(job)
        moved.jobs.append(job)
    for task in list(visit.tasks):
        visit.tasks.remove(task)
        moved.tasks.append(task)
    return moved


def _set(visit: Visit, spot: Spot) -> None:
    if (visit.user_id, visit.visit_on) != (spot.user_id, spot.day):
        withdraw_for(visit)
        # On the new day it is driven where it delays least, until somebody says otherwise.
        visit.position = 0
    visit.user_id, visit.visit_on, visit.starts_at = spot.user_id, spot.day, spot.starts_at
    visit.is_fixed = spot.is_fixed
    visit.expected_at, visit.told_late_minutes = None, 0


def helpers_of(visit: Visit) -> Sequence[Visit]:
    """The visits of colleagues who lend a hand on this one."""
    return db.session.scalars(
        sa.select(Visit).where(Visit.helps_id == visit.id, Visit.state == VisitState.PLANNED).order_by(Visit.id)
    ).all()


def _helper(visit: Visit, user_id: int) -> Visit:
    return Visit(
        school=visit.school,
        site=visit.site,
        district_id=visit.district_id,
        user_id=user_id,
        helps_id=visit.id,
        kind=visit.kind,
        assurance=visit.assurance,
        is_fixed=visit.is_fixed,
        visit_on=visit.visit_on,
        starts_at=visit.starts_at,
        minutes=visit.minutes,
        jobs=[],
        tasks=[],
    )
