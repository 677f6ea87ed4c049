"""The mileage log: what a manager really drove, from the base over the stops and back."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.db import db
from itsm.core.german import local_date, local_time
from itsm.core.pdf import Column, Part, Sheet
from itsm.dispatch.models import Visit, VisitTicket
from itsm.dispatch.service import routes, travel
from itsm.dispatch.states import OPEN

HEAD = ("Datum", "Abfahrt", "Ankunft", "Von", "Nach", "Zweck", "Kilometer")


@dataclass(frozen=True)
class Trip:
    """One drive. Moments are those that were tapped; the way back is reckoned."""

    day: date
    leaves_at: datetime
    arrives_at: datetime
    origin: str
    target: str
    purpose: str
    metres: int


def span_of(day: date, *, month: bool) -> tuple[date, date]:
    """First and last day of the log: the day alone, or its month."""
    if not month:
        return day, day
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def trips(user: User, first_on: date, last_on: date) -> list[Trip]:
    """Return the drives of these days in the order in which they were driven.

    Source: docs/rules/visits.md, VI-36.
    """
    reached = db.session.scalars(
        sa.select(Visit)
        .where(Visit.user_id == user.id, Visit.visit_on.between(first_on, last_on), Visit.arrived_at.is_not(None))
        .order_by(Visit.visit_on, Visit.arrived_at, Visit.id)
        .options(
            joinedload(Visit.school, innerjoin=True),
            joinedload(Visit.site, innerjoin=True),
            joinedload(Visit.district),
            selectinload(Visit.jobs).joinedload(VisitTicket.ticket, innerjoin=True),
        )
    ).all()
    return [trip for day, stops in groupby(reached, lambda visit: visit.visit_on) for trip in _driven(day, list(stops))]


def _driven(day: date, stops: Sequence[Visit]) -> Iterator[Trip]:
    base_name, base = routes.base_of(stops)
    places = [base, *(routes.place_of(visit, base) for visit in stops)]
    drives = travel.matrix_for(places, day, ask=False).matrix
    before, origin = 0, base_name
    for here, visit in enumerate(stops, 1):
        leg = drives.leg(before, here)
        arrived_at = visit.arrived_at or visit.starts_at
        leaves_at = visit.departed_at or arrived_at - timedelta(minutes=leg.minutes)
        yield Trip(day, leaves_at, arrived_at, origin, _address(visit), _purpose(visit), leg.metres)
        before, origin = here, _address(visit)
    last = stops[-1]
    if last.state not in OPEN:
        leg = drives.leg(before, 0)
        left_at = last.left_at or last.arrived_at or last.starts_at
        back_at = left_at + timedelta(minutes=leg.minutes)
        yield Trip(day, left_at, back_at, origin, base_name, "Rückfahrt", leg.metres)


def _address(visit: Visit) -> str:
    return f"{visit.school.short_name}, {visit.site.street}, {visit.site.postcode} {visit.site.town}"


def _purpose(visit: Visit) -> str:
    tickets = ", ".join(job.ticket.number for job in visit.jobs)
    return f"Schulbesuch, {tickets}" if tickets else "Schulbesuch"


def total_metres(found: Sequence[Trip]) -> int:
    """The whole way."""
    return sum(trip.metres for trip in found)


def cells(trip: Trip) -> tuple[str, ...]:
    """A drive as a line of the file."""
    return (
        f"{trip.day:%d.%m.%Y}",
        local_time(trip.leaves_at),
        local_time(trip.arrives_at),
        trip.origin,
        trip.target,
        trip.purpose,
        kilometres(trip.metres),
    )


def kilometres(metres: int) -> str:
    """Kilometres with one decimal and a comma, as a form for travel expenses wants them."""
    return f"{metres / 1000:.1f}".replace(".", ",")


def sheet(user: User, first_on: date, last_on: date, found: Sequence[Trip], at: datetime) -> Sheet:
    """The log as a page for the printer."""
    span = local_date(first_on) if first_on == last_on else f"{first_on:%d.%m.%Y} bis {last_on:%d.%m.%Y}"
    return Sheet(
        title=f"Fahrtenbuch {user.name}",
        author=user.name,
        lead=[span],
        columns=[
            Column("Datum"),
            Column("Ab"),
            Column("An"),
            Column("Von", wide=True),
            Column("Nach", wide=True),
            Column("Zweck", wide=True),
            Column("km", number=True),
        ],
        parts=[Part([cells(trip) for trip in found])],
        end=[f"Zusammen {kilometres(total_metres(found))} km in {len(found)} Fahrten."],
        foot=f"Stand {local_date(clock.local_day(at))}, {local_time(at)} Uhr. Kilometer nach der geplanten Strecke.",
        landscape=True,
    )
