"""Timed jobs of the service desk: remind, give up waiting, close what stayed solved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.core import clock, figures
from itsm.core.access import SYSTEM
from itsm.core.db import db
from itsm.core.jobs import Job
from itsm.tickets import notices, service
from itsm.tickets.figures import CLOSE_DAYS, GIVE_UP_DAYS, REMIND_DAYS
from itsm.tickets.models import Entry, Ticket
from itsm.tickets.states import State


def remind(at: datetime) -> int:
    """Remind schools of a question that waits too long; return how many. Source: TK-6."""
    waiting = _due(
        Ticket.state == State.WAITING_SCHOOL, Ticket.reminded_at.is_(None), Ticket.state_at < _ago(REMIND_DAYS, at)
    )
    for ticket in waiting:
        question = db.session.scalar(
            sa.select(Entry.text)
            .where(Entry.ticket_id == ticket.id, Entry.move == "ask-school")
            .order_by(Entry.id.desc())
            .limit(1)
        )
        notices.reminded(ticket, question or "", at)
        ticket.reminded_at = at
    return len(waiting)


def give_up_waiting(at: datetime) -> int:
    """Close tickets whose question was not answered after the reminder either; return how many. Source: TK-6."""
    silent = _due(Ticket.state == State.WAITING_SCHOOL, Ticket.reminded_at < _ago(GIVE_UP_DAYS, at))
    for ticket in silent:
        service.give_up_waiting(SYSTEM, ticket, at)
    return len(silent)


def close_solved(at: datetime) -> int:
    """Put away what has stayed solved for some days; return how many. Source: TK-6."""
    solved = _due(Ticket.state == State.SOLVED, Ticket.solved_at < _ago(CLOSE_DAYS, at))
    for ticket in solved:
        service.close(SYSTEM, ticket, at)
    return len(solved)


def _due(*conditions: sa.ColumnElement[bool]) -> Sequence[Ticket]:
    """Return the tickets, locked; one that somebody is changing right now waits for the next run."""
    return db.session.scalars(
        sa.select(Ticket).where(*conditions).order_by(Ticket.id).with_for_update(skip_locked=True)
    ).all()


def _ago(key: str, at: datetime) -> datetime:
    return at - timedelta(days=figures.value(key, clock.local_day(at)))


JOBS = (
    Job("ticket-remind", "Schulen an offene Rückfragen erinnern", {"minute": 5}, remind),
    Job("ticket-give-up", "Unbeantwortete Rückfragen schließen", {"minute": 10}, give_up_waiting),
    Job("ticket-close", "Gelöste Störungen abschließen", {"minute": 15}, close_solved),
)
