"""Timed jobs, tried at the edge, the second after it, and twice in a row."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from itsm.core.db import db
from itsm.core.outbox import Mail
from itsm.tickets.jobs import close_solved, give_up_waiting, remind
from itsm.tickets.models import Entry
from itsm.tickets.states import State
from tests.people import MONDAY_9AM
from tests.tickets.factories import make_ticket

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def test_reminds_once_from_the_first_overdue_second(session: Session) -> None:
    ticket = make_ticket(state=State.WAITING_SCHOOL)
    ticket.entries.append(Entry(at=MONDAY_9AM, is_public=True, move="ask-school", text="Welcher Anschluss?"))
    due = MONDAY_9AM + 3 * DAY
    assert remind(due) == 0
    assert [remind(due + SECOND) for _ in range(2)] == [1, 0]
    [mail] = db.session.scalars(sa.select(Mail).where(Mail.to_address == ticket.reporter.email))
    assert mail.items[0]["text"] == "Welcher Anschluss?"


def test_gives_up_only_after_the_reminder(session: Session) -> None:
    ticket = make_ticket(state=State.WAITING_SCHOOL)
    assert give_up_waiting(MONDAY_9AM + 100 * DAY) == 0
    reminded_at = MONDAY_9AM + 4 * DAY
    remind(reminded_at)
    assert give_up_waiting(reminded_at + 5 * DAY) == 0
    assert [give_up_waiting(reminded_at + 5 * DAY + SECOND) for _ in range(2)] == [1, 0]
    assert ticket.state is State.CLOSED and ticket.solved_at is None


def test_an_answer_starts_the_waiting_anew(session: Session) -> None:
    ticket = make_ticket(state=State.WAITING_SCHOOL, reminded_at=MONDAY_9AM)
    ticket.state, ticket.reminded_at = State.ACCEPTED, None
    assert give_up_waiting(MONDAY_9AM + 100 * DAY) == 0


def test_closes_what_stayed_solved_for_a_week(session: Session) -> None:
    ticket = make_ticket(state=State.SOLVED)
    due = MONDAY_9AM + 7 * DAY
    assert close_solved(due) == 0
    assert [close_solved(due + SECOND) for _ in range(2)] == [1, 0]
    assert (ticket.state, ticket.solved_at, ticket.closed_at) == (State.CLOSED, MONDAY_9AM, due + SECOND)
