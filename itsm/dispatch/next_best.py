"""What to do with the time when nobody opens the door: the stops still ahead, and open jobs nearby."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.dispatch import figures, hours, queries
from itsm.dispatch.models import Assurance, Visit, VisitKind, VisitTicket, WorkNeed
from itsm.dispatch.planner.day import timeline
from itsm.dispatch.planner.day.model import Day, DayPlan
from itsm.dispatch.service import routes
from itsm.dispatch.states import VisitState
from itsm.org.models import School, Site
from itsm.tickets.models import Ticket

# Further away it is no job nearby any more.
NEAR_MINUTES = 12
LOOKED_AT = 40
SHOWN = 4


@dataclass(frozen=True)
class Option:
    """A stop that could come next: one of today, or open jobs at a building nearby."""

    visit: Visit | None
    school: School
    site: Site
    tickets: Sequence[Ticket]
    priority: int
    travel_minutes: int
    starts_at: datetime
    minutes: int
    fits: bool
    delay_minutes: int


def options(actor: Actor, user: User, day: date, at: datetime) -> list[Option]:
    """Return what could come next, the best first.

    A job nearby goes before the stops of today where it breaks nothing: that work would wait for days.
    Source: docs/rules/visits.md, VI-33.
    """
    places = _places_nearby(actor, day)
    extra = [_thought_of(number, school, site, tickets, at) for number, (school, site, tickets) in enumerate(places, 1)]
    here = routes.situation(user.id, day, at, extra)
    numbers = [number for number, visit in enumerate(here.ahead) if visit.id > 0]
    kept = sorted(numbers, key=lambda number: (here.ahead[number].position, here.ahead[number].starts_at))
    usual = timeline.plan(here.question, kept)
    patience = figures.plan_on(day)["tell_late_minutes"]
    found = [_option(here, kept, number, usual, day, patience) for number in kept]
    for number in range(len(numbers), len(here.ahead)):
        if here.question.minutes[0][here.question.stops[number].site] <= NEAR_MINUTES:
            option = _option(here, kept, number, usual, day, patience)
            found += [replace(option, visit=None)] if option.fits else []
    found.sort(key=lambda one: (not one.fits, one.visit is not None, one.priority, one.starts_at, one.travel_minutes))
    return found[:SHOWN]


def tickets_at(actor: Actor, school_id: int, site_id: int, day: date) -> Sequence[Ticket]:
    """Return what waits at a building of a school and nobody is booked for."""
    for school, site, tickets in _places_nearby(actor, day):
        if (school.id, site.id) == (school_id, site_id):
            return tickets
    return ()


def _option(here: routes.Situation, kept: list[int], first: int, usual: DayPlan, day: date, patience: int) -> Option:
    """What the day looks like with this stop next."""
    visit = here.ahead[first]
    plan = timeline.plan(_at_once(here, first, day), [first, *(number for number in kept if number != first)])
    stop = plan.stops[0]
    told = {one.id: hours.minute_at(one.starts_at) for one in here.promised}
    delay = _delay(plan, told, visit.id)
    return Option(
        visit=visit,
        school=visit.school,
        site=visit.site,
        tickets=[job.ticket for job in visit.waiting],
        priority=routes.priority_of(visit),
        travel_minutes=stop.travel_minutes,
        starts_at=hours.moment_at(day, stop.start_at),
        minutes=visit.minutes,
        fits=plan.cost[:3] <= usual.cost[:3] and delay <= max(patience, _delay(usual, told, visit.id)),
        delay_minutes=max(0, delay),
    )


def _at_once(here: routes.Situation, first: int, day: date) -> Day:
    """The day when the first stop may begin whenever the school is open, whatever it was told."""
    stops = list(here.question.stops)
    if stops[first].fixed_start is None:
        stops[first] = replace(stops[first], windows=hours.opening(here.ahead[first].school, day))
    return replace(here.question, stops=tuple(stops))


def _delay(plan: DayPlan, told: dict[int, int], but: int) -> int:
    return max(
        (stop.start_at - told[stop.key] for stop in plan.stops if stop.key in told and stop.key != but), default=0
    )


def _places_nearby(actor: Actor, day: date) -> list[tuple[School, Site, list[Ticket]]]:
    """Where work waits that nobody is booked for, as far as the person may plan it; the most urgent first."""
    visible = actor.scope(Verb.VISIT_PLAN).among(Ticket.school_id, Ticket.district_id)
    school = joinedload(Ticket.school, innerjoin=True)
    tickets = db.session.scalars(
        sa.select(Ticket)
        .join(Site, Site.id == Ticket.site_id)
        .where(visible, queries.without_visit(), ~_not_alone_or_not_yet(day), Site.latitude.is_not(None))
        .order_by(Ticket.priority, Ticket.id)
        .limit(LOOKED_AT)
        .options(
            school.selectinload(School.visiting_hours),
            school.selectinload(School.bell_times),
            joinedload(Ticket.site, innerjoin=True),
        )
    )
    found: dict[tuple[int, int], tuple[School, Site, list[Ticket]]] = {}
    for ticket in tickets:
        found.setdefault((ticket.school_id, ticket.site_id), (ticket.school, ticket.site, []))[2].append(ticket)
    return list(found.values())


def _not_alone_or_not_yet(day: date) -> sa.ColumnElement[bool]:
    """Work that takes two, or waits for something: nothing to do in passing."""
    hinders = sa.or_(WorkNeed.people > 1, WorkNeed.waits_for != "", WorkNeed.not_before_on > day)
    return sa.exists().where(WorkNeed.ticket_id == Ticket.id, hinders)


def _thought_of(number: int, school: School, site: Site, tickets: Sequence[Ticket], at: datetime) -> Visit:
    """A visit nobody has made; its number is below those of real ones."""
    visit = Visit(
        id=-number,
        school=school,
        site=site,
        kind=VisitKind.PLANNED,
        assurance=Assurance.SOFT,
        state=VisitState.PLANNED,
        is_fixed=False,
        visit_on=clock.local_day(at),
        starts_at=at,
        position=0,
        jobs=[VisitTicket(ticket_id=ticket.id, ticket=ticket, is_waiting=True) for ticket in tickets],
        tasks=[],
    )
    visit.minutes = routes.needed_minutes(visit, figures.visit_on(clock.local_day(at)))
    return visit
