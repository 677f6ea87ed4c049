"""Visits come, move and fall through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.dispatch import figures, hours, notices, outage_queries, policy, queries
from itsm.dispatch.models import Visit, VisitingTime, VisitKind, VisitTask
from itsm.dispatch.service import bundles, device_tasks, placing, routes
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.moves import move
from itsm.dispatch.service.withdrawals import withdraw_for
from itsm.dispatch.states import LABELS, VisitState
from itsm.dispatch.timetable import Rhythm, occurrences
from itsm.org import calendar
from itsm.org import queries as schools
from itsm.org.models import School, Site
from itsm.tickets.models import Ticket

FURTHEST = timedelta(days=365)


@dataclass(frozen=True)
class Wish:
    """What somebody who adds or moves a visit may say: a start makes it a fixed appointment."""

    visit_on: date
    starts: time | None = None
    minutes: int = 30


def make_visits(at: datetime, school_id: int | None = None) -> int:
    """Make the visits of the coming weeks from the fixed visiting times; return how many are new.

    A day that has its visit already, even a cancelled one, gets no second.
    Source: docs/rules/visits.md, VI-1 and VI-2.
    """
    today = clock.local_day(at)
    _call_off_closed_days(today, at)
    last_on = today + timedelta(weeks=figures.visit_on(today)[figures.WEEKS_AHEAD])
    drivers: dict[tuple[int, date], int | None] = {}
    made: list[Visit] = []
    for fixed in _visiting_times(school_id):
        school = fixed.school
        movable = frozenset(row.day for row in school.movable_days)
        known = _days_with_visit(fixed, today)
        rhythm = Rhythm(fixed.weekday, fixed.starts, fixed.minutes, fixed.every_weeks, fixed.from_on, fixed.until_on)
        for turn in occurrences(rhythm, today, last_on, calendar.school_calendar(movable)):
            driver = _driver(drivers, school, turn.visit_on)
            if turn.visit_on in known or turn.span.start <= at or driver is None:
                continue
            made.append(_regular(fixed, turn.visit_on, turn.span.start, driver))
    db.session.add_all(made)
    db.session.flush()
    for found in sorted({visit.school_id for visit in made} | _schools_with_open_tickets(school_id)):
        bundles.bundle(found, at)
    plan_days(made, at)
    return len(made)


def add(actor: Actor, school: School, site: Site, wish: Wish, tasks: Iterable[str], at: datetime) -> Visit:
    """Add a visit by hand; the school is told, and its open tickets come along.

    Raises: NotAllowed unless the actor plans for this school; DomainError for a day on which
        the school is closed or nobody is on duty.
    """
    if not policy.may_plan_for(actor, school):
        raise NotAllowed("Besuche legt das Campusmanagement des Bezirks oder die Teamleitung an.")
    driver_id = _driver_for(school, wish, at)
    visit = Visit(
        school=school,
        site=site,
        district_id=school.district_id,
        user_id=driver_id,
        kind=VisitKind.MANUAL,
        jobs=[],
        tasks=[VisitTask(text=text) for text in tasks],
        **_times(school, wish),
    )
    db.session.add(visit)
    db.session.flush()
    db.session.refresh(visit, ["district", "user"])
    bundles.bundle(school.id, at)
    plan_days([visit], at)
    notices.planned(visit, at)
    return visit


def shift(actor: Actor, visit: Visit, wish: Wish, at: datetime) -> Visit:
    """Move a visit to another day or time; return the visit that now stands for it.

    A visit of the timetable keeps its day as cancelled, else the clock would make it again.
    """
    _require_plan(actor, visit)
    if visit.state is not VisitState.PLANNED:
        raise DomainError(f"Der Besuch ist schon {LABELS[visit.state]}. Er lässt sich nicht mehr verschieben.")
    driver_id = _driver_for(visit.school, wish, at)
    left = (visit.user_id, visit.visit_on)
    moved = visit
    if visit.visiting_time_id is not None and wish.visit_on != visit.visit_on:
        moved = placing.stand_in(visit, wish.visit_on, at)
    withdraw_for(visit)
    # New on its day: on one that runs it must not keep a place it had elsewhere.
    moved.user_id, moved.position = driver_id, 0
    for name, value in _times(visit.school, wish).items():
        setattr(moved, name, value)
    db.session.flush()
    db.session.refresh(moved, ["district", "user"])
    routes.plan_route(left[0], left[1], at)
    plan_days([moved], at)
    notices.moved(moved, at)
    return moved


def cancel(actor: Actor, visit: Visit, reason: str, at: datetime) -> None:
    """Call a visit off; its tickets go back to the list of those without a visit, with the reason."""
    _require_plan(actor, visit)
    call_off(visit, "cancel", reason, at)


def miss(actor: Actor, visit: Visit, reason: str, at: datetime) -> None:
    """Note that a visit did not take place; its tickets go back to the list of those without a visit."""
    _require_plan(actor, visit)
    call_off(visit, "miss", reason, at)


def miss_left_over(at: datetime) -> int:
    """Note for all visits of earlier days that never began that they did not take place."""
    today = clock.local_day(at)
    left = db.session.scalars(
        sa.select(Visit).where(Visit.visit_on < today, Visit.state.in_([VisitState.PLANNED, VisitState.DRIVING]))
    ).all()
    for visit in left:
        call_off(visit, "miss", f"Am {visit.visit_on:%d.%m.%Y} haben wir es nicht mehr geschafft.", at)
    return len(left)


def call_off(visit: Visit, name: str, reason: str, at: datetime) -> None:
    """Cancel or miss a visit, free its tickets and the rest of the day, and tell the school."""
    reason = reason.strip()
    if not reason:
        raise DomainError("Bitte nennen Sie den Grund. Die Schule liest ihn.")
    move(visit, name, at, reason)
    bundles.release(visit, reason, at)
    device_tasks.pass_on(visit, at)
    routes.plan_route(visit.user_id, visit.visit_on, at)
    notices.called_off(visit, at)


def plan_days(visits: Iterable[Visit], at: datetime) -> None:
    """Order the days of these visits."""
    days = {(visit.visit_on, visit.user_id) for visit in visits}
    for day, user_id in sorted(days):
        routes.plan_route(user_id, day, at)


def _call_off_closed_days(today: date, at: datetime) -> None:
    """Call off visits of the timetable on days a school has closed since, such as a new movable holiday."""
    planned = sa.select(Visit).where(
        Visit.kind == VisitKind.REGULAR, Visit.state == VisitState.PLANNED, Visit.visit_on >= today
    )
    for visit in db.session.scalars(
        planned.options(joinedload(Visit.school, innerjoin=True).selectinload(School.movable_days))
    ).all():
        closed = calendar.closed_reason(visit.visit_on, {row.day for row in visit.school.movable_days})
        if closed:
            call_off(visit, "cancel", f"An diesem Tag ist die Schule geschlossen ({closed}).", at)


def _visiting_times(school_id: int | None) -> Iterable[VisitingTime]:
    school = joinedload(VisitingTime.school, innerjoin=True)
    select = sa.select(VisitingTime).join(School).where(School.closed_at.is_(None), School.district_id.is_not(None))
    if school_id is not None:
        select = select.where(School.id == school_id)
    return db.session.scalars(
        select.order_by(VisitingTime.id).options(
            school.selectinload(School.movable_days), selectinload(VisitingTime.site)
        )
    ).all()


def _days_with_visit(fixed: VisitingTime, today: date) -> set[date]:
    rows = sa.select(Visit.visit_on).where(Visit.visiting_time_id == fixed.id, Visit.visit_on >= today)
    return set(db.session.scalars(rows))


def _regular(fixed: VisitingTime, day: date, starts_at: datetime, driver: int) -> Visit:
    return Visit(
        school=fixed.school,
        site=fixed.site,
        district_id=fixed.school.district_id,
        user_id=driver,
        visiting_time=fixed,
        kind=VisitKind.REGULAR,
        visit_on=day,
        starts_at=starts_at,
        minutes=fixed.minutes,
        jobs=[],
        tasks=[],
    )


def _driver(drivers: dict[tuple[int, date], int | None], school: School, day: date) -> int | None:
    if school.district_id is None:
        return None
    key = (school.district_id, day)
    if key not in drivers:
        driver = outage_queries.driver_on(*key)
        drivers[key] = driver.id if driver else None
    return drivers[key]


def _schools_with_open_tickets(school_id: int | None) -> set[int]:
    """The schools of tickets nobody is booked for: whatever fell off a visit finds the next one over night."""
    select = sa.select(Ticket.school_id).where(queries.without_visit()).distinct()
    if school_id is not None:
        select = select.where(Ticket.school_id == school_id)
    return set(db.session.scalars(select))


def _driver_for(school: School, wish: Wish, at: datetime) -> int:
    """Who drives on the wished day.

    Raises: DomainError with the reason if nobody can.
    """
    today, day = clock.local_day(at), wish.visit_on
    if not today <= day <= today + FURTHEST:
        raise DomainError("Bitte wählen Sie einen Tag ab heute und höchstens ein Jahr im Voraus.")
    closed = calendar.closed_reason(day, schools.movable_days_of(school.id))
    if closed:
        raise DomainError(
            f"Am {day:%d.%m.%Y} ist die Schule geschlossen ({closed}). Bitte wählen Sie einen anderen Tag."
        )
    if wish.starts is not None and clock.at_local(day, wish.starts) <= at:
        raise DomainError("Diese Uhrzeit ist schon vorbei. Bitte wählen Sie eine spätere.")
    driver = outage_queries.driver_on(school.district_id, day) if school.district_id is not None else None
    if driver is None:
        raise DomainError(f"Am {day:%d.%m.%Y} ist für diesen Bezirk niemand im Dienst.")
    return driver.id


def _times(school: School, wish: Wish) -> dict[str, object]:
    opens = hours.moment_at(wish.visit_on, hours.opening(school, wish.visit_on)[0].start)
    return {
        "visit_on": wish.visit_on,
        "is_fixed": wish.starts is not None,
        "starts_at": clock.at_local(wish.visit_on, wish.starts) if wish.starts else opens,
        "minutes": wish.minutes,
    }


def _require_plan(actor: Actor, visit: Visit) -> None:
    if not policy.may_plan(actor, visit):
        raise NotAllowed("Besuche verschiebt nur das Campusmanagement des Bezirks oder die Teamleitung.")
    hold(visit.district_id)
    db.session.refresh(visit)
