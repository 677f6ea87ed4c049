"""Tickets somebody has to come for and nobody is booked for, each with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.core import clock
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.dispatch import policy, queries
from itsm.dispatch.models import Result, Visit, VisitTicket
from itsm.dispatch.service import bundles
from itsm.dispatch.states import VisitState
from itsm.org.models import School
from itsm.tickets.models import Ticket

PAGE = 50


@dataclass(frozen=True)
class Row:
    """A ticket without a visit, why it has none, and the next visit it could go on."""

    ticket: Ticket
    reason: str
    next_on: date | None


def rows_for(actor: Actor, at: datetime, after: int | None = None) -> tuple[list[Row], int | None]:
    """Return a page of tickets, the oldest first, and where it goes on; four queries whatever the number."""
    select = (
        sa.select(Ticket)
        .where(_visible(actor), queries.without_visit())
        .order_by(Ticket.id)
        .limit(PAGE + 1)
        .options(joinedload(Ticket.school, innerjoin=True))
    )
    if after is not None:
        select = select.where(Ticket.id > after)
    tickets = db.session.scalars(select).all()
    shown = tickets[:PAGE]
    history, following = _history(shown), _next_visits(shown, at)
    rows = [Row(ticket, _reason(ticket, history, following), following.get(ticket.school_id)) for ticket in shown]
    return rows, shown[-1].id if len(tickets) > PAGE else None


def reasons_for(tickets: Sequence[Ticket], at: datetime) -> dict[int, str]:
    """Why each of these tickets has no visit; two queries whatever the number."""
    history, following = _history(tickets), _next_visits(tickets, at)
    return {ticket.id: _reason(ticket, history, following) for ticket in tickets}


def count_for(actor: Actor) -> tuple[int, int]:
    """How many tickets have no visit, and how many of them are urgent."""
    urgent = sa.func.count().filter(Ticket.priority <= 2)
    row = db.session.execute(sa.select(sa.func.count(), urgent).where(_visible(actor), queries.without_visit())).one()
    return row[0], row[1]


def bundle_now(actor: Actor, school: School, at: datetime) -> int:
    """Put what waits at a school on its next visits."""
    if not policy.may_plan_for(actor, school):
        raise NotAllowed("Besuche plant das Campusmanagement des Bezirks oder die Teamleitung.")
    return bundles.bundle(school.id, at)


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    return actor.scope(Verb.VISIT_SEE).among(Ticket.school_id, Ticket.district_id)


def _history(tickets: Sequence[Ticket]) -> dict[int, VisitTicket]:
    """The latest visit each ticket was on."""
    rows = db.session.scalars(
        sa.select(VisitTicket)
        .where(VisitTicket.ticket_id.in_([ticket.id for ticket in tickets]))
        .order_by(VisitTicket.id)
        .options(joinedload(VisitTicket.visit, innerjoin=True))
    )
    return {row.ticket_id: row for row in rows}


def _next_visits(tickets: Sequence[Ticket], at: datetime) -> dict[int, date]:
    rows = (
        sa.select(Visit.school_id, sa.func.min(Visit.visit_on))
        .where(
            Visit.school_id.in_({ticket.school_id for ticket in tickets}),
            Visit.state == VisitState.PLANNED,
            Visit.visit_on >= clock.local_day(at),
        )
        .group_by(Visit.school_id)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def _reason(ticket: Ticket, history: dict[int, VisitTicket], following: dict[int, date]) -> str:
    last = history.get(ticket.id)
    if last is not None and last.visit.state in (VisitState.CANCELLED, VisitState.MISSED):
        return f"Besuch am {last.visit.visit_on:%d.%m.%Y} fiel aus: {last.visit.reason}"
    if last is not None and last.result in (Result.NOT_SOLVED, Result.FOLLOW_UP):
        return f"Besuch am {last.visit.visit_on:%d.%m.%Y} ohne Lösung: {last.note}"
    if ticket.district_id is None:
        return "Die Schule gehört zu keinem Bezirk."
    if ticket.school_id not in following:
        return "Für die Schule ist kein Besuch angelegt."
    return "Noch keinem Besuch zugeordnet."
