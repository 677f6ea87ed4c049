"""Tickets find their visit by themselves, and lose it again when it falls through."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import db
from itsm.dispatch import figures, hours, need_queries, outage_queries, queries, words
from itsm.dispatch.models import Visit, VisitKind, VisitTicket
from itsm.dispatch.service import routes
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.moves import move
from itsm.dispatch.states import VisitState
from itsm.org import calendar
from itsm.org import queries as schools
from itsm.org.models import School
from itsm.tickets import service as tickets
from itsm.tickets.models import Ticket
from itsm.tickets.states import State

# An urgent ticket looks so many days ahead for the first day on which anybody can come.
DAYS_TRIED = 14


def bundle(school_id: int, at: datetime, only: Collection[int] | None = None) -> int:
    """Put the open on-site tickets of a school (all, or `only` these) on its next visits; say how many changed theirs.

    A ticket goes to the next visit of its own building, else to the school's next one; an
    urgent one that would have to wait beyond the next working day gets an extra visit, and
    what else is open at the school comes along. What waits for a part goes on no visit before it is there.
    Source: docs/rules/visits.md, VI-3, VI-4 and VI-25.
    """
    db.session.flush()
    hold(db.session.get_one(School, school_id).district_id)
    found = queries.tickets_to_visit(school_id, only)
    if not found:
        return 0
    today = clock.local_day(at)
    numbers = figures.visit_on(today)
    visits = list(queries.coming_visits_of(school_id, today))
    gained: dict[int, tuple[Visit, list[Ticket]]] = {}
    waiting = need_queries.not_before([ticket.id for ticket in found])
    extra = None
    for ticket in found:
        earliest = waiting.get(ticket.id, today)
        best = _best([visit for visit in visits if visit.visit_on >= earliest], ticket)
        # What waits for a part is not urgent before it is there.
        is_urgent = earliest <= today and ticket.priority <= numbers[figures.URGENT_PRIORITY]
        if is_urgent and _too_late(best, ticket, today):
            extra = _extra_visit(ticket, at)
            visits = [extra, *visits] if extra else visits
            best = extra or best
        if best is not None and _put_on(best, ticket, visits, at):
            gained.setdefault(best.id, (best, []))[1].append(ticket)
    _drive_anew((visit for visit, _ in gained.values()), numbers)
    for visit, new in gained.values():
        for ticket in new:
            note_planned(ticket, visit, at)
    along = bundle(school_id, at) if extra is not None and only is not None else 0
    return along + sum(len(new) for _, new in gained.values())


def detach(ticket_id: int, at: datetime) -> Visit | None:
    """Take a ticket off the visit it waits for; an extra visit nobody needs any more is called off."""
    job = db.session.scalar(sa.select(VisitTicket).where(VisitTicket.ticket_id == ticket_id, VisitTicket.is_waiting))
    if job is None:
        return None
    visit = job.visit
    hold(visit.district_id)
    db.session.refresh(visit)
    visit.jobs.remove(job)
    db.session.flush()
    if visit.kind is VisitKind.EXTRA and not visit.jobs and not visit.tasks and visit.state is VisitState.PLANNED:
        move(visit, "cancel", at, "Die Störung braucht keinen Zusatzbesuch mehr.")
    _drive_anew([visit], figures.visit_on(visit.visit_on))
    return visit


def measure(visit: Visit) -> None:
    """Give a planned visit the time its tickets need now, and let the worker order its day."""
    _drive_anew([visit], figures.visit_on(visit.visit_on))


def release(visit: Visit, reason: str, at: datetime) -> list[int]:
    """Give back the tickets of a visit that does not take place; they keep it in their history.

    Source: docs/rules/visits.md, VI-11.
    """
    released = [job.ticket for job in visit.waiting]
    for job in visit.waiting:
        job.is_waiting = False
    db.session.flush()
    for ticket in released:
        if ticket.state is State.PLANNED:
            tickets.unplan(SYSTEM, ticket, reason, at)
    return [ticket.id for ticket in released]


def _put_on(best: Visit, ticket: Ticket, visits: Sequence[Visit], at: datetime) -> bool:
    """Put the ticket on the visit unless it already waits for one as early; say whether it changed."""
    booked = next((visit for visit in visits if any(job.ticket_id == ticket.id for job in visit.waiting)), None)
    if booked is not None and booked.visit_on <= best.visit_on:
        return False
    if booked is not None:
        detach(ticket.id, at)
    best.jobs.append(VisitTicket(ticket_id=ticket.id, ticket=ticket))
    return True


def _too_late(best: Visit | None, ticket: Ticket, today: date) -> bool:
    """Whether an urgent ticket would wait beyond the next working day."""
    return best is None or best.visit_on > _next_working_day(ticket.school, today)


def _best(visits: Sequence[Visit], ticket: Ticket) -> Visit | None:
    here = (visit for visit in visits if visit.site_id == ticket.site_id)
    return next(here, None) or next(iter(visits), None)


def _extra_visit(ticket: Ticket, at: datetime) -> Visit | None:
    """The first stop that fits: today if there is still time, else on the next working day."""
    school, visit, numbers = ticket.school, None, figures.visit_on(clock.local_day(at))
    for day, user_id in _days_with_driver(school, at):
        if visit is None:
            visit = Visit(
                school=school,
                site=ticket.site,
                district_id=school.district_id,
                kind=VisitKind.EXTRA,
                jobs=[],
                tasks=[],
                visit_on=day,
                user_id=user_id,
                starts_at=at,
                minutes=0,
            )
            db.session.add(visit)
        left = (visit.user_id, visit.visit_on)
        visit.visit_on, visit.user_id, visit.position = day, user_id, 0
        visit.minutes = routes.needed_minutes(visit, numbers) + numbers[figures.TICKET_MINUTES]
        visit.starts_at = hours.moment_at(day, hours.opening(school, day)[0].start)
        plan = routes.plan_route(user_id, day, at, visit if ticket.priority == routes.HIGHEST else None)
        if left != (user_id, day):
            # The day on which it did not fit goes on without it.
            routes.plan_route(*left, at)
        if plan is not None and visit.breach is None and not plan.breaches:
            return visit
        if day != clock.local_day(at):
            # A full day takes the urgent stop all the same; the board shows what it breaks.
            return visit
    if visit is not None:
        db.session.delete(visit)
        db.session.flush()
    return None


def _days_with_driver(school: School, at: datetime) -> Iterable[tuple[date, int]]:
    today = clock.local_day(at)
    movable = schools.movable_days_of(school.id)
    for offset in range(DAYS_TRIED):
        day = today + timedelta(days=offset)
        if not calendar.is_school_day(day, movable) or school.district_id is None:
            continue
        if day == today and not _still_time(school, at):
            continue
        driver = outage_queries.driver_on(school.district_id, day)
        if driver is not None:
            yield day, driver.id


def _still_time(school: School, at: datetime) -> bool:
    numbers = figures.visit_on(clock.local_day(at))
    work = numbers[figures.SIGN_IN_MINUTES] + numbers[figures.TICKET_MINUTES]
    closes = hours.opening(school, clock.local_day(at))[-1].end
    return hours.minute_at(at) + numbers[figures.LEAD_MINUTES] + work <= closes


def _next_working_day(school: School, today: date) -> date:
    return calendar.next_school_day(today, schools.movable_days_of(school.id))


def _drive_anew(visits: Iterable[Visit], numbers: dict[str, int]) -> None:
    """Give the visits the time they need now, and let the worker order their days: a report must not wait for that."""
    days = set()
    for visit in visits:
        if visit.state is VisitState.PLANNED:
            visit.minutes = routes.needed_minutes(visit, numbers)
        days.add((visit.user_id, visit.visit_on))
    for user_id, day in sorted(days, key=lambda one: (one[1], one[0])):
        routes.ask_worker(user_id, day)


def note_planned(ticket: Ticket, visit: Visit, at: datetime) -> None:
    """Tell the school when we come; a ticket that changes its visit reads it as a message."""
    sentence = words.promise_day(visit, at)
    if ticket.state is State.PLANNED:
        tickets.message(SYSTEM, ticket, f"Neuer Termin: {sentence}", at)
    else:
        tickets.plan(SYSTEM, ticket, at, text=sentence)
