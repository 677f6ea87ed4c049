"""What the landing page says about tickets: one sentence and the blocks of each role."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from itsm.core.access import Actor, Role, Verb
from itsm.core.db import db
from itsm.org.models import School
from itsm.tickets import policy
from itsm.tickets.models import Entry, Ticket, TicketDevice
from itsm.tickets.states import OPEN, State

SHOWN = 5
COUNTED = 1000

Conditions = Callable[[Actor], Sequence[sa.ColumnElement[bool]]]


@dataclass(frozen=True)
class Block:
    """A heading, the tickets under it, and the search line that shows them all."""

    title: str
    tab: str
    line: str
    conditions: Conditions
    kind: str | None = None


@dataclass(frozen=True)
class Filled:
    """A block with its rows; `count` is where counting stopped."""

    block: Block
    rows: Sequence[sa.Row[Any]]
    count: int


def _open(actor: Actor) -> sa.ColumnElement[bool]:
    return Ticket.state.in_(sorted(OPEN))


def _mine_to_answer(actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
    schools = sorted(actor.scope(Verb.TICKET_SEE_OWN).school_ids)
    return (Ticket.state == State.WAITING_SCHOOL, Ticket.school_id.in_(schools))


def _of_my_school(actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
    schools = sorted(actor.scope(Verb.TICKET_SEE_OWN).school_ids)
    return (_open(actor), Ticket.state != State.WAITING_SCHOOL, Ticket.school_id.in_(schools))


def _given_back(actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
    back = sa.select(Entry.id).where(
        Entry.ticket_id == Ticket.id, Entry.move.in_(["give-back", "reopen"]), Entry.at == Ticket.state_at
    )
    return (Ticket.state == State.ACCEPTED, Ticket.assignee_id == actor.user_id, back.exists())


def _at_second_level(mine: bool) -> Conditions:
    def conditions(actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        whose = Ticket.assignee_id == actor.user_id if mine else Ticket.assignee_id.is_(None)
        return (Ticket.state == State.SECOND_LEVEL, whose)

    return conditions


def _nobody(actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
    return (_open(actor), Ticket.assignee_id.is_(None), Ticket.group_id.is_(None))


_SCHOOL = (
    Block("Wartet auf Sie", "wartet", "", _mine_to_answer, "warning"),
    Block("Offene Störungen Ihrer Schule", "offen", "", _of_my_school),
)
BLOCKS: dict[Role, tuple[Block, ...]] = {
    Role.REPORTER: _SCHOOL,
    Role.MEDIA_COORDINATOR: _SCHOOL,
    Role.HEAD_OF_SCHOOL: _SCHOOL,
    Role.CAMPUS_MANAGER: (Block("Zurück bei Ihnen", "meine", "status:angenommen", _given_back, "warning"),),
    Role.SECOND_LEVEL: (
        Block("Ihre Störungen", "meine", "", _at_second_level(mine=True)),
        Block("Noch niemand dran", "offen", "wer:niemand", _at_second_level(mine=False), "warning"),
    ),
    Role.DISPATCHER: (Block("Niemand zuständig", "offen", "wer:niemand", _nobody, "danger"),),
}


def blocks(actor: Actor) -> list[Filled]:
    """Return the blocks of the person's first role, with their most urgent tickets; empty ones are left out."""
    wanted = next((found for role, found in BLOCKS.items() if actor.has(role)), ())
    filled = [_fill(actor, block) for block in wanted]
    return [block for block in filled if block.rows]


def open_count(actor: Actor) -> int | None:
    """Return how many open tickets the person's part of the city has; None for who works with none."""
    if not any(actor.has(role) for role in BLOCKS):
        return None
    conditions = [policy.visible_to(actor), _open(actor)]
    if actor.has(Role.SECOND_LEVEL):
        conditions.append(Ticket.state == State.SECOND_LEVEL)
    return _count(conditions)


def next_at_second_level(actor: Actor) -> int | None:
    """Return the ticket the Systemhaus takes next: unassigned, most urgent, oldest."""
    return db.session.scalar(
        sa.select(Ticket.id)
        .where(policy.visible_to(actor), Ticket.state == State.SECOND_LEVEL, Ticket.assignee_id.is_(None))
        .order_by(Ticket.priority, Ticket.id)
        .limit(1)
    )


def found(actor: Actor, text: str) -> Sequence[sa.Row[Any]]:
    """Return the latest tickets with these words, for the one search box."""
    words = sa.func.websearch_to_tsquery("german", text)
    with_device = sa.select(TicketDevice.ticket_id).where(TicketDevice.tag.in_([text, text.upper()]))
    matches: list[sa.ColumnElement[bool]] = [Ticket.search.bool_op("@@")(words), Ticket.id.in_(with_device)]
    if text.isdecimal() and len(text) < 10:
        matches.append(Ticket.id == int(text))
    return _rows([policy.visible_to(actor), sa.or_(*matches)], Ticket.id.desc())


def _fill(actor: Actor, block: Block) -> Filled:
    conditions = [policy.visible_to(actor), *block.conditions(actor)]
    rows = _rows(conditions, Ticket.priority, Ticket.id)
    return Filled(block, rows, len(rows) if len(rows) < SHOWN else _count(conditions))


def _rows(conditions: Sequence[sa.ColumnElement[bool]], *order: Any) -> Sequence[sa.Row[Any]]:
    columns: tuple[Any, ...] = (
        Ticket.id,
        Ticket.title,
        Ticket.place,
        Ticket.state,
        School.short_name.label("school"),
    )
    select = sa.select(*columns).join(School, School.id == Ticket.school_id).where(*conditions)
    return db.session.execute(select.order_by(*order).limit(SHOWN)).all()


def _count(conditions: Sequence[sa.ColumnElement[bool]]) -> int:
    some = sa.select(sa.literal(1)).select_from(Ticket).where(*conditions).limit(COUNTED).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
