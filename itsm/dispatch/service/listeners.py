"""What field support does when tickets, schools or people change; registered in itsm/reactions.py."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from itsm.accounts.events import AbsenceSet
from itsm.core import clock
from itsm.core.db import db
from itsm.core.queue import enqueue
from itsm.dispatch import outage_queries
from itsm.dispatch.models import Visit
from itsm.dispatch.service import bundles, routes, visits
from itsm.dispatch.states import VisitState
from itsm.org.events import SchoolMoved
from itsm.tickets.events import TicketMoved, TicketRouted
from itsm.tickets.models import Target, Ticket
from itsm.tickets.states import State

# Moves after which somebody has to come again; "unplan" leaves the ticket to a person.
BACK_TO_US = frozenset({"answer", "delivered", "give-back", "reopen"})


def ticket_routed(event: TicketRouted) -> None:
    """Let the worker find a visit for a ticket that is ours, and give up the one of a ticket that is not.

    A school that reports a fault between two lessons does not wait while visits are looked through,
    and no two reports of a district wait for each other.
    """
    ticket = db.session.get_one(Ticket, event.ticket_id)
    if ticket.target is not Target.ON_SITE:
        bundles.detach(ticket.id, event.at)
        return
    enqueue("find-visit", args={"ticket_id": ticket.id}, queue="plan", lock=f"district-{ticket.district_id}")


def find_visit(ticket_id: int, at: datetime) -> int:
    """Put a ticket on its visit, if it is still ours and still open; say how many tickets changed theirs."""
    ticket = db.session.get_one(Ticket, ticket_id)
    return bundles.bundle(ticket.school_id, at, only=[ticket.id]) if ticket.target is Target.ON_SITE else 0


def ticket_moved(event: TicketMoved) -> None:
    """Keep the visits in step with the states of the tickets."""
    if event.to_state is State.PLANNED:
        return
    if event.move in BACK_TO_US:
        ticket = db.session.get_one(Ticket, event.ticket_id)
        if ticket.target is Target.ON_SITE:
            bundles.bundle(ticket.school_id, event.at, only=[ticket.id])
        return
    bundles.detach(event.ticket_id, event.at)


def absence_set(event: AbsenceSet) -> None:
    """Hand the visits of somebody who is away to whoever stands in; without anybody they are called off.

    Of somebody who has fallen out they stay, until a plan with the neighbours is accepted (VI-29).
    """
    if outage_queries.covering(event.user_id, event.first_on, event.last_on) is not None:
        return
    moved = db.session.scalars(
        sa.select(Visit).where(
            Visit.user_id == event.user_id,
            Visit.visit_on.between(max(event.first_on, clock.local_day(event.at)), event.last_on),
            Visit.state == VisitState.PLANNED,
        )
    ).all()
    for visit in moved:
        _hand_over(visit, event.at)
    _plan_days(moved, event)


def school_moved(event: SchoolMoved) -> None:
    """Give the coming visits of a school to the manager of its new district."""
    moved = db.session.scalars(
        sa.select(Visit).where(
            Visit.school_id == event.school_id,
            Visit.visit_on >= clock.local_day(event.at),
            Visit.state == VisitState.PLANNED,
        )
    ).all()
    days = {(visit.user_id, visit.visit_on) for visit in moved}
    for visit in moved:
        visit.district_id = event.to_district_id
    db.session.flush()
    for visit in moved:
        db.session.refresh(visit, ["district"])
        _hand_over(visit, event.at)
    _plan_days(moved, event)
    for user_id, day in sorted(days, key=lambda one: (one[1], one[0])):
        routes.plan_route(user_id, day, event.at)


def _hand_over(visit: Visit, at: datetime) -> None:
    driver = outage_queries.driver_on(visit.district_id, visit.visit_on) if visit.district_id is not None else None
    if driver is None:
        visits.call_off(visit, "cancel", "Für diesen Tag ist leider niemand im Dienst.", at)
    else:
        visit.user_id, visit.position = driver.id, 0


def _plan_days(moved: Sequence[Visit], event: AbsenceSet | SchoolMoved) -> None:
    for user_id, day in sorted({(visit.user_id, visit.visit_on) for visit in moved}, key=lambda one: (one[1], one[0])):
        routes.plan_route(user_id, day, event.at)
